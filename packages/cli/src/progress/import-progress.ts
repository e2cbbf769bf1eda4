import type { Terminal } from './progress-view.ts'

type Shown = { sizeBytes: number; out: Pick<Terminal, 'write' | 'isTTY'> }

/** Passes a file on and tells on a terminal, percent by percent, how much of it was read. */
export async function* showingProgress(
  file: AsyncIterable<Uint8Array>,
  { sizeBytes, out }: Shown,
): AsyncGenerator<Uint8Array> {
  let readBytes = 0
  let shown = -1
  for await (const chunk of file) {
    yield chunk
    readBytes += chunk.byteLength
    const percent = Math.floor((100 * readBytes) / Math.max(1, sizeBytes))
    if (out.isTTY && percent !== shown) out.write(`\rReading … ${percent} %`)
    shown = percent
  }
  if (out.isTTY) out.write('\r\x1b[K')
}

import { renderLine, renderScreen } from './render-progress.ts'
import type { Snapshot, Title } from './snapshot.ts'

export type Terminal = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'rows'>

export type ProgressView = {
  readonly event: (text: string) => void
  readonly show: (snapshot: Snapshot) => void
}

const lineEveryMs = 10_000
const narrowest = 20

/** Redraws in place on a terminal; elsewhere one line every ten seconds. Events stay above the picture. */
export const progressView = (out: Terminal, { title, now }: { title: Title; now: () => Date }): ProgressView =>
  out.isTTY ? redrawing(out, title) : lineByLine(out, title, now)

const redrawing = (out: Terminal, title: Title): ProgressView => {
  let drawn: string[] = []
  const erase = () => (drawn.length > 0 ? `\x1b[${drawn.length}A\r\x1b[J` : '')
  const draw = (above: string) => out.write(`${erase()}${above}${drawn.map((line) => `${line}\n`).join('')}`)
  return {
    event: (text) => void draw(`${text}\n`),
    show: (snapshot) => {
      const before = erase()
      const lines = renderScreen(snapshot, { title, columns: Math.max(narrowest, out.columns || 80) })
      // More lines than the terminal has cannot be redrawn; the last ones matter most.
      drawn = lines.slice(-Math.max(1, (out.rows || 24) - 1))
      out.write(`${before}${drawn.map((line) => `${line}\n`).join('')}`)
    },
  }
}

const lineByLine = (out: Terminal, title: Title, now: () => Date): ProgressView => {
  let shownAt = Number.NEGATIVE_INFINITY
  const write = (text: string) => out.write(`${now().toISOString()} ${text}\n`)
  return {
    event: (text) => void write(text),
    show: (snapshot) => {
      if (now().getTime() - shownAt < lineEveryMs) return
      shownAt = now().getTime()
      write(renderLine(title, snapshot))
    },
  }
}

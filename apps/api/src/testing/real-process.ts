import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** The API or a worker, as an operator runs it. */
export type RealProcess = {
  pid: number
  isAlive: () => boolean
  /** Every line of its log that could be read. */
  lines: Record<string, unknown>[]
  kill: () => Promise<void>
  stop: () => Promise<void>
}

const linesMax = 20_000
const patienceMs = 15_000
// A process whose test is gone, even by kill -9, goes too.
const endWithParent =
  'data:text/javascript,process.on("disconnect",()=>process.kill(process.pid,"SIGKILL"));process.channel?.unref()'

/** Starts `main` with these variables and no others; resolves when it logs `readyMessage`, rejects with its last words when it ends before. */
export const startProcess = (main: URL, readyMessage: string, env: Record<string, string>): Promise<RealProcess> => {
  const child = spawn(process.execPath, ['--import', endWithParent, main.pathname], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const lines: Record<string, unknown>[] = []
  const words: string[] = []
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    await ended.finally(() => clearTimeout(late))
  }
  const running: RealProcess = {
    pid: child.pid!,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    lines,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
  return new Promise((resolve, reject) => {
    const read = (text: string) => {
      const line = parse(text)
      if (line === undefined) words.push(text)
      else if (lines.length < linesMax) lines.push(line)
      if (line?.msg === readyMessage) resolve(running)
    }
    for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on('line', read)
    void ended.then(() => reject(new Error(`It ended before it was ready: ${words.slice(-10).join('\n')}`)))
  })
}

const parse = (text: string): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return undefined
  }
}

import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'

export type Ending = { code: number | null; signal: NodeJS.Signals | null }

/** A real worker, as an operator runs it. */
export type WorkerProcess = {
  pid: number | undefined
  /** Resolves when it says that it works; rejects when it ends before. */
  ready: Promise<void>
  ended: Promise<Ending>
  /** What it logged as an error, or wrote without being a log line. */
  complaints: string[]
  kill: () => void
  /** SIGTERM, and SIGKILL if that takes longer than `patienceMs`. */
  stop: (patienceMs?: number) => Promise<Ending>
}

type Launch = { env: Readonly<Record<string, string>>; logFile?: string; clockAheadMs?: number }

const errorLevel = 50
const complaintsMax = 20
const main = new URL('../main.ts', import.meta.url).pathname
// A worker whose test is gone, even by kill -9, goes too.
const endWithParent =
  'data:text/javascript,process.on("disconnect",()=>process.kill(process.pid,"SIGKILL"));process.channel?.unref()'

/** A machine whose clock is wrong by so much, as far as JavaScript can tell. */
const withClockAhead = (ms: number): string =>
  `data:text/javascript,const T=Date,n=T.now;globalThis.Date=class extends T{constructor(...a){a.length?super(...a):super(n()+${ms})}static now(){return n()+${ms}}}`

/** Starts `main.ts` with these variables and no others. */
export const launchWorker = ({ env, logFile, clockAheadMs = 0 }: Launch): WorkerProcess => {
  const imports = ['--import', endWithParent, ...(clockAheadMs === 0 ? [] : ['--import', withClockAhead(clockAheadMs)])]
  const child = spawn(process.execPath, [...imports, main], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const log = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a' })
  const complaints: string[] = []
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }))
    child.once('close', (code, signal) => {
      log?.end()
      resolve({ code, signal })
    })
  })
  const ready = new Promise<void>((resolve, reject) => {
    const read = (line: string) => {
      log?.write(`${line}\n`)
      if (line.includes('"worker started"')) resolve()
      if (isComplaint(line) && complaints.length < complaintsMax) complaints.push(line)
    }
    for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on('line', read)
    void ended.then(() => reject(new Error(`The worker ended before it was ready: ${complaints.join('\n')}`)))
  })
  ready.catch(() => undefined)
  const stop = async (patienceMs = 15_000) => {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    return ended.finally(() => clearTimeout(late))
  }
  return { pid: child.pid, ready, ended, complaints, kill: () => void child.kill('SIGKILL'), stop }
}

const isComplaint = (line: string): boolean => {
  try {
    return (JSON.parse(line) as { level: number }).level >= errorLevel
  } catch {
    return !/Warning|--trace-warnings/.test(line)
  }
}

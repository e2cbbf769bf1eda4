import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@jejak/db/embedded'
import { scriptPath } from './scripts.ts'

/** A server in a process of its own. */
export type Server = {
  url: string
  pid: number
  /** From the start of the process to its first good answer. */
  startMs: number
  /** Most memory it has had resident, in MiB; NaN where the system does not tell. */
  peakMiB: () => Promise<number>
  /** Memory it has resident now, in MiB. */
  residentMiB: () => Promise<number>
  stop: () => Promise<void>
}

export type Launch = {
  args: readonly string[]
  env: Readonly<Record<string, string>>
  /** The variable that names its port; PORT if absent. */
  portVariable?: string
  /** What is asked for until it answers 200. */
  readyPath: string
  logFile: string
}

// As `npm start` and the image have it; the bare server gets it too.
const compileCache = join(tmpdir(), 'jejak-bench-compile-cache')
const readyTimeoutMs = 60_000
const stopTimeoutMs = 20_000

export const apiMain = fileURLToPath(new URL('../../../apps/api/src/main.ts', import.meta.url))
export const workerMain = fileURLToPath(new URL('../../../apps/worker/src/main.ts', import.meta.url))
export const helloArgs = [scriptPath('servers/hello.ts')]

const memoryOf = async (pid: number, field: 'VmHWM' | 'VmRSS'): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN) / 1024
}

/** Starts a process of Node whose log goes to a file, as in production it goes to a pipe: never to nothing. */
export const launchNode = ({ args, env, logFile }: Omit<Launch, 'readyPath'>): ChildProcess => {
  const log = openSync(logFile, 'a')
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  return child
}

export const stopProcess = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const late = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  child.kill('SIGTERM')
  await once(child, 'exit')
  clearTimeout(late)
}

const untilReady = async (child: ChildProcess, url: string, logFile: string): Promise<void> => {
  const deadline = performance.now() + readyTimeoutMs
  while (performance.now() < deadline && child.exitCode === null) {
    const status = await fetch(url).then(
      async (response) => {
        await response.arrayBuffer()
        return response.status
      },
      () => 0,
    )
    if (status === 200) return
    await wait(5)
  }
  child.kill('SIGKILL')
  throw new Error(`${url} did not answer 200 in time: ${(await readFile(logFile, 'utf8')).slice(-2000)}`)
}

/** Starts a server on a free port and waits until it answers. */
export const startServer = async (launch: Launch): Promise<Server> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const startedAt = performance.now()
  const child = launchNode({
    ...launch,
    env: { HOST: '127.0.0.1', [launch.portVariable ?? 'PORT']: String(port), ...launch.env },
  })
  await untilReady(child, `${url}${launch.readyPath}`, launch.logFile)
  const pid = child.pid!
  return {
    url,
    pid,
    startMs: performance.now() - startedAt,
    peakMiB: () => memoryOf(pid, 'VmHWM'),
    residentMiB: () => memoryOf(pid, 'VmRSS'),
    stop: () => stopProcess(child),
  }
}

export const logPath = (dir: string, name: string): string => join(dir, `${name}.log`)

import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Env } from '@jejak/config'
import { CliError } from '../cli-error.ts'

export type Duty = {
  readonly name: string
  /** Arguments after `node`. */
  readonly args: readonly string[]
  readonly env: Env
  /** Answers 2xx once the process is ready; undefined: ready as soon as it runs. */
  readonly healthUrl: string | undefined
  readonly log: Writable
}

export type SuperviseOptions = {
  readonly readyTimeoutMs: number
  readonly stopTimeoutMs: number
  /** Waits before each restart; a process that dies once more is given up. */
  readonly restartWaitsMs: readonly number[]
  /** A process that ran this long starts its count of restarts again. */
  readonly settledMs: number
  readonly now: () => number
  /** While the database is away no process can live: its end says nothing about it, and starting it is put off. */
  readonly isDatabaseThere: () => Promise<boolean>
  readonly onEvent: (line: string) => void
  readonly onGivenUp: (error: CliError) => void
}

export type ProcessState = 'starting' | 'running' | 'restarting' | 'stopped'

export type Supervised = {
  readonly name: string
  readonly state: () => ProcessState
  /** Resolves once it is healthy; rejects with its last words when it dies or stays silent before that. */
  readonly ready: Promise<void>
  readonly stop: () => Promise<void>
  readonly kill: () => void
}

const lastLinesMax = 12
const healthPollMs = 100
const databasePollMs = 1000

/** Runs a process until `stop`, and restarts it a few times when it dies once it has been ready. */
export const supervise = (duty: Duty, options: SuperviseOptions): Supervised => {
  const progress = { state: 'starting' as ProcessState, isStopping: false, current: launch(duty) }
  const ready = untilHealthy(duty, progress.current, options.readyTimeoutMs).then(() => {
    progress.state = 'running'
    void keepAlive(duty, options, progress)
  })
  ready.catch(() => {})
  return {
    name: duty.name,
    state: () => progress.state,
    ready,
    stop: async () => {
      progress.isStopping = true
      await stopProcess(progress.current, options.stopTimeoutMs)
      progress.state = 'stopped'
      await new Promise((resolve) => duty.log.end(resolve))
    },
    kill: () => {
      progress.isStopping = true
      progress.current.child.kill('SIGKILL')
    },
  }
}

type Progress = { state: ProcessState; isStopping: boolean; current: Running }

const keepAlive = async (duty: Duty, options: SuperviseOptions, progress: Progress): Promise<void> => {
  let restarts = 0
  let startedAt = options.now()
  for (;;) {
    const ending = await progress.current.ended
    if (progress.isStopping) return
    if (options.now() - startedAt > options.settledMs) restarts = 0
    const died = new CliError(`The ${duty.name} ${ending}.`, { details: progress.current.lastLines })
    const tell = (plan: string) => options.onEvent([...died.details, `${died.message} ${plan}`].join('\n'))
    progress.state = 'restarting'
    if (await options.isDatabaseThere()) {
      const waitMs = options.restartWaitsMs[restarts++]
      if (waitMs === undefined) return options.onGivenUp(died)
      tell(`It is started again in ${waitMs / 1000} s.`)
      await sleep(waitMs)
    } else {
      tell('The database is away; it is started again when the database is back.')
      while (!progress.isStopping && !(await options.isDatabaseThere())) await sleep(databasePollMs)
    }
    if (progress.isStopping) return
    startedAt = options.now()
    await relaunch(duty, options, progress)
  }
}

const relaunch = async (duty: Duty, { readyTimeoutMs }: SuperviseOptions, progress: Progress): Promise<void> => {
  const next = launch(duty)
  progress.current = next
  try {
    await untilHealthy(duty, next, readyTimeoutMs)
    progress.state = 'running'
  } catch {
    // Dead already, or silent for too long; either way its end is what happens next.
    next.child.kill('SIGKILL')
  }
}

type Running = { readonly child: ChildProcess; readonly ended: Promise<string>; readonly lastLines: string[] }

/** A session of its own keeps the terminal's Ctrl-C from it: the supervisor alone says when to stop. The channel tells it when the supervisor is gone. */
const launch = ({ name, args, env, log }: Duty): Running => {
  const preload = new URL('./exit-with-parent.ts', import.meta.url).href
  const child = spawn(process.execPath, ['--import', preload, ...args], {
    env: { ...env },
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const lastLines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log.write(text)
      lastLines.push(...text.split('\n').filter((line) => line.trim() !== ''))
      lastLines.splice(0, lastLines.length - lastLinesMax)
    })
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`cannot be started: ${error.message}`))
    child.once('close', (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`))
  })
  log.write(`--- ${name} started as process ${child.pid}\n`)
  return { child, ended, lastLines }
}

const untilHealthy = async (
  { name, healthUrl }: Duty,
  { ended, lastLines }: Running,
  timeoutMs: number,
): Promise<void> => {
  if (healthUrl === undefined) return
  let ending: string | undefined
  void ended.then((told) => {
    ending = told
  })
  const deadline = AbortSignal.timeout(timeoutMs)
  while (!deadline.aborted) {
    if (await isHealthy(healthUrl)) return
    if (ending) throw new CliError(`The ${name} ${ending} before it was ready.`, { details: lastLines })
    await sleep(healthPollMs)
  }
  throw new CliError(`The ${name} was not ready within ${timeoutMs / 1000} seconds.`, { details: lastLines })
}

const isHealthy = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    (response) => response.ok,
    () => false,
  )

const stopProcess = async ({ child, ended }: Running, timeoutMs: number): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const kill = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  await ended
  clearTimeout(kill)
}

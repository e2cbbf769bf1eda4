import { hostname } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Clock, type Db, saveFigures } from '@jejak/db'
import type { Logger } from 'pino'
import type { Counters } from './counters.ts'

const everyMs = 60_000
const resolutionMs = 20

export type StoringDeps = {
  db: Pick<Db, 'sql'>
  clock: Clock
  log: Logger
  counters: Counters
  role: 'api' | 'worker'
  version: string
  /** How many connections are open to this process. */
  connections?: () => Promise<number>
}

/** Who this process is, among all that share the database. */
const nameOf = (role: string): string => `${role} ${hostname()}:${process.pid}`

/** Makes what stores what was counted since the last time, and how the process is, in one statement; what cannot be stored counts the next time. */
export const createStore = ({ db, clock, counters, role, version, connections = async () => 0 }: StoringDeps) => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  const startedAt = new Date(Date.now() - performance.now())
  const store = async (): Promise<void> => {
    const counted = counters.take()
    try {
      const { rss, heapUsed } = process.memoryUsage()
      const state = { process: nameOf(role), role, version, startedAt, rss, heapUsed, connections: await connections() }
      const loopDelayMs = Math.max(0, Math.round(delay.percentile(99) / 1e6) - resolutionMs)
      await saveFigures(db.sql, { ...counted, ...state, loopDelayMs, now: await clock(db.sql) })
      delay.reset()
    } catch (error) {
      counters.putBack(counted)
      throw error
    }
  }
  return { store, stop: () => delay.disable() }
}

/** Stores the counters once a minute, and a last time when the process stops. Never throws. */
export const storeCounters = (deps: StoringDeps): (() => Promise<void>) => {
  const { store, stop } = createStore(deps)
  const tryStore = () => store().catch((err: Error) => deps.log.warn({ err }, 'what was counted could not be stored'))
  let storing = Promise.resolve()
  const timer = setInterval(() => {
    storing = storing.then(tryStore)
  }, everyMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await storing.then(tryStore)
    stop()
  }
}

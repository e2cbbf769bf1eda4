import { connectReads, type DbOptions } from '../connect.ts'
import type { Way } from '../fence/ways.ts'
import type { Sql } from '../sql.ts'
import { isDatabaseUnavailable } from '../unavailable.ts'
import { type ReplicaState, watchReplica } from './watch-replica.ts'
import { withinTime } from './within-time.ts'

export type ReadOptions = Pick<DbOptions, keyof Way | 'poolMax' | 'applicationName' | 'onError'> & {
  /** The way to a streaming replica; absent, or not current, the primary is read. */
  replica: Way | undefined
  /** Longest time a read may take in all; then it fails as a database that is away does. */
  timeoutMs: number
  lagMaxMs: number
  now: () => Date
  onReplica: (state: ReplicaState) => void
}

export type Reads = { sql: Sql; close: () => Promise<void> }

const lookEveryMs = 1_000
/** What of a read's time the replica may use up, so that enough is left to ask the primary. */
const replicaShare = 0.4
// A query that the replica cancelled because it held up its replaying; the primary has no such conflicts.
const recoveryConflict = '40001'

const boundedPool = (options: ReadOptions, changes: Partial<DbOptions> & { timeoutMs: number }): Reads => {
  const { timeoutMs, ...others } = changes
  const times = { statementTimeoutMs: timeoutMs, connectTimeoutMs: timeoutMs, queryTimeoutMs: timeoutMs }
  const { sql, close } = connectReads({ ...options, ...times, ...others })
  return { sql: withinTime(sql, timeoutMs), close }
}

const isLost = (error: unknown): boolean =>
  isDatabaseUnavailable(error) || (error as { code?: unknown }).code === recoveryConflict

/** Reads from a pool of its own whose every read ends in time; from the replica while that is current, else from the primary. */
export const openReads = (options: ReadOptions): Reads => {
  const { replica: wayToReplica, timeoutMs, lagMaxMs, now, onReplica } = options
  const primary = boundedPool(options, { timeoutMs })
  if (wayToReplica === undefined) return primary
  const replica = boundedPool(options, { ...wayToReplica, timeoutMs: Math.round(timeoutMs * replicaShare) })
  const watching = { poolMax: 1, applicationName: `${options.applicationName}-watch`, timeoutMs }
  const watchers = [{}, wayToReplica].map((way) => boundedPool(options, { ...way, ...watching }))
  const watch = watchReplica({
    primary: watchers[0]!.sql,
    replica: watchers[1]!.sql,
    lagMaxMs,
    everyMs: lookEveryMs,
    now,
    onState: onReplica,
  })
  const query = async (...args: Parameters<Sql['query']>) => {
    if (watch.state() !== 'current') return primary.sql.query(...args)
    try {
      return await replica.sql.query(...args)
    } catch (error) {
      if (!isLost(error)) throw error
      if ((error as { code?: unknown }).code !== recoveryConflict) watch.fail()
      return primary.sql.query(...args)
    }
  }
  void watch.look()
  return {
    sql: { query } as unknown as Sql,
    close: async () => {
      await watch.stop()
      await Promise.all([primary, replica, ...watchers].map(({ close }) => close()))
    },
  }
}

import type { Sql } from '../sql.ts'
import { row } from '../sql.ts'
import { isCurrent, type Mark, withMark } from './lag.ts'

/** Why a replica is not read: `away` when it does not answer, `behind` when it lags, `no replica` when it is no standby. */
export type ReplicaState = 'current' | 'behind' | 'away' | 'no replica'

export type ReplicaWatch = {
  state: () => ReplicaState
  /** It has just failed a read: it is away until the next look finds it well. */
  fail: () => void
  /** Looks at both servers once; happens by itself every second. */
  look: () => Promise<void>
  stop: () => Promise<void>
}

type WatchOptions = {
  primary: Sql
  replica: Sql
  lagMaxMs: number
  everyMs: number
  now: () => Date
  onState: (state: ReplicaState) => void
}

const writtenSql = `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as position`
const replayedSql = `select pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::float8 as position where pg_is_in_recovery()`

const positionOf = async (sql: Sql, text: string): Promise<number | undefined> =>
  (await row<{ position: number }>(sql, text))?.position

/** Compares the replica's position in the log with the primary's, again and again. Both must answer within their own time limits. */
export const watchReplica = (options: WatchOptions): ReplicaWatch => {
  const { primary, replica, lagMaxMs, now, onState } = options
  let marks: Mark[] = []
  let state: ReplicaState = 'away'
  let looking: Promise<void> | undefined

  const enter = (next: ReplicaState): void => {
    if (next !== state) onState(next)
    state = next
  }
  const lookOnce = async (): Promise<void> => {
    // What the replica has now is held against what the primary had before.
    const written = await positionOf(primary, writtenSql).catch(() => undefined)
    if (written !== undefined) marks = withMark(marks, { position: written, atMs: now().getTime(), lagMaxMs })
    try {
      const replayed = await positionOf(replica, replayedSql)
      if (replayed === undefined) return enter('no replica')
      enter(isCurrent(marks, { replayed, nowMs: now().getTime(), lagMaxMs }) ? 'current' : 'behind')
    } catch {
      enter('away')
    }
  }
  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => {
      looking = undefined
    })
    return looking
  }
  const timer = setInterval(look, options.everyMs).unref()
  return {
    state: () => state,
    fail: () => enter('away'),
    look,
    stop: async () => {
      clearInterval(timer)
      await looking
    },
  }
}

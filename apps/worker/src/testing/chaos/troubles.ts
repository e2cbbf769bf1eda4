import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '@jejak/db'
import type { Simulator } from '@jejak/easyparcel-simulator'
import { type ChaosSize, simulatorOptions } from './chaos-settings.ts'
import type { Cluster } from './cluster.ts'

type Stage = { db: Pick<Db, 'sql'>; simulator: Simulator; cluster: Cluster; size: ChaosSize; signal: AbortSignal }

/** What befell a run beside kills and EasyParcel's usual faults. */
export type Troubles = { sessionsCut: number; emptyHours: number; wrongClocks: number }

/** One step of the other troubles, `elapsedMs` into the storm. */
export type Trouble = { step: (elapsedMs: number) => Promise<void>; seen: () => Troubles; end: () => Promise<void> }

const cutEveryMs = 1_000
const looksForTransactionMax = 100

/** Every tenth batch holds a number that makes EasyParcel fail whenever it is asked for. */
export const poisonOf = (trackingNumbers: readonly string[], { batch }: ChaosSize): string[] =>
  trackingNumbers.filter((_, place) => place % (10 * batch) === 0)

/** Ends one worker's session while it is inside a transaction; false when none was met in half a second. */
const cutOneSession = async ({ db, signal }: Stage): Promise<boolean> => {
  for (let looks = 0; looks < looksForTransactionMax; looks++) {
    const { rowCount } = await db.sql.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'jejak-worker' and xact_start is not null limit 1`,
    )
    if (rowCount) return true
    await sleep(5, undefined, { signal })
  }
  return false
}

/** Sessions cut inside transactions, an hour of empty answers, and for a minute a worker whose clock is 40 days ahead. */
export const createTroubles = (stage: Stage): Trouble => {
  const { simulator, cluster, size } = stage
  const usual = simulatorOptions(size).faults ?? {}
  const emptyFrom = 0.4 * size.livesMs
  const emptyForMs = Math.max(3_000, size.livesMs / 64)
  const wrongFrom = 0.6 * size.livesMs
  const wrongUntil = wrongFrom + Math.min(60_000, 0.35 * size.livesMs)
  const seen: Troubles = { sessionsCut: 0, emptyHours: 0, wrongClocks: 0 }
  let cutAt = 0
  let emptyUntil: number | undefined
  let endWrongClock: (() => Promise<void>) | undefined
  const end = async () => {
    await endWrongClock?.()
    endWrongClock = undefined
  }
  const step = async (elapsedMs: number) => {
    if (elapsedMs >= cutAt) {
      cutAt = elapsedMs + cutEveryMs
      if (await cutOneSession(stage)) seen.sessionsCut += 1
    }
    if (elapsedMs >= emptyFrom && seen.emptyHours === 0) {
      seen.emptyHours += 1
      emptyUntil = elapsedMs + emptyForMs
      simulator.setFaults({ empty_results: 1 })
    }
    if (emptyUntil !== undefined && elapsedMs >= emptyUntil) {
      emptyUntil = undefined
      simulator.setFaults(usual)
    }
    if (elapsedMs >= wrongFrom && seen.wrongClocks === 0) {
      seen.wrongClocks += 1
      endWrongClock = await cluster.addWithWrongClock()
    }
    if (elapsedMs >= wrongUntil) await end()
  }
  return { step, seen: () => seen, end }
}

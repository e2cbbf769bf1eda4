import { loadConfig } from '@jejak/config'
import { type CheckDeps, createCheckDeps, openCall } from '@jejak/core/checking'
import { sameForAll } from '@jejak/core/settings'
import { readClock, type Sql } from '@jejak/db'
import pino from 'pino'
import type { SeededShop } from './seed.ts'
import { environmentOf } from './world.ts'

const cadenceMs = 7_200_000
const dueAtOnce = 40

/** The time of the claimers of one database; it goes on from one to the next. */
export type Clock = { nowMs: number }

export type Claimer = {
  /** Opens calls one after the other and returns how many ms each opening took. */
  openCalls: (amount: number) => Promise<number[]>
  /** Transactions that go to and fro as often as an opening, and write one row; how many ms each took. */
  bareTransactions: (amount: number) => Promise<number[]>
}

// As if every call had been answered: what was due is due again in two hours, and the gate is as before. What only filled seats is put back,
// or soon nothing would be due any more.
const endCallSql = `
  with ended as (
    update tracking_schedule s
       set call_id = null, checked_at = case when c.was_due then $2 else s.checked_at end,
           next_update_due = case when c.was_due then $3 else c.due_at end
      from unnest($5::bigint[], $6::boolean[], $7::timestamptz[]) as c (tracking_id, was_due, due_at)
     where s.tracking_id = c.tracking_id),
  closed as (
    update api_calls set closed_at = $2, outcome = 'ok', found = batch_size, changed = 0 where id = $1)
  update connections set slots = '{}', next_call_at = null, budget_day = null, calls_used = 0, calls_manual = 0 where id = $4`

/**
 * Opens calls of one connection as a worker does, on a clock of its own: between two calls so much time passes that 40 parcels become due,
 * and the other ten seats are filled with those that would be next.
 */
export const createClaimer = (
  shop: SeededShop & { url: string },
  { parcels, clock: time, scanMemory }: { parcels: number; clock: Clock; scanMemory?: CheckDeps['scanMemory'] },
): Claimer => {
  const config = loadConfig(environmentOf(shop.url))
  const now = () => new Date(time.nowMs)
  // The database's clock is asked as in life; what counts is the time of the claimers.
  const clock = async (sql: Sql) => {
    await readClock(sql)
    return now()
  }
  const log = pino({ level: 'silent' })
  const deps = {
    ...createCheckDeps({ db: shop.db, config, ...sameForAll(config.tracking), installation: shop, log, now, clock }),
    ...(scanMemory && { scanMemory }),
  }
  const openOne = async (): Promise<number> => {
    time.nowMs += (cadenceMs * dueAtOnce) / parcels
    const begunAt = performance.now()
    const opening = await openCall(deps, shop.connectionId)
    const tookMs = performance.now() - begunAt
    if (!opening.granted) throw new Error(`a call was not granted: ${opening.reason}`)
    const { id, trackings } = opening.call
    await shop.db.sql.query(endCallSql, [
      id,
      now(),
      new Date(time.nowMs + cadenceMs),
      shop.connectionId,
      trackings.map(({ trackingId }) => trackingId),
      trackings.map(({ wasDue }) => wasDue),
      trackings.map(({ dueAt }) => dueAt),
    ])
    return tookMs
  }
  return {
    openCalls: async (amount) => {
      const times: number[] = []
      for (let call = 0; call < amount; call++) times.push(await openOne())
      return times
    },
    bareTransactions: async (amount) => {
      const times: number[] = []
      for (let call = 0; call < amount; call++) times.push(await runBare(shop))
      return times
    },
  }
}

// A look first; then the lock (with `begin` and the clock), a look (with the next id), the claim, the log with the gate; `commit` is the last.
const tripsInside = 4

const runBare = async ({ db, connectionId }: SeededShop): Promise<number> => {
  const begunAt = performance.now()
  await db.sql.query('select 1')
  await db.transaction(async (tx) => {
    for (let trip = 1; trip < tripsInside; trip++) await tx.query('select 1')
    await tx.query('update connections set calls_used = calls_used where id = $1', [connectionId])
  })
  return performance.now() - begunAt
}

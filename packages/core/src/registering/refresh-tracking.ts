import { requestRefresh } from '@jejak/db'
import { wakeForPerson } from '../queue/index.ts'
import type { RegisteringDeps } from './registering-deps.ts'

/** `in_flight`: a call is asking for it right now. `waiting`: somebody asked before, and a job is about to. */
export type Refresh =
  | { outcome: 'accepted'; jobId: string; connectionId: string }
  | { outcome: 'not_found' | 'in_flight' | 'waiting' }

/** Makes a parcel due now for a person who waits, ended ones too; it pays from the budget's reserve while that lasts. */
export const refreshTracking = (
  { db, boss, clock }: Pick<RegisteringDeps, 'db' | 'boss' | 'clock'>,
  which: { organizationId: string; trackingId: string },
): Promise<Refresh> =>
  db.transaction(async (tx) => {
    const row = await requestRefresh(tx, { ...which, now: await clock(tx) })
    if (!row) return { outcome: 'not_found' }
    if (row.inFlight) return { outcome: 'in_flight' }
    const jobId = await wakeForPerson(boss, row.connectionId, row.trackingId, tx)
    return jobId === null ? { outcome: 'waiting' } : { outcome: 'accepted', jobId, connectionId: row.connectionId }
  })

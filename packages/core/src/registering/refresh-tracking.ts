import { requestRefresh } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { recordChanges } from '../changes/index.ts'
import { conflict, notFound } from '../errors.ts'
import { wakeForPerson } from '../queue/index.ts'
import type { RegisteringDeps } from './registering-deps.ts'

/**
 * Makes a parcel due now for a person who waits, ended ones too; it pays from the budget's reserve while that lasts. Refuses while a call asks
 * for it, or a job that someone asked for before is about to. Readers are told of what EasyParcel answers, not of the question.
 */
export const refreshTracking = async (
  { db, boss, clock }: Pick<RegisteringDeps, 'db' | 'boss' | 'clock'>,
  { actor, organizationId, trackingId }: { actor: Actor; organizationId: string; trackingId: string },
): Promise<{ jobId: string; connectionId: string }> => {
  const { jobId, connectionId } = await db.ofShop(organizationId).transaction(async (tx) => {
    const now = await clock(tx)
    const row = await requestRefresh(tx, { trackingId, now })
    if (!row) throw notFound('This shop has no parcel with this id that could be checked.')
    if (row.inFlight) throw conflict('This parcel is being checked right now; read it again in a few seconds.')
    const { trackingId: id, trackingNumber, connectionId } = row
    const jobId = await wakeForPerson(boss, { connectionId, trackingId: id, sql: tx })
    const parcel = { id, organizationId, trackingNumber }
    const asked = { parcel, write: null, entries: [{ kind: 'check_requested' } as const], isWatched: false }
    if (jobId !== null) {
      await recordChanges(tx, { actor, now, changes: [asked] })
      await recordAct(tx, { act: 'checks.requested', actor, organizationId, object: `parcel:${id}`, now })
    }
    return { connectionId, jobId }
  })
  // The parcel is due all the same.
  if (jobId === null) throw conflict('A check of this parcel has already been requested and is about to run.')
  return { jobId, connectionId }
}

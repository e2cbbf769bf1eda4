import {
  type ChangeEntry,
  deleteParcels,
  insertChanges,
  insertTrackings,
  type NewTracking,
  type ParcelRef,
  type ParcelWrite,
  saveParcels,
  type Tx,
} from '@jejak/db'
import { type Actor, actorName } from '../actor.ts'

/**
 * What happens to one parcel: what its row becomes, null where that is written otherwise or stays, and what the log says of it. `isWatched`
 * false: no one can be looking at this number.
 */
export type ParcelChange = {
  parcel: ParcelRef
  write: Omit<ParcelWrite, 'id'> | null
  entries: readonly ChangeEntry[]
  isWatched?: boolean
}

type Recording = { actor: Actor; now: Date; callId?: string | null; changes: readonly ParcelChange[] }

/**
 * The one way to change parcels; `recordRegistrations` and `recordRemovals` are the ways in and out. Their rows (all written ones name the same columns), the log and the news for live readers commit together. Who
 * wants to act on changes, such as webhooks or messages, reads the log: see `readChanges`.
 */
export const recordChanges = async (tx: Tx, { actor, now, callId = null, changes }: Recording): Promise<void> => {
  const entries = changes.flatMap(({ parcel, entries, isWatched = true }) =>
    entries.map((entry) => ({ ...entry, parcel, isWatched })),
  )
  await Promise.all([
    saveParcels(
      tx,
      changes.flatMap(({ parcel, write }) => (write ? [{ ...write, id: parcel.id }] : [])),
    ),
    insertChanges(tx, { at: now, triggeredBy: actorName(actor), callId, changes: entries }),
  ])
}

type Coming = {
  actor: Actor
  now: Date
  organizationId: string
  connectionId: string
  trackings: readonly NewTracking[]
}

/** Registers parcels, see `insertTrackings`. Only a number that was here before, archived or at another shop, can have a reader waiting for it. */
export const recordRegistrations = async (tx: Tx, { actor, ...coming }: Coming) => {
  const rows = await insertTrackings(tx, coming)
  const { now, organizationId } = coming
  const entries = [{ kind: 'registered' } as const]
  const changes = rows.flatMap(({ id, trackingNumber, isNew, wasKnown }) =>
    isNew ? [{ parcel: { id, organizationId, trackingNumber }, write: null, entries, isWatched: wasKnown }] : [],
  )
  await recordChanges(tx, { actor, now, changes })
  return rows
}

type Going = {
  actor: Actor
  now: Date
  kind: 'removed' | 'deleted'
  parcels: readonly Pick<ParcelRef, 'organizationId' | 'id'>[]
}

/** Removes parcels with their schedules and orders; the log keeps that there were some. Returns how many. */
export const recordRemovals = async (tx: Tx, { actor, now, kind, parcels }: Going): Promise<number> => {
  const removed = await deleteParcels(tx, parcels)
  const changes = removed.map((parcel) => ({ parcel, write: null, entries: [{ kind }] }))
  await recordChanges(tx, { actor, now, changes })
  return removed.length
}

/** The entry of an attention that came, changed or went; none when it is as before. */
export const attentionEntries = (before: string | null, after: string | null): ChangeEntry[] => {
  if (before === after) return []
  return after === null
    ? [{ kind: 'attention_resolved', detail: before }]
    : [{ kind: 'attention_raised', detail: after }]
}

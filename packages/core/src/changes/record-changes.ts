import { type ChangeEntry, insertChanges, type ParcelRef, type ParcelWrite, saveParcels, type Tx } from '@jejak/db'
import { type Actor, actorName } from '../actor.ts'

/**
 * What happens to one parcel: what its row becomes, null where that is written otherwise or stays, and what the log says of it. `isWatched`
 * false: nobody can be looking at this number.
 */
export type ParcelChange = {
  parcel: ParcelRef
  write: Omit<ParcelWrite, 'id'> | null
  entries: readonly ChangeEntry[]
  isWatched?: boolean
}

type Recording = { actor: Actor; now: Date; callId?: string | null; changes: readonly ParcelChange[] }

/**
 * The one way to change parcels. Their rows (all written ones name the same columns), the log and the news for live readers commit together. Who
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

/** The entry of an attention that came, changed or went; none when it is as before. */
export const attentionEntries = (before: string | null, after: string | null): ChangeEntry[] => {
  if (before === after) return []
  return after === null
    ? [{ kind: 'attention_resolved', detail: before }]
    : [{ kind: 'attention_raised', detail: after }]
}

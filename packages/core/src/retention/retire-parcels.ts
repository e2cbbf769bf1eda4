import { type Db, lockToArchive, lockToDelete } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordChanges, recordRemovals } from '../changes/index.ts'

type RetireDeps = { db: Pick<Db, 'transaction'> }
type Retiring = { actor: Actor; now: Date; olderThan: Date; limit: number }

/** So many parcels one transaction retires: those who want to write to one of them wait for it. */
export const retireBatch = 250

/** Archives parcels that ended before `olderThan`: no one checks them, their number may be registered again. Returns how many. */
export const archiveEnded = ({ db }: RetireDeps, { actor, now, olderThan, limit }: Retiring): Promise<number> =>
  db.transaction(async (tx) => {
    const parcels = await lockToArchive(tx, { olderThan, now, limit })
    const changes = parcels.map((parcel) => ({
      parcel,
      write: { archivedAt: now },
      entries: [{ kind: 'archived' } as const],
    }))
    await recordChanges(tx, { actor, now, changes })
    return parcels.length
  })

/** Deletes archived parcels that ended before `olderThan`; the log still tells of them until its own time is over. Returns how many. */
export const deleteEnded = ({ db }: RetireDeps, { actor, now, olderThan, limit }: Retiring): Promise<number> =>
  db.transaction(async (tx) => {
    const parcels = await lockToDelete(tx, { olderThan, limit })
    return recordRemovals(tx, { actor, now, kind: 'deleted', parcels })
  })

import type { Db } from '@jejak/db'

const writers = 8
const batch = 50
const statuses = ['in_transit', 'on_hold', 'exception', 'out_for_delivery']

/** Batches a second that eight writers change the status of, each among parcels of its own, two statements a transaction; a deadlock fails it. */
export const writeStatuses = async (db: Db, { seconds, parcels }: { seconds: number; parcels: number }) => {
  const until = performance.now() + seconds * 1_000
  const share = Math.floor(parcels / writers)
  let batches = 0
  const writeOn = async (writer: number) => {
    for (let round = 0; performance.now() < until; round++) {
      const first = writer * share + ((round * 2 * batch) % Math.max(1, share - 2 * batch)) + 1
      await db.transaction(async (tx) => {
        for (const from of [first, first + batch])
          await tx.query('update tracking_cache set status = $3 where id >= $1 and id < $2', [
            from,
            from + batch,
            statuses[(round + writer) % statuses.length],
          ])
      })
      batches += 2
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, writer) => writeOn(writer)))
  return batches / seconds
}

const triggers = (db: Db, which: 'enable' | 'disable') =>
  db.sql.query(`alter table tracking_cache ${which} trigger tracking_cache_counted_over`)

/** The same while nothing counts what changes. */
export const writeUncounted = async (db: Db, size: { seconds: number; parcels: number }) => {
  await triggers(db, 'disable')
  return writeStatuses(db, size).finally(() => triggers(db, 'enable'))
}

import { type Db, saveSchedules, saveTrackings } from '@jejak/db'
import type { Family } from '../family.ts'
import { alternate } from '../rounds.ts'
import { ratio } from '../statistics.ts'
import { aChange, aSchedule } from '../world/changes.ts'
import { withParcels } from '../world/with-database.ts'

const batch = 50
const callId = '1'

type Write = (db: Db, places: number[], now: Date) => Promise<unknown>

/** The product's two statements; `changedShare` of the parcels have news. */
const inBatches =
  (changedShare: number): Write =>
  (db, places, now) =>
    db.transaction(async (tx) => {
      const changed = places.slice(0, Math.round(places.length * changedShare))
      await saveTrackings(
        tx,
        changed.map((place) => aChange(place, now)),
      )
      await saveSchedules(
        tx,
        callId,
        places.map((place) => aSchedule(place, now)),
      )
    })

/** The same by the ORM: all of the batch in one transaction, an update a row. */
const byOrm: Write = ({ prisma }, places, now) =>
  prisma.$transaction(
    places.flatMap((place) => {
      const { id, status: _same, events, ...change } = aChange(place, now)
      const { trackingId, checkedBy: _kind, ...schedule } = aSchedule(place, now)
      const document = { document: change.document ?? '', documentVersion: change.documentVersion ?? '' }
      return [
        prisma.tracking.update({
          where: { id: BigInt(id) },
          data: { ...change, ...document, events: events as object[] },
          select: { id: true },
        }),
        prisma.trackingSchedule.update({
          where: { trackingId: BigInt(trackingId) },
          data: { ...schedule, callId: null, checkedBy: 'scheduled' },
          select: { trackingId: true },
        }),
      ]
    }),
  )

/** Writes batch after batch; returns the parcels a second, of the time that writing took. The call's mark is put on in between, untimed. */
const measure = async (db: Db, parcels: number, seconds: number, write: Write): Promise<number> => {
  let written = 0
  let spentMs = 0
  while (spentMs < seconds * 1000) {
    const from = Math.floor(Math.random() * (parcels - batch))
    const places = Array.from({ length: batch }, (_, place) => from + place)
    await db.sql.query('update tracking_schedule set call_id = $1 where tracking_id between $2 and $3', [
      callId,
      from + 1,
      from + batch,
    ])
    const begunAt = performance.now()
    await write(db, places, new Date())
    spentMs += performance.now() - begunAt
    written += batch
  }
  return (written / spentMs) * 1000
}

/** What a check costs to write down. */
export const checkWrites: Family = {
  about: 'results of checks, a batch of 50 a transaction, against the ORM; few of them changed against all',
  run: (bench) => {
    const { isQuick, rounds, seconds } = bench.size
    const parcels = isQuick ? 1_000 : 50_000
    const seed = { name: 'check_writes', parcels, now: new Date(), withDocuments: true }
    return withParcels(bench, seed, async ({ db }) => {
      const arm = (write: Write) => () => measure(db, parcels, seconds, write)
      const arms = { batched: arm(inBatches(1)), '90 % unchanged': arm(inBatches(0.1)), ORM: arm(byOrm) }
      const results = await alternate(arms, rounds, bench.report)
      return {
        arms: Object.entries(results).map(([name, values]) => ({ name, unit: 'parcels/s', values })),
        figures: [
          { goal: 'batch ÷ orm', value: ratio(results.batched, results.ORM) },
          { goal: 'unchanged ÷ rewrite', value: ratio(results['90 % unchanged'], results.batched) },
        ],
      }
    })
  },
}

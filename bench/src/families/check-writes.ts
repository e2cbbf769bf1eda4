import { type Db, type ScheduleChange, saveSchedules, saveTrackings, type TrackingChange } from '@jejak/db'
import type { Family } from '../family.ts'
import { alternate } from '../rounds.ts'
import { ratio } from '../statistics.ts'
import { aChange, aSchedule } from '../world/changes.ts'
import { withParcels } from '../world/with-database.ts'

const batch = 50
const callId = '1'

/** What a batch has to write down, made before the clock runs: rendering documents and scans is the same work for all. */
type Batch = { changes: TrackingChange[]; schedules: ScheduleChange[] }
type Write = (db: Db, batch: Batch) => Promise<unknown>

/** The product's two statements; `changedShare` of the parcels have news. */
const inBatches =
  (changedShare: number): Write =>
  (db, { changes, schedules }) =>
    db.transaction((tx) =>
      Promise.all([
        saveTrackings(tx, changes.slice(0, Math.round(changes.length * changedShare))),
        saveSchedules(tx, callId, schedules),
      ]),
    )

/** The same by the ORM: in one transaction, an update a row. */
const byOrm =
  (changedShare: number): Write =>
  async (db, { changes, schedules }) => {
    const prisma = await db.prisma()
    return prisma.$transaction([
      ...changes.slice(0, Math.round(changes.length * changedShare)).map(({ id, status: _same, ...change }) => {
        const document = { document: change.document ?? '', documentVersion: change.documentVersion ?? '' }
        const data = { ...change, ...document }
        return prisma.tracking.update({ where: { id: BigInt(id) }, data, select: { id: true } })
      }),
      ...schedules.map(({ trackingId, checkedBy: _kind, ...schedule }) =>
        prisma.trackingSchedule.update({
          where: { trackingId: BigInt(trackingId) },
          data: { ...schedule, callId: null, checkedBy: 'scheduled' },
          select: { trackingId: true },
        }),
      ),
    ])
  }

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
    const now = new Date()
    const prepared = {
      changes: places.map((place) => aChange(place, now)),
      schedules: places.map((place) => aSchedule(place, now)),
    }
    const begunAt = performance.now()
    await write(db, prepared)
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
      const arms = {
        batched: arm(inBatches(1)),
        '90 % unchanged': arm(inBatches(0.1)),
        ORM: arm(byOrm(1)),
        'ORM, 90 % unchanged': arm(byOrm(0.1)),
      }
      const results = await alternate(arms, rounds, bench.report)
      return {
        arms: Object.entries(results).map(([name, values]) => ({ name, unit: 'parcels/s', values })),
        figures: [
          { goal: 'batch ÷ orm', value: ratio(results.batched, results.ORM) },
          { goal: 'usual batch ÷ orm', value: ratio(results['90 % unchanged'], results['ORM, 90 % unchanged']) },
          { goal: 'unchanged ÷ rewrite', value: ratio(results['90 % unchanged'], results.batched) },
        ],
      }
    })
  },
}

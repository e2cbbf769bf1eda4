import { type Db, type ScheduleChange, saveParcels, saveSchedules } from '@jejak/db'
import type { Family } from '../family.ts'
import { usualLongestBlock } from '../longest-block.ts'
import { alternate } from '../rounds.ts'
import { ofRounds, ratios } from '../statistics.ts'
import { aChange, aSchedule } from '../world/changes.ts'
import { createRecorder } from '../world/recorder.ts'
import { withParcels } from '../world/with-database.ts'

const batch = 50
const callId = '1'
/** The share of a batch that has news, as a rule. */
const usualShare = 0.1
const warmUpSeconds = 0.2

/** What the two large writes of a batch need, made before the clock runs: rendering documents and scans is the same work for both. */
type Batch = { changes: ReturnType<typeof aChange>[]; schedules: ScheduleChange[] }
type Write = (db: Db, batch: Batch) => Promise<unknown>
/** Makes a batch ready, untimed; what it returns is timed. */
type Prepare = (places: readonly number[], now: Date) => Promise<() => Promise<unknown>>

/** The product's statements for them; `changedShare` of the parcels have news. */
const inBatches =
  (changedShare: number): Write =>
  (db, { changes, schedules }) =>
    db.transaction((tx) =>
      Promise.all([
        saveParcels(tx, changes.slice(0, Math.round(changes.length * changedShare))),
        saveSchedules(tx, { callId, changes: schedules }),
      ]),
    )

/** The same by the ORM: in one transaction, an update a row. */
const byOrm =
  (changedShare: number): Write =>
  async (db, { changes, schedules }) => {
    const prisma = await db.prisma()
    return prisma.$transaction([
      ...changes
        .slice(0, Math.round(changes.length * changedShare))
        .map(({ id, status: _same, changedAt, ...change }) => {
          const document = { document: change.document ?? '', documentVersion: change.documentVersion ?? '' }
          const data = { ...change, ...document, changedAt }
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

/** Puts a call's mark on the parcels, without which nothing of it would be written to the schedule. */
const preparing =
  (db: Db, write: Write): Prepare =>
  async (places, now) => {
    const changes = places.map((place) => aChange(place, now))
    const ids = changes.map(({ id }) => id)
    await db.sql.query('update tracking_schedule set call_id = $1 where tracking_id = any($2::bigint[])', [callId, ids])
    const schedules = places.map((place) => aSchedule(place, now))
    return () => write(db, { changes, schedules })
  }

const somePlaces = (parcels: number): number[] => {
  const from = Math.floor(Math.random() * (parcels - batch))
  return Array.from({ length: batch }, (_, place) => from + place)
}

/** Writes batch after batch; returns the parcels a second, of the time that writing took. */
const measure = async (parcels: number, seconds: number, prepare: Prepare): Promise<number> => {
  let written = 0
  let spentMs = 0
  while (spentMs < seconds * 1000) {
    const write = await prepare(somePlaces(parcels), new Date())
    const begunAt = performance.now()
    await write()
    spentMs += performance.now() - begunAt
    written += batch
  }
  return (written / spentMs) * 1000
}

/** What a check costs to write down. */
export const checkWrites: Family = {
  about:
    'results of checks of 50: the two large writes (parcels, schedule) in one transaction, against the ORM; and all of recordAnswer',
  run: (bench) => {
    const { isQuick, rounds, seconds } = bench.size
    const parcels = isQuick ? 1_000 : 50_000
    const seed = { name: 'check_writes', parcels, now: new Date(), withDocuments: true }
    return withParcels(bench, seed, async (shop) => {
      const recorder = createRecorder(shop)
      const arm =
        (prepare: Prepare) =>
        (length = seconds) =>
          measure(parcels, length, prepare)
      const writing = (write: Write) => arm(preparing(shop.db, write))
      const arms = {
        'batched, all changed': writing(inBatches(1)),
        'batched, 90 % unchanged': writing(inBatches(usualShare)),
        'ORM, all changed': writing(byOrm(1)),
        'ORM, 90 % unchanged': writing(byOrm(usualShare)),
        'recordAnswer, 90 % unchanged': arm((places, now) => recorder.prepare(places, batch * usualShare, now)),
      }
      // What is loaded or compiled at the first writes, the ORM above all, belongs to no round.
      for (const warmUp of Object.values(arms)) await warmUp(warmUpSeconds)
      const results = await alternate(arms, rounds, bench.report)
      const blocks = await alternate(
        {
          'longest block of recordAnswer, all changed': () =>
            usualLongestBlock(() => recorder.prepare(somePlaces(parcels), batch, new Date())),
          'longest block of recordAnswer, 90 % unchanged': () =>
            usualLongestBlock(() => recorder.prepare(somePlaces(parcels), batch * usualShare, new Date())),
        },
        rounds,
        bench.report,
      )
      const figure = (name: keyof typeof arms, baseline: keyof typeof arms) =>
        ofRounds(ratios(results[name], results[baseline]))
      return {
        arms: [
          ...Object.entries(results).map(([name, values]) => ({ name, unit: 'parcels/s', values })),
          ...Object.entries(blocks).map(([name, values]) => ({ name, unit: 'ms', values })),
        ],
        figures: [
          { goal: 'batch ÷ orm', ...figure('batched, all changed', 'ORM, all changed') },
          { goal: 'usual batch ÷ orm', ...figure('batched, 90 % unchanged', 'ORM, 90 % unchanged') },
          { goal: 'unchanged ÷ rewrite', ...figure('batched, 90 % unchanged', 'batched, all changed') },
          {
            text: 'all of recordAnswer (locks, plans, both writes, logs, the call’s end), the usual batch',
            ...ofRounds(results['recordAnswer, 90 % unchanged']),
            unit: 'parcels/s',
          },
          { goal: 'recording an answer', ...ofRounds(blocks['longest block of recordAnswer, all changed']) },
          {
            text: 'the same of the usual batch: longest block of the event loop',
            ...ofRounds(blocks['longest block of recordAnswer, 90 % unchanged']),
            unit: 'ms',
          },
        ],
      }
    })
  },
}

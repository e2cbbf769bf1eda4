import {
  addToWeeks,
  type CountedParcel,
  type Db,
  findCountedUntil,
  listCountedShops,
  listParcelsToCount,
  lockParcelsToCount,
  type ParcelToCount,
  type ShopTx,
  saveCounted,
  saveReadDays,
  takeCounted,
} from '@jejak/db'
import { dayOfNumber, localTime } from '../checking/schedule/local-time.ts'
import { mapInTurns } from '../in-turns.ts'
import { parcelFacts } from './parcel-facts.ts'
import { transitBuckets } from './transit-buckets.ts'

/** So long counts are kept, and no parcel is counted whose last change is older. */
export const analyticsDays = 400
// Whole days whose hours are all still there.
const readDays = 33
const batch = 500
const dayMs = 86_400_000

export type CountingDeps = {
  db: Pick<Db, 'sql' | 'ofShop'>
  settingsOf: (organizationId: string) => { timezone: string }
}

/**
 * Counts what has ended since the last time, and how parcels were looked at until yesterday, shop by shop. Tells how many parcels it counted. A shop
 * that fails keeps none of the others from it; then it throws at the end.
 */
export const countShops = async (
  { db, settingsOf }: CountingDeps,
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<number> => {
  let parcels = 0
  const failed: { organizationId: string; error: unknown }[] = []
  for (const organizationId of await listCountedShops(db.sql)) {
    if (signal.aborted) break
    try {
      const { timezone } = settingsOf(organizationId)
      parcels += await countShop(db, { organizationId, timezone, now, signal })
    } catch (error) {
      failed.push({ organizationId, error })
    }
  }
  if (failed.length > 0) throw sayingWhich(failed)
  return parcels
}

const namedMax = 5

const sayingWhich = (failed: readonly { organizationId: string; error: unknown }[]): Error => {
  const ids = failed.slice(0, namedMax).map(({ organizationId }) => organizationId)
  const more = failed.length > namedMax ? ' and others' : ''
  return new Error(`Counting failed for ${failed.length} shops (${ids.join(', ')}${more}); the others are counted.`, {
    cause: failed[0]!.error,
  })
}

type OfShop = { organizationId: string; timezone: string; now: Date; signal: AbortSignal }

const countShop = async (db: CountingDeps['db'], shop: OfShop): Promise<number> => {
  const { organizationId, timezone, now } = shop
  const today = localTime(now, timezone).dayNumber
  const days = { from: dayOfNumber(today - readDays), to: dayOfNumber(today - 1) }
  await saveReadDays(db.ofShop(organizationId).sql, { ...days, timezone })
  return countParcelsOf(db, shop)
}

/** In the order of their changes, so that a run that is cut off is continued by the next. */
const countParcelsOf = async (
  db: CountingDeps['db'],
  { organizationId, timezone, now, signal }: OfShop,
): Promise<number> => {
  const shop = db.ofShop(organizationId)
  const since = await findCountedUntil(shop.sql, new Date(now.getTime() - analyticsDays * dayMs))
  let counted = 0
  for (
    let after: { changedAt: string; id: string } | undefined = { changedAt: since, id: '0' };
    after && !signal.aborted;
  ) {
    const parcels = await listParcelsToCount(shop.sql, { after, limit: batch })
    await shop.transaction((tx) => countBatch(tx, { parcels, timezone }))
    counted += parcels.length
    after = parcels.at(-1)
  }
  return counted
}

const countBatch = async (
  tx: ShopTx,
  { parcels, timezone }: { parcels: readonly ParcelToCount[]; timezone: string },
): Promise<void> => {
  if (parcels.length === 0) return
  // One that was removed meanwhile is in no count.
  const there = new Set(
    await lockParcelsToCount(
      tx,
      parcels.map(({ id }) => id),
    ),
  )
  const read = await mapInTurns(
    parcels.filter(({ id }) => there.has(id)),
    (parcel) => {
      const facts = parcelFacts(parcel, { timezone })
      return facts ? [{ trackingId: parcel.id, ...facts, changedAt: parcel.changedAt }] : []
    },
  )
  const now = read.flat()
  const before = await takeCounted(
    tx,
    parcels.map(({ id }) => id),
  )
  await saveCounted(tx, now)
  const changes = differencesOf(
    before,
    now.map(({ changedAt: _changedAt, ...facts }) => facts),
  )
  if (changes.length > 0) await addToWeeks(tx, { changes, buckets: transitBuckets })
}

const differencesOf = (before: readonly CountedParcel[], now: readonly CountedParcel[]) => {
  const keyOf = ({ trackingId, ...facts }: CountedParcel): string =>
    JSON.stringify([trackingId, Object.entries(facts).sort()])
  const [were, are] = [new Set(before.map(keyOf)), new Set(now.map(keyOf))]
  return [
    ...before.filter((one) => !are.has(keyOf(one))).map((one) => ({ ...one, sign: -1 as const })),
    ...now.filter((one) => !were.has(keyOf(one))).map((one) => ({ ...one, sign: 1 as const })),
  ]
}

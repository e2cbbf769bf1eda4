import {
  type CaseRow,
  type DueRow,
  deleteOrders,
  findNumber,
  findOrders,
  isDuplicate,
  lockSchedules,
  lockShopParcels,
  type ParcelRow,
  restartSchedule,
  type ScheduleChange,
  type ShopTx,
  saveCases,
  saveOrder,
  saveSchedules,
} from '@jejak/db'
import { attentionEntries, type ParcelChange, recordChanges } from '../changes/index.ts'
import { batchLimitOf, suspectPriority } from '../checking/gate/suspicion.ts'
import { priorities } from '../checking/schedule/priority.ts'
import { mapInTurns } from '../in-turns.ts'
import { readParcel, readStoredScans, renderDocument, toDueBefore, writeScans } from '../parcels/index.ts'
import { numberTaken } from '../registering/correct-number.ts'
import type { KeptParcel, Restoring } from './kinds.ts'

type Pair = { row: ParcelRow; kept: KeptParcel }

/** Gives parcels back what they were, those that nothing has changed since. Returns how many. */
export const restoreParcels = async (tx: ShopTx, { was, actor, now, deps }: Restoring<'parcels'>): Promise<number> => {
  const ids = was.map(({ id }) => id).toSorted((a, b) => Number(a) - Number(b))
  const rows = await lockShopParcels(tx, ids)
  const scheduleOf = new Map((await lockSchedules(tx, ids)).map((schedule) => [schedule.id, schedule]))
  const keptOf = new Map(was.map((kept) => [kept.id, kept]))
  const same = rows.map((row): Pair => ({ row, kept: keptOf.get(row.id)! })).filter(isUnchanged)
  const planned = await mapInTurns(same, (pair) => ({ ...pair, change: changeBack(pair, { now, deps }) }))
  const back = planned.flatMap((one) => (one.change === null ? [] : [{ ...one, change: one.change }]))
  const restorable = await withOrders(tx, await withNumbers(tx, { planned: back, now }))
  await recordChanges(tx, { actor, now, changes: restorable.flatMap(changesOf) }).catch((error: unknown) => {
    // Someone registers the number at this moment.
    throw isDuplicate(error) ? numberTaken() : error
  })
  await saveSchedules(tx, {
    callId: null,
    changes: restorable.flatMap(({ kept }) => scheduleBack(kept, scheduleOf.get(kept.id)) ?? []),
  })
  await saveCases(
    tx,
    restorable.flatMap(({ kept }) => (kept.attentionCase ? [kept.attentionCase as unknown as CaseRow] : [])),
  )
  return restorable.length
}

/**
 * When the parcel is due, as it was. What checks have found out since stays, but of another number: then all that was known of the parcel's own is back.
 */
const scheduleBack = ({ schedule, fromNumber }: KeptParcel, current: DueRow | undefined): ScheduleChange | null => {
  if (!schedule || !current) return null
  const was = schedule as unknown as ScheduleChange
  if (fromNumber !== undefined) return was
  const { nextUpdateDue, dueBecause } = was
  const found = { ...toDueBefore(current), nextUpdateDue, dueBecause }
  return current.strikes === was.strikes
    ? { ...found, updatePriority: was.updatePriority, batchLimit: was.batchLimit }
    : {
        ...found,
        updatePriority: suspectPriority(current) ?? priorities.scheduled,
        batchLimit: batchLimitOf(current),
      }
}

/** What is not shown keeps `changedAt`; that EasyParcel knows the number that the parcel was given counts all the same. */
const isUnchanged = ({ row, kept }: Pair): boolean =>
  row.changedAt.toISOString() === kept.changedAt &&
  (kept.fromNumber === undefined || (row.confirmedAt === null && row.events === '[]'))

/** Who looks at the number that the parcel was given is told, too. */
const changesOf = ({ row, kept, change }: Pair & { change: ParcelChange }): ParcelChange[] =>
  kept.fromNumber === undefined
    ? [change]
    : [change, { parcel: row, write: null, entries: [{ kind: 'shop_changed', detail: 'undone' }] }]

/** Leaves out parcels whose number is another one's by now. A call that asks about the number they were given finds nothing to write. */
const withNumbers = async <One extends Pair>(
  tx: ShopTx,
  { planned, now }: { planned: readonly One[]; now: Date },
): Promise<One[]> => {
  const done: One[] = []
  for (const one of planned) {
    const number = one.kept.fromNumber === undefined ? undefined : one.kept.write.trackingNumber
    if (number && (await findNumber(tx, number))) continue
    if (number) await restartSchedule(tx, { trackingId: one.row.id, now })
    done.push(one)
  }
  return done
}

/** Gives orders what they were; leaves out parcels whose order is not there any more, or whose number is another order's by now. */
const withOrders = async <One extends Pair>(tx: ShopTx, planned: readonly One[]): Promise<One[]> => {
  const done: One[] = []
  for (const one of planned) {
    const { order } = one.kept
    const orders = order ? ((await findOrders(tx, one.row.id)) ?? []) : []
    const mine = orders.find(({ orderId }) => orderId === order?.orderId)
    const isTaken = orders.some((other) => other !== mine && other.orderFolded === order?.orderFolded)
    if (order && (!mine || isTaken)) continue
    if (order && mine) await saveOrder(tx, { ...mine, ...order })
    if (one.kept.addedOrder !== undefined)
      await removeOrder(tx, { orderId: one.kept.addedOrder, trackingId: one.row.id })
    done.push(one)
  }
  return done
}

const removeOrder = (tx: ShopTx, { orderId, trackingId }: { orderId: string; trackingId: string }) =>
  deleteOrders(tx, { organizationId: tx.organizationId, trackingIds: [trackingId], orderIds: [orderId] })

/** What makes the parcel what it was; null where today's rules would show it otherwise than it was shown. */
const changeBack = (
  { row, kept }: Pair,
  { now, deps }: Pick<Restoring<'parcels'>, 'now' | 'deps'>,
): ParcelChange | null => {
  const stored = readStoredScans(row.events, row.api)
  const scans = stored.filter(({ source, at }) => !(source === 'staff' && at === kept.statedAt))
  const was = { ...row, ...kept.write } as ParcelRow
  const isShownSame = row.documentVersion === kept.documentVersion
  const rendered = isShownSame ? null : renderAgain(was, { scans, now, deps })
  if (rendered && rendered.version !== kept.documentVersion) return null
  const write = {
    ...kept.write,
    ...(kept.statedAt !== undefined && { events: writeScans(scans) }),
    document: rendered?.document ?? null,
    documentVersion: rendered?.version ?? null,
    changedAt: now,
  }
  const isStatus = was.status !== row.status
  return {
    parcel: { ...row, trackingNumber: was.trackingNumber },
    write,
    entries: [
      isStatus
        ? { kind: 'status_changed', previousStatus: row.status, newStatus: was.status }
        : { kind: 'shop_changed', detail: 'undone' },
      ...attentionEntries(row.attentionReason, was.attentionReason),
    ],
  }
}

const renderAgain = (
  was: ParcelRow,
  { scans, now, deps }: { scans: ReturnType<typeof readStoredScans> } & Pick<Restoring<'parcels'>, 'now' | 'deps'>,
) => {
  const instants = { registeredAt: dateOf(was.registeredAt)!, bookedAt: dateOf(was.bookedAt) }
  const life = { ...instants, countsFrom: was.countsFrom }
  const { events } = readParcel(scans, { life, now, rules: deps.settings })
  const { status, substatus } = was as Pick<Parameters<typeof renderDocument>[0], 'status' | 'substatus'>
  const { isDemo } = deps
  return renderDocument({ ...was, status, substatus, deliveredAt: dateOf(was.deliveredAt), events, isDemo })
}

/** JSON kept it as text. */
const dateOf = (at: Date | string | null): Date | null => (at === null ? null : new Date(at))

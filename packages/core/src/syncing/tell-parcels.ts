import { isTerminal } from '@jejak/contract'
import {
  listUntold,
  lockScheduledParcels,
  type ScheduledParcelRow,
  type ShopTx,
  saveSchedules,
  saveTold,
} from '@jejak/db'
import { syncActor } from '../actor.ts'
import { attentionEntries, recordChanges } from '../changes/index.ts'
import { toScheduleChange, toTrackingState } from '../checking/call/parcel-rows.ts'
import { statusCadence } from '../checking/schedule/cadence.ts'
import { calendarOf } from '../checking/schedule/calendar.ts'
import { jitterOf } from '../checking/schedule/jitter.ts'
import { type CheckPlan, planCheck } from '../checking/schedule/plan-check.ts'
import { priorities } from '../checking/schedule/priority.ts'
import { listedCodeOf, listedStatusOf } from '../parcels/index.ts'
import { bookedAtOf } from './booked-at.ts'
import type { SyncDeps, SyncRun } from './sync-deps.ts'

/** What a booking says to its parcel. */
type Told = {
  trackingId: string
  code: number | null
  text: string | null
  courier?: string | null
  collectionDay?: string | null
}
type Telling = { tx: ShopTx; now: Date; told: readonly Told[]; created: ReadonlySet<string> }
type Planned = { row: ScheduledParcelRow; told: Told; code: number; plan: CheckPlan }

/**
 * Gives parcels EasyParcel's own status of their bookings. What the shop said of them stays; what no one said is filled in. New ones are put on the
 * schedule, spread over the time that their status has between two checks; one that ended is asked about once.
 */
export const tellParcels = async (deps: SyncDeps, { tx, now, told, created }: Telling): Promise<void> => {
  const toldOf = new Map(told.map((one) => [one.trackingId, one]))
  const rows = await lockScheduledParcels(tx, [...toldOf.keys()])
  const planned = rows.map((row) => planOne(deps, { row, told: toldOf.get(row.id)!, now }))
  const changes = planned.map((one) => ({
    parcel: one.row,
    write: toWrite(one, now),
    entries: created.has(one.row.id) ? [] : entriesOf(one),
    isWatched: !created.has(one.row.id),
  }))
  await recordChanges(tx, { actor: syncActor, now, changes })
  const schedules = planned.flatMap((one) => toSchedule(deps, one, { now, isNew: created.has(one.row.id) }))
  await saveSchedules(tx, { callId: null, changes: schedules })
}

const atOnce = 500

/** The same for parcels whose bookings have another status than they know. */
export const tellChanged = async (deps: SyncDeps, { connectionId, organizationId, signal }: SyncRun): Promise<void> => {
  const shop = deps.checks.db.ofShop(organizationId)
  for (let some = atOnce; some === atOnce && !signal.aborted; ) {
    const untold = await listUntold(shop.sql, { connectionId, limit: atOnce })
    if (untold.length > 0)
      await shop.transaction(async (tx) => {
        await tellParcels(deps, { tx, now: await deps.checks.clock(tx), told: untold, created: new Set() })
        await saveTold(tx, untold)
      })
    some = untold.length
  }
}

const isFree = ({ callId, updatePriority }: ScheduledParcelRow): boolean =>
  callId === null && updatePriority !== priorities.manual

const planOne = (
  { checks: { settingsOf, isDemo } }: SyncDeps,
  { row, told, now }: { row: ScheduledParcelRow; told: Told; now: Date },
): Planned => {
  const settings = settingsOf(row.organizationId)
  const calendar = calendarOf(settings)
  const code = listedCodeOf(told)
  const listed = { listedCode: code, listedAt: now }
  const courier = row.courier ?? told.courier ?? null
  const bookedAt = row.bookedAt ?? bookedAtOf(told.collectionDay ?? null, now)
  const state = toTrackingState({ ...row, ...listed, courier, bookedAt })
  const schedule = isFree(row) ? 'ours' : 'not_ours'
  const context = { now, toldAt: now, settings, calendar, isDemo, priority: priorities.scheduled, schedule } as const
  const plan = planCheck(state, { answer: { kind: 'read_again', isArchived: false }, context })
  return { row, told, code, plan }
}

const toWrite = ({ row, told, code, plan }: Planned, now: Date) => ({
  ...{ status: plan.status, substatus: plan.substatus, endedAt: plan.endedAt, attentionReason: plan.attentionReason },
  ...{ document: plan.document?.document ?? null, documentVersion: plan.document?.version ?? null },
  ...{ confirmedAt: row.confirmedAt ?? now, changedAt: plan.isNews || row.confirmedAt === null ? now : null },
  ...{
    courier: row.courier ?? told.courier ?? null,
    bookedAt: row.bookedAt ?? bookedAtOf(told.collectionDay ?? null, now),
  },
  ...{ listedCode: code, listedAt: now },
})

const entriesOf = ({ row, plan }: Planned) => [
  ...(plan.statusChanged
    ? [{ kind: 'status_changed', previousStatus: row.status, newStatus: plan.status } as const]
    : []),
  ...attentionEntries(row.attentionReason, plan.attentionReason),
]

const hourMs = 3_600_000
const endedSpreadMs = 72 * hourMs

/** A new parcel waits as if it had been checked at some time before; one that ended waits behind all that live. */
const firstCheck = ({ row, plan }: Planned, { checks: { settingsOf } }: SyncDeps, now: Date) => {
  const share = jitterOf(row.id, now)
  return plan.endedAt !== null
    ? {
        nextDueAt: new Date(now.getTime() + hourMs + share * endedSpreadMs),
        priority: priorities.confirmation,
        explanation: 'ended when EasyParcel listed it: its scans, once',
      }
    : {
        nextDueAt: new Date(now.getTime() + share * statusCadence(plan.status, settingsOf(row.organizationId))),
        priority: priorities.scheduled,
        explanation: 'listed by EasyParcel: first check',
      }
}

const toSchedule = (deps: SyncDeps, one: Planned, { now, isNew }: { now: Date; isNew: boolean }) => {
  const { row, plan, code } = one
  if (plan.schedule === null) return []
  const checkedBy = row.checkedBy
  if (isNew) return [toScheduleChange(row.id, { ...plan.schedule, ...firstCheck(one, deps, now), checkedBy })]
  // The list tells of an end that the scans do not show yet: asked about now, they will.
  const mayHaveEnded = row.endedAt === null && isTerminal(listedStatusOf(code))
  if (!mayHaveEnded && !plan.statusChanged) return []
  const priority = plan.endedAt === null ? priorities.scheduled : priorities.confirmation
  const soon = { nextDueAt: now, priority, explanation: 'EasyParcel lists another status' }
  return [toScheduleChange(row.id, { ...plan.schedule, ...soon, checkedBy })]
}

import type { ChangeEntry, DueRow, ParcelRow, ParcelWrite, ScheduleChange } from '@jejak/db'
import { toParcelWrite, toScheduleChange, toTrackingState } from '../checking/call/parcel-rows.ts'
import type { Calendar } from '../checking/schedule/calendar.ts'
import { planCheck } from '../checking/schedule/plan-check.ts'
import { priorities } from '../checking/schedule/priority.ts'
import type { CheckingSettings } from '../checking/settings.ts'
import type { StatementKind } from '../easyparcel/reading/statements.ts'
import { lastScanAt, readStoredScans, statement, toDueBefore } from '../parcels/index.ts'
import type { OpenCase } from './locked-cases.ts'

/**
 * What settling does to a parcel: its row, what the log says beside the attention that goes, its schedule; `was` is what the changed columns were,
 * `dueBefore` the schedule, where that is written.
 */
export type Settled = OpenCase & {
  write: Omit<ParcelWrite, 'id'>
  entries: ChangeEntry[]
  was?: Omit<ParcelWrite, 'id' | 'events' | 'document' | 'documentVersion'>
  statedAt?: Date
  schedule?: ScheduleChange
  dueBefore?: ScheduleChange
}

/** The newest scan that a person who looks now knows of; what came before raises nothing any more. */
const seenAtOf = ({ events, api }: ParcelRow, now: Date): Date => {
  const never = new Date(0)
  const lastAt = lastScanAt(readStoredScans(events, api), { since: never, now })
  return lastAt > never ? lastAt : now
}

/** A person has seen to it. */
export const planSeen = (one: OpenCase, now: Date): Settled => {
  const { attentionReason, attentionSeenAt } = one.parcel
  return {
    ...one,
    write: { attentionReason: null, attentionSeenAt: seenAtOf(one.parcel, now), changedAt: now },
    entries: [],
    was: { attentionReason, attentionSeenAt },
  }
}

type Stating = { kind: StatementKind; now: Date; settings: CheckingSettings; calendar: Calendar; isDemo: boolean }
type Stated = OpenCase & { schedule: DueRow | null }

const withoutSchedule = {
  ...{ callId: null, checkedAt: null, checkedBy: null, toldAgainAt: null, updatePriority: priorities.scheduled },
  ...{ consecutiveFailures: 0, lastFailure: null, strikes: 0, struckAt: null },
}

/** The shop states what became of the parcel. A call that asks for it meanwhile plans with the statement by itself. */
export const planStatement = (
  { schedule, ...one }: Stated,
  { kind, now, settings, calendar, isDemo }: Stating,
): Settled => {
  const { parcel } = one
  const seenAt = seenAtOf(parcel, now)
  const before = toTrackingState({ ...withoutSchedule, ...schedule, ...parcel })
  const state = { ...before, attentionSeenAt: seenAt, scans: [statement(kind, now), ...before.scans] }
  const plan = planCheck(state, {
    answer: { kind: 'read_again', isArchived: false },
    context: {
      ...{ now, toldAt: now, settings, calendar, isDemo, priority: priorities.scheduled },
      schedule: schedule && schedule.callId === null ? 'where_it_turns' : 'not_ours',
    },
  })
  const { status, substatus, collectedAt, outForDeliveryAt, deliveredAt, endedAt, attentionReason, attentionSeenAt } =
    parcel
  const planned =
    plan.schedule && schedule
      ? toScheduleChange(parcel.id, { ...plan.schedule, checkedBy: schedule.checkedBy as ScheduleChange['checkedBy'] })
      : null
  return {
    ...one,
    write: {
      ...toParcelWrite({ ...plan, changed: true, isNews: true, attentionReason: null }, now)!,
      attentionSeenAt: seenAt,
    },
    entries: [{ kind: 'status_changed', previousStatus: parcel.status, newStatus: plan.status, eventsAdded: 1 }],
    was: {
      ...{ status, substatus, collectedAt, outForDeliveryAt, deliveredAt, endedAt, attentionReason, attentionSeenAt },
    },
    statedAt: now,
    ...(planned && { schedule: planned, dueBefore: toDueBefore(schedule!) }),
  }
}

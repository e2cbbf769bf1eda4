import type { CasesAnswer, SettleHow, TrackingPatch } from '@jejak/contract'
import {
  type CaseRow,
  type DueRow,
  lockSchedules,
  requestRefreshes,
  type ShopTx,
  saveCases,
  saveSchedules,
} from '@jejak/db'
import { type Actor, actorName } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { attentionEntries, type ParcelChange, recordChanges } from '../changes/index.ts'
import { isSuspect } from '../checking/gate/suspicion.ts'
import { type Calendar, createCalendar } from '../checking/schedule/calendar.ts'
import type { CheckingSettings } from '../checking/settings.ts'
import { mapInTurns } from '../in-turns.ts'
import { wakeForPerson } from '../queue/index.ts'
import { changeTrackingIn } from '../registering/change-tracking.ts'
import type { RegisteringDeps } from '../registering/registering-deps.ts'
import { type KeptParcel, keep, keepUndo } from '../undo/index.ts'
import { objectOf, refuseTime, saveChangedCases } from './change-cases.ts'
import { areMany, atOnce, leftOver, lockCases, type OpenCase, type WhichCases } from './locked-cases.ts'
import { howsOf } from './reasons.ts'
import { planSeen, planStatement, type Settled } from './settled-parcel.ts'

export type SettleDeps = Pick<RegisteringDeps, 'db' | 'boss' | 'clock' | 'contactKeys' | 'isDemo'> & {
  settings: CheckingSettings
}
type Settling = {
  actor: Actor
  organizationId: string
  which: WhichCases
  how: SettleHow
  until?: Date
  fix?: Pick<TrackingPatch, 'trackingNumber' | 'courier'>
}
type Work = Settling & { deps: SettleDeps; tx: ShopTx; now: Date; open: readonly OpenCase[]; calendar: Calendar }

const limitOf = (how: SettleHow): number =>
  how === 'returned' || how === 'lost' || how === 'retry' ? atOnce.read : atOnce.simple

/** Settles cases, or puts them off, in one of the ways that are offered for their reason; the others stay as they are. */
export const settleCases = (deps: SettleDeps, settling: Settling): Promise<CasesAnswer> =>
  deps.db.ofShop(settling.organizationId).transaction(async (tx) => {
    const { how, which, until } = settling
    const now = await deps.clock(tx)
    if (until) refuseTime(until, now)
    const { open, notOpen, isComplete } = await lockCases(tx, { which, now, limit: limitOf(how) })
    const offered = open.filter(({ attentionCase }) => howsOf(attentionCase.reason).includes(how))
    const settled = how === 'retry' && areMany(which) ? await withoutSuspects(tx, offered) : offered
    const work = { ...settling, deps, tx, now, open: settled, calendar: createCalendar(deps.settings) }
    const undo = settled.length > 0 ? await ways[how](work) : null
    const left = leftOver({
      ...{ not_open: notOpen, not_offered: open.length - offered.length },
      needs_own_call: offered.length - settled.length,
    })
    return { done: settled.length, left, isComplete, undo }
  })

/** A suspect is asked about in a call of its own: many of them would use up the day's budget, ahead of all others. */
const withoutSuspects = async (tx: ShopTx, open: readonly OpenCase[]): Promise<OpenCase[]> => {
  const schedules = await lockSchedules(
    tx,
    open.map(({ parcel }) => parcel.id),
  )
  const suspects = new Set(schedules.filter(isSuspect).map(({ id }) => id))
  return open.filter(({ parcel }) => !suspects.has(parcel.id))
}

type Way = (work: Work) => Promise<CasesAnswer['undo']>

const putOff =
  (change: (one: CaseRow, until: Date) => CaseRow): Way =>
  ({ tx, open, actor, now, how, until }) =>
    saveChangedCases(tx, {
      open,
      actor,
      now,
      act: 'attention.snoozed',
      detail: how,
      change: (one) => change(one, until!),
    })

const seen: Way = async (work) => {
  const settled = await mapInTurns(work.open, (one) => planSeen(one, work.now))
  await saveSettled(work, settled)
  return keepSettled(work, settled)
}

const state: Way = async (work) => {
  const schedules = await lockSchedules(
    work.tx,
    work.open.map(({ parcel }) => parcel.id),
  )
  const scheduleOf = new Map(schedules.map((schedule): [string, DueRow] => [schedule.id, schedule]))
  const { settings, isDemo } = work.deps
  const { now, calendar } = work
  const kind = work.how === 'returned' ? 'returned' : 'lost'
  const settled = await mapInTurns(work.open, (one) =>
    planStatement(
      { ...one, schedule: scheduleOf.get(one.parcel.id) ?? null },
      { kind, now, settings, calendar, isDemo },
    ),
  )
  await saveSettled(work, settled)
  await saveSchedules(work.tx, { callId: null, changes: settled.flatMap(({ schedule }) => schedule ?? []) })
  return keepSettled(work, settled)
}

/** Without what a person has seen: what EasyParcel answers is looked at as new. */
const retry: Way = async (work) => {
  const { tx, now, deps, open } = work
  const trackingIds = open.map(({ parcel }) => parcel.id)
  // In the order of their ids, as everyone who waits for them.
  await lockSchedules(tx, trackingIds)
  await saveSettled(
    work,
    open.map((one) => ({
      ...one,
      write: { attentionReason: null, changedAt: now },
      entries: [{ kind: 'check_requested' }],
    })),
  )
  const asked = await requestRefreshes(tx, { trackingIds, now })
  const oneOfEach = new Map(asked.map(({ connectionId, trackingId }) => [connectionId, trackingId]))
  for (const [connectionId, trackingId] of oneOfEach)
    await wakeForPerson(deps.boss, { connectionId, trackingId, sql: tx })
  return null
}

/** Changes the parcel first; a new number is asked for in its place, and may have settled the case. */
const fix: Way = async (work) => {
  const { tx, deps, actor, open, now } = work
  const [one] = open
  const { parcel, attentionCase } = one!
  const changed = await changeTrackingIn(tx, { deps, actor, now, trackingId: parcel.id, patch: work.fix! })
  const again = await lockCases(tx, { which: { ids: [one!.parcel.id] }, now, limit: 1 })
  await saveSettled(
    { ...work, open },
    again.open.map((still) => planSeen(still, now)),
  )
  const { id, documentVersion, attentionReason, attentionSeenAt } = parcel
  const kept = changed?.kept ?? { id, documentVersion, changedAt: now.toISOString(), write: {} }
  const write = { ...kept.write, attentionReason, attentionSeenAt }
  return keepUndoOf(work, [{ ...kept, write, attentionCase: keep(attentionCase) }])
}

const ways: Record<SettleHow, Way> = {
  ...{ seen, retry, fix, returned: state, lost: state },
  tell_later: putOff((one, until) => ({ ...one, snoozedUntil: until, snoozedFor: 'tell_customer' })),
  mute: putOff((one, until) => ({ ...one, mutedReason: one.reason, mutedUntil: until })),
}

/** Takes the parcels off the list; the trigger closes their cases, and what a person did is written over that. */
const saveSettled = async (
  { tx, actor, now, how, open, organizationId }: Work,
  settled: readonly Settled[],
): Promise<void> => {
  const changes = settled.map(
    ({ parcel, write, entries }): ParcelChange => ({
      parcel,
      write,
      entries: [...entries, ...attentionEntries(parcel.attentionReason, null)],
    }),
  )
  await recordChanges(tx, { actor, now, changes })
  const by = { settledAt: now, settledBy: actorName(actor), settledHow: how, snoozedUntil: null, snoozedFor: null }
  await saveCases(
    tx,
    open.map(({ attentionCase }) => ({ ...attentionCase, ...by })),
  )
  await recordAct(tx, { act: 'attention.settled', actor, organizationId, now, ...objectOf(open, how) })
}

const keepUndoOf = ({ tx, actor, now, how, open }: Work, was: KeptParcel[]): Promise<CasesAnswer['undo']> =>
  keepUndo(tx, {
    ...{ actor, now, act: 'attention.settled', permission: 'attention:settle', amount: open.length, detail: how },
    ...{ kind: 'parcels', was },
  })

const keepSettled = (work: Work, settled: readonly Settled[]): Promise<CasesAnswer['undo']> =>
  keepUndoOf(
    work,
    settled.map(({ parcel, attentionCase, was, statedAt, dueBefore }) => ({
      ...{ id: parcel.id, changedAt: work.now.toISOString(), documentVersion: parcel.documentVersion },
      ...{ write: was ?? {}, attentionCase: keep(attentionCase) },
      ...(statedAt && { statedAt: statedAt.toISOString() }),
      ...(dueBefore && { schedule: keep(dueBefore) }),
    })),
  )

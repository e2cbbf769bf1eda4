import type { TrackingStatus } from '@jejak/contract'
import { type Clock, type Db, listToRePlan, type RePlanned, saveRePlanned, type WaitingParcel } from '@jejak/db'
import { mapInTurns } from '../../in-turns.ts'
import { cadence } from '../schedule/cadence.ts'
import { calendarOf } from '../schedule/calendar.ts'
import { jitterOf } from '../schedule/jitter.ts'
import type { CheckingSettings } from '../settings.ts'

type Deps = { db: Pick<Db, 'ofShop'>; clock: Clock }
type Shop = { organizationId: string; settings: CheckingSettings; signal: AbortSignal }

const batch = 500

/**
 * Plans again what a shop's living parcels wait for, as if their last answer had come under the settings of now. What has ended, or failed the last
 * time, follows at its next check. Goes by id, so that no statement is long; repeating it changes nothing. Returns how many due times it moved.
 */
export const rePlan = async ({ db, clock }: Deps, { organizationId, settings, signal }: Shop): Promise<number> => {
  const { sql } = db.ofShop(organizationId)
  let moved = 0
  for (let afterId: string | undefined = '0'; afterId !== undefined; ) {
    signal.throwIfAborted()
    const now = await clock(sql)
    const waiting: WaitingParcel[] = await listToRePlan(sql, { afterId, now, limit: batch })
    const planned = await mapInTurns(waiting, (parcel) => planAgain(parcel, { settings, now }))
    const changes = planned.flatMap((change) => (change ? [change] : []))
    if (changes.length > 0) moved += await saveRePlanned(sql, changes)
    afterId = waiting.length < batch ? undefined : waiting.at(-1)?.id
  }
  return moved
}

/** Null where nothing changes. What should have been asked already is due now, and waits for its turn like the others. */
export const planAgain = (
  parcel: WaitingParcel,
  { settings, now }: { settings: CheckingSettings; now: Date },
): RePlanned | null => {
  const { id, status, checkedAt, nextUpdateDue, updatePriority } = parcel
  const input = { ...parcel, status: status as TrackingStatus, endedAt: null }
  const at = { now: checkedAt, settings, calendar: calendarOf(settings), jitter: jitterOf(id, checkedAt) }
  const { nextDueAt, priority, explanation } = cadence(input, at)
  if (nextDueAt === null) return null
  const due = nextDueAt < now ? now : nextDueAt
  if (due.getTime() === nextUpdateDue.getTime() && priority === updatePriority) return null
  return {
    ...{ id, wasDue: nextUpdateDue, nextUpdateDue: due, updatePriority: priority },
    dueBecause: `${explanation}, by changed settings`,
  }
}

import type { RefreshRunRow, RunParcelEnd, RunParcelFacts } from '@jejak/db'
import { priorities } from '@jejak/db/priorities'
import { suspectPriority } from '../checking/gate/suspicion.ts'

type End = Omit<RunParcelEnd, 'trackingId'>

/**
 * What is to be done about a parcel of a run. `give_back`: it leaves the queue, `ask`: it becomes due now, `leave`: a call has it, or it waits for one,
 * `on_trial`: calls with it failed, and one of its own will show whether its number is to blame.
 */
export type Verdict = { kind: 'leave' | 'on_trial' | 'ask' | 'give_back' } | { kind: 'settle'; end: End }

const leave: Verdict = { kind: 'leave' }
const settle = (outcome: End['outcome'], reason: string | null = null): Verdict => ({
  kind: 'settle',
  end: { outcome, reason },
})

/** A good check since then has done what the run wants, whoever asked for it. */
const checkedSince = (
  { confirmedAt, changedAt }: NonNullable<RunParcelFacts['parcel']>,
  { checkedAt }: NonNullable<RunParcelFacts['schedule']>,
  since: Date,
): Verdict | null => {
  if (checkedAt === null || checkedAt < since) return null
  if (confirmedAt === null) return settle('not_found')
  return settle(changedAt >= since ? 'changed' : 'unchanged')
}

/**
 * Decides about a parcel of a run that is not done. Most are done by the call that was asked for; this sees to those that were removed, archived or
 * ended, that others checked, or that are to leave the queue, since their run is paused or cancelled.
 */
export const judgeRunParcel = (
  { askedAt, parcel, schedule }: RunParcelFacts,
  { state, asOf, withEnded }: Pick<RefreshRunRow, 'state' | 'asOf' | 'withEnded'>,
): Verdict => {
  if (!parcel) return settle('skipped', 'removed')
  if (parcel.archivedAt !== null) return settle('skipped', 'archived')
  if (!schedule || schedule.inFlight) return leave
  const checked = checkedSince(parcel, schedule, askedAt ?? asOf)
  if (checked) return checked
  const isRunning = state === 'running'
  if (askedAt !== null && schedule.updatePriority === priorities.manual)
    return isRunning ? leave : { kind: 'give_back' }
  if (parcel.endedAt !== null && !withEnded) return settle('skipped', 'ended')
  const trial = suspectPriority(schedule)
  if (trial === priorities.culprit || (trial !== null && parcel.endedAt !== null))
    return settle(askedAt === null ? 'skipped' : 'failed', 'fails_upstream')
  if (isRunning) return { kind: trial === null ? 'ask' : 'on_trial' }
  return askedAt === null ? leave : { kind: 'give_back' }
}

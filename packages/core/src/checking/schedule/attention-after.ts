import type { ReadEvent } from '../../parcels/index.ts'
import { type AttentionReason, attentionReason } from './attention.ts'
import type { Calendar } from './calendar.ts'
import { type Check, type CheckAnswer, type Facts, isKnown } from './check.ts'
import { failedAttempts } from './failed-attempts.ts'

const failureReasons: Record<Exclude<CheckAnswer['kind'], 'read_again'>, AttentionReason> = {
  found: 'unreadable',
  unreadable: 'unreadable',
  not_found: 'no_longer_found',
  fails_upstream: 'upstream_fails_on_it',
}
const isFailureReason = (reason: string | null): reason is AttentionReason =>
  Object.values<string | null>(failureReasons).includes(reason)

const failingAfter = (standing: string | null, answer: CheckAnswer, isOverdue: boolean): AttentionReason | null => {
  if (answer.kind === 'read_again') return isFailureReason(standing) ? standing : null
  if (answer.kind === 'fails_upstream') return failureReasons.fails_upstream
  if (!isOverdue) return null
  return answer.kind === 'found' && isFailureReason(standing) ? standing : failureReasons[answer.kind]
}

const neverFound: AttentionReason = 'never_found'

/** What no one knows is overdue once EasyParcel has said so late enough; reading again asks no one, so the last answer counts. */
const isOverdueUnknown = ({ state, facts, answer, context: { now, settings } }: Check): boolean => {
  if (isKnown(facts) || state.attentionSeenAt !== null) return false
  const isReadAgain = answer.kind === 'read_again'
  if (isReadAgain && state.attentionReason === neverFound) return true
  const answeredAt = isReadAgain ? state.checkedAt : now
  return answeredAt !== null && answeredAt.getTime() - state.registeredAt.getTime() >= settings.unknownAttentionMs
}

/** Why a person should look at a tracking after an answer; null: no one need. `failures` are those in a row by now. */
export const attentionAfter = (check: Check, failures: number): string | null => {
  const { state, facts, answer, context } = check
  const raised = attentionReason(
    {
      ...unseen(facts, { seenAt: state.attentionSeenAt, calendar: context.calendar }),
      failing: failingAfter(state.attentionReason, answer, failures >= context.settings.failuresMax),
      isOverdueUnknown: isOverdueUnknown(check),
    },
    state.attentionReason,
  )
  if (answer.kind !== 'read_again' || raised === state.attentionReason) return raised
  // New rules ask no one to look at what is over.
  if (answer.isArchived) return state.attentionReason
  return state.endedAt && facts.endedAt ? null : raised
}

/** What a person looked at raises nothing any more: only scans that came after it do. */
const unseen = (
  { status, substatus, scans, reading }: Facts,
  { seenAt, calendar }: { seenAt: Date | null; calendar: Calendar },
) => {
  const isNew = ({ at }: { at: string }) => seenAt === null || Date.parse(at) > seenAt.getTime()
  const { decidedBy } = reading
  const stated = decidedBy?.source === 'staff' ? decidedBy : null
  const isToldSince = (event: ReadEvent) => event !== stated && !event.gone && event.ms <= stated!.ms && isNew(event)
  const failed = failedAttempts(reading.attempts, calendar.day)
  return {
    status,
    substatus: decidedBy && !stated && isNew(decidedBy) ? substatus : null,
    failedTwice: failed.length > 1 && isNew(failed.at(-1)!),
    statementInDoubt: stated !== null && reading.events.some(isToldSince),
    reading: {
      flags: new Set(reading.flagged.filter(isNew).flatMap(({ flags }) => flags)),
      movedOn: reading.movedOn && reading.events.some((event) => !event.gone && isNew(event)),
      isUsedBefore: reading.isUsedBefore && scans.some(isNew),
    },
  }
}

import { type Substatus, type TrackingStatus, terminalStatuses } from '@jejak/contract'
import type { AnswerFlag } from '../../easyparcel/client/easyparcel-client.ts'
import type { ParcelReading } from '../../parcels/index.ts'

/** Why a person should look at a tracking, as far as checks can tell. */
export type AttentionReason =
  | 'unreadable'
  | 'no_longer_found'
  | 'upstream_fails_on_it'
  | 'lost'
  | 'damaged'
  | 'kept_alive_against_code'
  | 'text_claims_an_end'
  | 'end_in_doubt'
  | 'delivered_then_moved'
  | 'number_used_before'
  | 'never_found'
  | 'failed_twice'
  | 'statement_in_doubt'

const raisedByFlag = ['end_in_doubt', 'kept_alive_against_code', 'text_claims_an_end'] as const satisfies AnswerFlag[]
const ownReasons: ReadonlySet<string> = new Set<AttentionReason>([
  'unreadable',
  'no_longer_found',
  'upstream_fails_on_it',
  'lost',
  'damaged',
  'never_found',
  'delivered_then_moved',
  'number_used_before',
  'failed_twice',
  'statement_in_doubt',
  ...raisedByFlag,
])

/** What attention depends on after a check. */
export type AttentionFacts = {
  status: TrackingStatus
  substatus: Substatus | null
  reading: Pick<ParcelReading, 'movedOn' | 'isUsedBefore'> & { flags: ReadonlySet<AnswerFlag> }
  /** The courier went to the door twice, and in vain the last time too. */
  failedTwice: boolean
  /** The courier told later of something that happened before the shop stated what had become of the parcel. */
  statementInDoubt: boolean
  failing: AttentionReason | null
  isOverdueUnknown: boolean
}

const reasonByReading = ({ flags, movedOn, isUsedBefore }: AttentionFacts['reading']): AttentionReason | null => {
  if (isUsedBefore) return 'number_used_before'
  if (movedOn) return 'delivered_then_moved'
  return raisedByFlag.find((flag) => flags.has(flag)) ?? null
}

/** Where these have come, no one need see to another attempt. */
const pastTheDoor: ReadonlySet<TrackingStatus> = new Set([
  ...terminalStatuses,
  ...(['ready_for_pickup', 'returning'] as const),
])

const reasonByAttempts = ({ failedTwice, status }: AttentionFacts): AttentionReason | null =>
  failedTwice && !pastTheDoor.has(status) ? 'failed_twice' : null

const reasonByStatus = ({ status, substatus }: AttentionFacts): AttentionReason | null =>
  status === 'exception' && (substatus === 'lost' || substatus === 'damaged') ? substatus : null

/** The reason that holds now. A `standing` reason that checks do not raise, such as a customer's report, stands until a person lifts it. */
export const attentionReason = (facts: AttentionFacts, standing: string | null): string | null => {
  if (standing !== null && !ownReasons.has(standing)) return standing
  if (facts.failing !== null) return facts.failing
  const inDoubt = facts.statementInDoubt ? 'statement_in_doubt' : null
  const raised = inDoubt ?? reasonByStatus(facts) ?? reasonByReading(facts.reading) ?? reasonByAttempts(facts)
  return raised ?? (facts.isOverdueUnknown ? 'never_found' : null)
}

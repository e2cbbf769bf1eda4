import type { Substatus, TrackingStatus } from '@jejak/contract'
import type { AnswerFlag } from '../easyparcel/courier-source.ts'

/** Why a person should look at a tracking, as far as checks can tell. */
export type AttentionReason =
  | 'unreadable'
  | 'no_longer_found'
  | 'upstream_fails_on_it'
  | 'lost'
  | 'damaged'
  | 'kept_alive_against_code'
  | 'text_claims_an_end'
  | 'never_found'

const raisedByFlag = ['kept_alive_against_code', 'text_claims_an_end'] as const satisfies AnswerFlag[]
const ownReasons: ReadonlySet<string> = new Set<AttentionReason>([
  'unreadable',
  'no_longer_found',
  'upstream_fails_on_it',
  'lost',
  'damaged',
  'never_found',
  ...raisedByFlag,
])

/** What attention depends on after a check. `flags` are null when the answer said nothing about them: then the last ones stand. */
export type AttentionFacts = {
  status: TrackingStatus
  substatus: Substatus | null
  flags: readonly AnswerFlag[] | null
  failing: AttentionReason | null
  isOverdueUnknown: boolean
}

const reasonByFlag = (flags: readonly AnswerFlag[] | null, standing: string | null): AttentionReason | null =>
  raisedByFlag.find((flag) => (flags === null ? standing === flag : flags.includes(flag))) ?? null

const reasonByStatus = ({ status, substatus }: AttentionFacts): AttentionReason | null =>
  status === 'exception' && (substatus === 'lost' || substatus === 'damaged') ? substatus : null

/** The reason that holds now. A `standing` reason that checks do not raise, such as a customer's report, stands until a person lifts it. */
export const attentionReason = (facts: AttentionFacts, standing: string | null): string | null => {
  if (standing !== null && !ownReasons.has(standing)) return standing
  if (facts.failing !== null) return facts.failing
  const raised = reasonByStatus(facts) ?? reasonByFlag(facts.flags, standing)
  return raised ?? (facts.isOverdueUnknown ? 'never_found' : null)
}

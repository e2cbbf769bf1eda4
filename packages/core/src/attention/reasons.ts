import type { SettleChoice, SettleHow } from '@jejak/contract'
import type { reportReasons } from '../buyers/report-parcel.ts'
import type { AttentionReason } from '../checking/schedule/attention.ts'
import { Refusal } from '../errors.ts'

type Reason = AttentionReason | (typeof reportReasons)[keyof typeof reportReasons]

const choices: Record<SettleHow, Omit<SettleChoice, 'how'>> = {
  seen: { consequence: 'The case is closed. New facts open it again.', needs: null, canUndo: true },
  retry: {
    consequence:
      'EasyParcel is asked now, from the calls that are kept for people. If its answer gives the same reason, the case comes back. Of several parcels, those that EasyParcel may fail on are left out: try these one at a time. This cannot be undone.',
    needs: null,
    canUndo: false,
  },
  fix: {
    consequence:
      'The parcel gets the right number or courier and keeps its order and history. A new number is asked about soon; the old one finds nothing, and links that were made before end.',
    needs: 'fix',
    canUndo: true,
  },
  returned: {
    consequence: 'Customers see that the parcel has come back to the shop, and that the shop says so.',
    needs: null,
    canUndo: true,
  },
  lost: {
    consequence:
      'Customers see that the parcel is lost, and that the shop says so. It is checked no more; you can still ask about it.',
    needs: null,
    canUndo: true,
  },
  tell_later: {
    consequence:
      'The case is silent until then, and comes back to remind you to tell the customer. News brings it back sooner.',
    needs: 'until',
    canUndo: true,
  },
  mute: {
    consequence: 'This reason is silent for these parcels until then, whatever comes. Any other reason still asks.',
    needs: 'until',
    canUndo: true,
  },
}

type Told = { meaning: string; hows: readonly SettleHow[] }

/** What each reason means, and what is offered for it before `seen` and `mute`, the likeliest first. */
const reasons: Record<Reason, Told> = {
  never_found: { meaning: 'EasyParcel has never known this number.', hows: ['fix', 'retry'] },
  no_longer_found: {
    meaning: 'EasyParcel knew this number once, and no longer does.',
    hows: ['retry', 'returned', 'lost'],
  },
  unreadable: { meaning: 'EasyParcel’s answers about this parcel cannot be read.', hows: ['retry'] },
  upstream_fails_on_it: { meaning: 'EasyParcel fails whenever it is asked about this number.', hows: ['fix', 'retry'] },
  failed_twice: { meaning: 'The courier failed to deliver twice.', hows: ['tell_later', 'returned'] },
  lost: { meaning: 'The courier says that the parcel is lost.', hows: ['tell_later', 'lost', 'retry'] },
  damaged: { meaning: 'The courier says that the parcel is damaged.', hows: ['tell_later', 'returned'] },
  end_in_doubt: { meaning: 'Code and words of the courier name different ends.', hows: ['retry', 'returned', 'lost'] },
  kept_alive_against_code: {
    meaning: 'The courier’s code says that the parcel has ended, its words that it has not.',
    hows: ['retry', 'returned', 'lost'],
  },
  text_claims_an_end: {
    meaning: 'The courier’s words say that the parcel has ended, its code that it has not.',
    hows: ['retry', 'returned', 'lost'],
  },
  delivered_then_moved: {
    meaning: 'The parcel was delivered, and then on its way again.',
    hows: ['retry', 'returned', 'lost', 'tell_later'],
  },
  number_used_before: {
    meaning: 'All that is known is of an earlier parcel with this number.',
    hows: ['fix', 'retry'],
  },
  statement_in_doubt: {
    meaning: 'The courier tells of something that the shop did not know when it stated what became of the parcel.',
    hows: ['retry', 'returned', 'lost'],
  },
  customer_not_received: {
    meaning: 'The customer says that the parcel has not come.',
    hows: ['tell_later', 'lost', 'returned'],
  },
  customer_something_wrong: {
    meaning: 'The customer says that something is wrong with the parcel.',
    hows: ['tell_later', 'lost', 'returned'],
  },
}

const told = (reason: string): Told =>
  (reasons as Record<string, Told>)[reason] ?? { meaning: 'This parcel needs a person.', hows: ['retry'] }

/** All reasons for which parcels can need a person. */
export const attentionReasons: readonly string[] = Object.keys(reasons)

/** Refuses what is no reason: an empty list of cases would say that nothing needs anyone. */
export const requireAttentionReason = (name: string, field = 'reason'): void => {
  if (!attentionReasons.includes(name))
    throw new Refusal('validation', `${field}: Nothing needs a person for the reason “${name}”.`)
}

/** What is offered for a case of this reason. */
export const howsOf = (reason: string): readonly SettleHow[] => [...told(reason).hows, 'seen', 'mute']

export const meaningOfReason = (reason: string): string => told(reason).meaning

/** The choices of a reason, each with what it does. */
export const choicesOf = (reason: string): SettleChoice[] => howsOf(reason).map((how) => ({ how, ...choices[how] }))

import type { Substatus, TrackingStatus } from '@jejak/contract'
import { foldText } from './fold-text.ts'

/** `pattern` (and the guard `unless`) see the folded text. Status `unknown` means: read, and it says nothing about where the parcel is. */
export type TextRule = {
  id: string
  language: 'en' | 'ms' | 'zh'
  pattern: RegExp
  unless?: RegExp
  status: TrackingStatus
  substatus?: Substatus
  proof: string
}

export const textRules: readonly TextRule[] = [
  {
    id: 'cancelled',
    language: 'en',
    pattern: /\bcancell?ed\b/,
    unless: /\breturn/,
    status: 'cancelled',
    proof: 'Cancelled',
  },
  {
    id: 'schedule-in-arrangement',
    language: 'en',
    pattern: /schedule in arrangement/,
    status: 'pending',
    substatus: 'booked',
    proof: 'Schedule In Arrangement',
  },
  {
    id: 'out-for-delivery',
    language: 'en',
    pattern: /\bout for delivery\b/,
    unless: /\breturn/,
    status: 'out_for_delivery',
    proof: 'The package is out for delivery.',
  },
]

/** The first rule that reads the text, or null. */
export const findTextRule = (text: string): TextRule | null => {
  const folded = foldText(text)
  return textRules.find((rule) => rule.pattern.test(folded) && !rule.unless?.test(folded)) ?? null
}

import type { Substatus, TrackingStatus } from '@jejak/contract'

/**
 * One reading of courier texts: any of `says`, and none of `unless`, found in the text as toRuleText gives it. Status `unknown` means: read, and it
 * says nothing about where the parcel is. `proof` is a published text that this rule, and no earlier one, reads; a rule that only has an `example`
 * of our own never ends a parcel's life.
 */
export type TextRule = {
  id: string
  says: readonly RegExp[]
  unless?: readonly RegExp[]
  status: TrackingStatus
  substatus?: Substatus
} & ({ proof: string } | { example: string })

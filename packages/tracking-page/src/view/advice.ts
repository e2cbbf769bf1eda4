import type { Substatus, TrackingStatus } from '@jejak/contract'
import { isWord, type Word } from '../words/words.ts'

/** What the customer should do now, if the table has advice for this. */
export const adviceFor = (status: TrackingStatus, substatus: Substatus | null): Word | null =>
  [`advice_${substatus}`, `advice_${status}`].find(isWord) ?? null

import type { Substatus, TrackingStatus } from '@jejak/contract'
import type { Word } from '../words/words.ts'

const bySubstatus: Partial<Record<Substatus, Word>> = {
  refused: 'advice_refused',
  bad_address: 'advice_bad_address',
  in_locker: 'advice_in_locker',
  customs_hold: 'advice_customs_hold',
  payment_due: 'advice_payment_due',
  documents_missing: 'advice_documents_missing',
  rescheduled: 'advice_rescheduled',
  delayed: 'advice_delayed',
}
const byStatus: Partial<Record<TrackingStatus, Word>> = {
  attempt_failed: 'advice_attempt_failed',
  ready_for_pickup: 'advice_ready_for_pickup',
  on_hold: 'advice_on_hold',
  exception: 'advice_exception',
  returning: 'advice_returning',
  lapsed: 'advice_lapsed',
}

/** What the customer should do now, if anything is needed. */
export const adviceFor = (status: TrackingStatus, substatus: Substatus | null): Word | null =>
  (substatus && bySubstatus[substatus]) ?? byStatus[status] ?? null

import { priorities } from '../../priorities.ts'

/**
 * What a tracking's schedule says about its freshness; `isBeingAsked` means that a call has it or that a person waits for one,
 * `ownReason` that EasyParcel knows the number no longer, or fails whenever it is asked about it.
 */
export type FreshnessOfSchedule = {
  checkedAt: Date | null
  checkedBy: 'scheduled' | 'manual' | 'retry' | 'webhook' | null
  nextCheckAt: Date | null
  lastCheckFailed: boolean
  isBeingAsked: boolean
  wokenAt: Date | null
  ownReason: 'number_unknown' | 'upstream_down' | null
}

// `last_failure` stays from a failed check, whatever failed, to the next good one.
export const freshnessColumns = `
  s.checked_at as "checkedAt", s.checked_by as "checkedBy", s.next_update_due as "nextCheckAt", s.woken_at as "wokenAt",
  s.last_failure is not null as "lastCheckFailed", coalesce(s.call_id is not null or s.update_priority = ${priorities.manual}, false) as "isBeingAsked",
  case when s.last_failure = 'not_found' then 'number_unknown' when s.strikes >= 4 then 'upstream_down' end as "ownReason"`

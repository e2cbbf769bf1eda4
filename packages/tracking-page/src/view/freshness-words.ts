import { type Freshness, isOverdue } from '@jejak/contract'
import type { Given } from './given.ts'
import type { ShownDocument } from './shown-document.ts'

export type FreshnessWords = { tone: 'good' | 'late' | 'calm' | 'ended'; text: string }
type Checked = Pick<ShownDocument, 'status' | 'freshness'>
type Spoken = Pick<Given, 'say' | 'times' | 'now'>

const soonMs = 60_000

/** While one of these stands, a check that is due does not come. */
const holding: readonly Freshness['reason'][] = ['budget_spent', 'paced', 'not_authorised', 'paused', 'jobs_failing']

/** Only what was fresh is still within its interval; what was not has been late before. */
const isLate = ({ state, checkedAt, nextCheckAt }: Freshness, now: Date): boolean => {
  const plannedAt = state === 'fresh' && checkedAt ? Date.parse(checkedAt) : null
  return (
    nextCheckAt !== null && isOverdue({ checkedAt: plannedAt, nextCheckAt: Date.parse(nextCheckAt) }, now.getTime())
  )
}

const isAhead = (at: string | null, now: Date): at is string => at !== null && Date.parse(at) > now.getTime() + soonMs

const lastCheck = ({ checkedAt }: Freshness, { say, times }: Spoken): string =>
  checkedAt
    ? say('last_good_check', { when: times.moment(checkedAt), ago: times.ago(checkedAt) })
    : say('never_checked')

/** Nothing where the next check cannot be promised. */
const nextCheck = (freshness: Freshness, { say, times, now }: Spoken): string => {
  const { nextCheckAt, reason } = freshness
  if (nextCheckAt === null || holding.includes(reason) || isLate(freshness, now)) return ''
  return isAhead(nextCheckAt, now) ? say('next_about', { next: times.moment(nextCheckAt) }) : say('next_soon')
}

const whyLate = (freshness: Freshness, { say, now }: Spoken): string => {
  const { reason } = freshness
  if (reason !== null && reason !== 'number_unknown') return say(`late_${reason}`)
  return isLate(freshness, now) ? say('late') : ''
}

/** Past its time, not merely late: what is shown may no longer be so. */
export const isOutOfDate = ({ state, checkedAt }: Freshness): boolean => state === 'expired' && checkedAt !== null

const toneOf = ({ state, checkedAt, nextCheckAt, reason }: Freshness, isLateNow: boolean): FreshnessWords['tone'] => {
  if (state === 'final') return 'ended'
  // What is new waits for its first check, and nothing is wrong with that.
  if (!checkedAt && !reason && !isLateNow) return 'calm'
  // An open page whose next check went by must not call itself fresh any longer.
  return state === 'fresh' && nextCheckAt && !isLateNow ? 'good' : 'late'
}

const sentences = ({ status, freshness }: Checked, tone: FreshnessWords['tone'], given: Spoken): string[] => {
  const { checkedAt, nextCheckAt } = freshness
  const { say, times, now } = given
  const last = lastCheck(freshness, given)
  const known = [last, nextCheck(freshness, given)]
  if (tone === 'late') return [isOutOfDate(freshness) ? say('out_of_date') : '', whyLate(freshness, given), ...known]
  if (tone === 'good' && checkedAt && isAhead(nextCheckAt, now))
    return [say('fresh', { ago: times.ago(checkedAt), next: times.moment(nextCheckAt) })]
  // What ended in delivery or return is checked once more.
  if (tone === 'good' || nextCheckAt) return known
  return [last, say(status === 'lapsed' ? 'ended_lapsed' : 'ended')]
}

/** When the courier was last asked, when it is asked next, and why it is late if it is; never more than the freshness says. */
export const freshnessWords = (document: Checked, given: Spoken): FreshnessWords => {
  const tone = toneOf(document.freshness, isLate(document.freshness, given.now))
  return { tone, text: sentences(document, tone, given).filter(Boolean).join(' ') }
}

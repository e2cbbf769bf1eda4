import type { Freshness } from '@jejak/contract'
import type { Times } from '../words/times.ts'
import type { Say, Word } from '../words/words.ts'

type Given = { say: Say; times: Times; now: Date }
export type FreshnessWords = { tone: 'good' | 'late' | 'ended'; text: string }

const graceShare = 0.1
const graceMinMs = 60_000
const soonMs = 60_000

/** The same grace as the server's: an open page whose next check went by must not call itself fresh any longer. */
const isStillFresh = ({ state, checkedAt, nextCheckAt }: Freshness, now: Date): boolean => {
  if (state !== 'fresh' || !checkedAt || !nextCheckAt) return false
  const next = Date.parse(nextCheckAt)
  return now.getTime() <= next + Math.max(graceMinMs, (next - Date.parse(checkedAt)) * graceShare)
}

const isAhead = (at: string | null, now: Date): at is string => at !== null && Date.parse(at) > now.getTime() + soonMs

const lastCheck = ({ checkedAt }: Freshness, { say, times }: Given): string =>
  checkedAt
    ? say('last_good_check', { when: times.moment(checkedAt), ago: times.ago(checkedAt) })
    : say('never_checked')

const nextCheck = ({ nextCheckAt }: Freshness, { say, times, now }: Given): string =>
  isAhead(nextCheckAt, now) ? say('next_about', { next: times.moment(nextCheckAt) }) : say('next_soon')

const freshText = (freshness: Freshness, given: Given): string => {
  const { checkedAt, nextCheckAt } = freshness
  const { say, times, now } = given
  return checkedAt && isAhead(nextCheckAt, now)
    ? say('fresh', { ago: times.ago(checkedAt), next: times.moment(nextCheckAt) })
    : `${lastCheck(freshness, given)} ${nextCheck(freshness, given)}`
}

const whyLate = ({ reason }: Freshness): Word =>
  reason === null || reason === 'number_unknown' ? 'late' : `late_${reason}`

const lateText = (freshness: Freshness, given: Given): string => {
  const { state, checkedAt, reason } = freshness
  const waitsForFirst = !checkedAt && state === 'stale' && !reason
  return [
    state === 'expired' && checkedAt ? given.say('out_of_date') : '',
    waitsForFirst ? '' : given.say(whyLate(freshness)),
    lastCheck(freshness, given),
    nextCheck(freshness, given),
  ]
    .filter(Boolean)
    .join(' ')
}

/** When the courier was last asked, when it is asked next, and why it is late if it is; never more than the freshness says. */
export const freshnessWords = (freshness: Freshness, given: Given): FreshnessWords => {
  if (freshness.state === 'final')
    return { tone: 'ended', text: `${lastCheck(freshness, given)} ${given.say('ended')}` }
  return isStillFresh(freshness, given.now)
    ? { tone: 'good', text: freshText(freshness, given) }
    : { tone: 'late', text: lateText(freshness, given) }
}

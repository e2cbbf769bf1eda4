import {
  type Freshness,
  freshnessReasons,
  freshnessStates,
  type Language,
  languages,
  type TrackingStatus,
} from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTimes } from '../words/times.ts'
import { createSay } from '../words/words.ts'
import { freshnessWords, isOutOfDate } from './freshness-words.ts'

const now = new Date('2026-03-02T02:40:00Z')
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString()
const givenIn = (language: Language, moment = now) => ({
  say: createSay(language),
  times: createTimes({ language, timeZone: 'Asia/Kuala_Lumpur', now: moment }),
  now: moment,
})
const whole = (freshness: Partial<Freshness>): Freshness => ({
  ...{ state: 'fresh', checkedAt: at(-12), changedAt: at(-90), nextCheckAt: at(60), source: 'scheduled', reason: null },
  ...freshness,
})
const read = (
  freshness: Partial<Freshness>,
  { moment = now, status = 'in_transit' }: { moment?: Date; status?: TrackingStatus } = {},
) => freshnessWords({ status, freshness: whole(freshness) }, givenIn('en', moment))

describe('what a customer is told about freshness', () => {
  test.each<[Partial<Freshness>, string]>([
    [{}, 'Checked 12 minutes ago, next check about 11:40.'],
    [{ nextCheckAt: at(0) }, 'Last successful check 10:28 (12 minutes ago). Next check any moment.'],
    [
      { state: 'stale', reason: 'upstream_down', checkedAt: at(-85), nextCheckAt: at(5) },
      'The courier is not answering. Last successful check 09:15 (85 minutes ago). Next check about 10:45.',
    ],
    [
      { state: 'expired', reason: 'budget_spent', checkedAt: at(-26 * 60), nextCheckAt: at(-60) },
      'This may be out of date. All of today’s checks are used up. Last successful check Sun 1 Mar, 08:40 (26 hours ago).',
    ],
    [{ state: 'stale', checkedAt: null, nextCheckAt: at(0) }, 'Not checked yet. Next check any moment.'],
    [
      { state: 'expired', checkedAt: null, reason: 'not_authorised', nextCheckAt: at(-9) },
      'The shop must renew its access to the courier. Not checked yet.',
    ],
    [
      { state: 'stale', reason: 'paced', checkedAt: at(-85), nextCheckAt: at(-20) },
      'Many parcels are waiting, so this check is late. Last successful check 09:15 (85 minutes ago).',
    ],
    [
      { state: 'stale', checkedAt: at(-330), nextCheckAt: at(-210) },
      'The next check is late. Last successful check 05:10 (5 hours ago).',
    ],
    [
      { state: 'stale', checkedAt: at(-85), nextCheckAt: at(5) },
      'Last successful check 09:15 (85 minutes ago). Next check about 10:45.',
    ],
    [{ checkedAt: at(0) }, 'Checked just now, next check about 11:40.'],
  ])('%j', (freshness, text) => {
    expect(read(freshness).text).toBe(text)
  })

  test.each<[TrackingStatus, Partial<Freshness>, string]>([
    ['cancelled', { nextCheckAt: null }, 'The journey has ended, so we no longer check.'],
    ['delivered', { nextCheckAt: null }, 'The journey has ended, so we no longer check.'],
    ['delivered', { nextCheckAt: at(24 * 60) }, 'Next check about Tue 3 Mar, 10:40.'],
    ['returned', { nextCheckAt: at(0) }, 'Next check any moment.'],
    ['lapsed', { nextCheckAt: null }, 'No news for a long time, so we no longer check.'],
  ])('what has ended says whether it is checked once more: %s, %j', (status, freshness, text) => {
    const last = 'Last successful check 10:28 (12 minutes ago).'
    expect(read({ state: 'final', ...freshness }, { status })).toEqual({ tone: 'ended', text: `${last} ${text}` })
  })

  test('a last confirmation that never came is not promised for ever', () => {
    const { text } = read({ state: 'final', nextCheckAt: at(-60) }, { status: 'delivered' })
    expect(text).toBe('Last successful check 10:28 (12 minutes ago).')
  })

  test('a list marks what is past its time, not what is new or a few minutes late', () => {
    const marked = (freshness: Partial<Freshness>) => isOutOfDate(whole(freshness))
    expect(marked({ state: 'expired' })).toBe(true)
    expect([marked({ state: 'stale' }), marked({ state: 'expired', checkedAt: null })]).toEqual([false, false])
  })

  test('a page left open stops calling itself fresh when its next check is late', () => {
    expect(read({}, { moment: new Date(at(60 + 7)) }).tone).toBe('good')
    const { tone, text } = read({}, { moment: new Date(at(60 + 8)) })
    expect(tone).toBe('late')
    expect(text).toBe('The next check is late. Last successful check 10:28 (80 minutes ago).')
  })

  test('it is never more than the freshness says, whatever that is, in any language', () => {
    const minutes = fc.integer({ min: -5000, max: 5000 })
    const anyFreshness = fc.record({
      state: fc.constantFrom(...freshnessStates),
      checkedAt: fc.option(minutes.map((value) => at(-Math.abs(value)))),
      changedAt: fc.constant(at(-90)),
      nextCheckAt: fc.option(minutes.map(at)),
      source: fc.constant('scheduled' as const),
      reason: fc.option(fc.constantFrom(...freshnessReasons)),
    })
    fc.assert(
      fc.property(anyFreshness, fc.constantFrom(...languages), (freshness, language) => {
        const { tone, text } = freshnessWords({ status: 'in_transit', freshness }, givenIn(language))
        expect(text).not.toMatch(/[{}]|undefined|null|NaN|Invalid/)
        if (tone === 'good') expect(freshness.state).toBe('fresh')
        if (tone === 'ended') expect(freshness.state).toBe('final')
        const { reason } = freshness
        if (tone === 'late' && reason && reason !== 'number_unknown')
          expect(text).toContain(createSay(language)(`late_${reason}`))
        const isHeld = reason === 'budget_spent' || reason === 'paced' || reason === 'not_authorised'
        if (tone === 'late' && isHeld) expect(text).not.toContain(createSay(language)('next_soon'))
        if (!freshness.checkedAt) expect(text).toContain(createSay(language)('never_checked'))
      }),
    )
  })
})

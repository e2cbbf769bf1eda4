import { type Freshness, freshnessReasons, freshnessStates } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTimes } from '../words/times.ts'
import { createSay, type Language } from '../words/words.ts'
import { freshnessWords } from './freshness-words.ts'

const now = new Date('2026-03-02T02:40:00Z')
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString()
const givenIn = (language: Language, moment = now) => ({
  say: createSay(language),
  times: createTimes({ language, timeZone: 'Asia/Kuala_Lumpur', now: moment }),
  now: moment,
})
const read = (freshness: Partial<Freshness>, moment = now) =>
  freshnessWords(
    {
      state: 'fresh',
      checkedAt: at(-12),
      changedAt: at(-90),
      nextCheckAt: at(60),
      source: 'scheduled',
      reason: null,
      ...freshness,
    },
    givenIn('en', moment),
  )

describe('what a customer is told about freshness', () => {
  test.each<[Partial<Freshness>, string]>([
    [{}, 'Checked 12 minutes ago, next check about 11:40.'],
    [{ nextCheckAt: at(0) }, 'Last good check 10:28 (12 minutes ago). Next check any moment.'],
    [
      { state: 'stale', reason: 'upstream_down', checkedAt: at(-85), nextCheckAt: at(5) },
      'The courier is not answering. Last good check 09:15 (85 minutes ago). Next check about 10:45.',
    ],
    [
      { state: 'expired', reason: 'budget_spent', checkedAt: at(-26 * 60), nextCheckAt: at(-60) },
      'What you see may be out of date. All of today’s checks are used up. Last good check Sun 1 Mar, 08:40 (26 hours ago). Next check any moment.',
    ],
    [{ state: 'stale', checkedAt: null, nextCheckAt: at(0) }, 'Not checked yet. Next check any moment.'],
    [
      { state: 'expired', checkedAt: null, reason: 'not_authorised', nextCheckAt: at(-9) },
      'The shop has to renew its access to the courier. Not checked yet. Next check any moment.',
    ],
    [
      { state: 'final', nextCheckAt: null },
      'Last good check 10:28 (12 minutes ago). The journey has ended, so we check no more.',
    ],
  ])('%j', (freshness, text) => {
    expect(read(freshness).text).toBe(text)
  })

  test('a page left open stops calling itself fresh when its next check is late', () => {
    expect(read({}, new Date(at(60 + 7))).tone).toBe('good')
    expect(read({}, new Date(at(60 + 8))).tone).toBe('late')
    expect(read({}, new Date(at(60 + 8))).text).toContain('The next check is late. Last good check 10:28')
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
      fc.property(anyFreshness, fc.constantFrom<Language>('en', 'ms', 'zh'), (freshness, language) => {
        const { tone, text } = freshnessWords(freshness, givenIn(language))
        expect(text).not.toMatch(/[{}]|undefined|null|NaN|Invalid/)
        if (tone === 'good') expect(freshness.state).toBe('fresh')
        if (tone === 'ended') expect(freshness.state).toBe('final')
        const { reason } = freshness
        if (tone === 'late' && reason && reason !== 'number_unknown')
          expect(text).toContain(createSay(language)(`late_${reason}`))
        if (!freshness.checkedAt) expect(text).toContain(createSay(language)('never_checked'))
      }),
    )
  })
})

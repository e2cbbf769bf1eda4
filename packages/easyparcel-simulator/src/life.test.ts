import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startClock } from './clock.ts'
import { type Scenario, scenarioNames, scenarios, testNumbers } from './data/scenarios.ts'
import { eventsSoFar, writeLife } from './life.ts'

const start = Date.parse('2026-03-02T02:00:00.000Z')
const hourMs = 3_600_000
const clockAt = (instant: number, speed = 1) => startClock(() => new Date(instant), speed, new Date(start))
const aScenario = fc.constantFrom(...scenarioNames)
const aNumber = fc.stringMatching(/^[A-Z0-9]{8,16}$/)
const aSeed = fc.string({ minLength: 1, maxLength: 8 })
const aSpeed = fc.constantFrom(1, 60, 864, 86_400, 1_000_000)

const ends: Record<Scenario, string> = {
  normal: 'delivered',
  short: 'delivered',
  drop_off: 'delivered',
  failed_attempt: 'delivered',
  two_attempts: 'delivered',
  hold: 'delivered',
  customs_hold: 'delivered',
  held: 'on_hold',
  ready_for_pickup: 'delivered',
  unclaimed: 'returned',
  returned: 'returned',
  refused: 'returned',
  cancelled: 'cancelled',
  cancelled_on_hold: 'cancelled',
  lost: 'exception',
  damaged: 'exception',
  misspelt: 'delivered',
  unknown_codes: 'delivered',
  superseded_code: 'delivered',
  late_collected_text: 'delivered',
  late_known: 'delivered',
  sandbox: 'pending',
  never_known: 'pending',
}

describe('parcel lives', () => {
  test('every scenario ends in its scripted status, within 270 seconds at the speed of the demo', () => {
    fc.assert(
      fc.property(aSeed, aNumber, aScenario, (seed, awb, scenario) => {
        const steps = writeLife(seed, { awb, scenario })
        const over = eventsSoFar(clockAt(start + 270_000, 864), steps, start)
        expect(over).toHaveLength(scenarios[scenario].length)
        expect(over.at(-1)?.status ?? 'pending').toBe(ends[scenario])
      }),
    )
  })

  test('what a parcel has lived through never changes: later answers only add events at the end', () => {
    fc.assert(
      fc.property(
        aSeed,
        aNumber,
        aScenario,
        aSpeed,
        fc.array(fc.nat(72 * hourMs), { minLength: 2 }),
        (seed, awb, scenario, speed, moments) => {
          const steps = writeLife(seed, { awb, scenario })
          let known = 0
          let before: unknown[] = []
          for (const moment of moments.toSorted((a, b) => a - b)) {
            const events = eventsSoFar(clockAt(start + moment / speed, speed), steps, start)
            expect(events.length).toBeGreaterThanOrEqual(known)
            expect(events.slice(0, known)).toEqual(before)
            known = events.length
            before = events
          }
        },
      ),
    )
  })

  test('no event is in the future, and no two fall into the same second', () => {
    fc.assert(
      fc.property(aNumber, aScenario, aSpeed, fc.nat(72 * hourMs), (awb, scenario, speed, moment) => {
        const now = start + moment / speed
        const stamps = eventsSoFar(clockAt(now, speed), writeLife('s', { awb, scenario }), start).map(({ at }) =>
          at.getTime(),
        )
        expect(stamps.every((stamp) => stamp <= now)).toBe(true)
        expect(new Set(stamps.map((stamp) => Math.floor(stamp / 1000))).size).toBe(stamps.length)
        expect(stamps).toEqual(stamps.toSorted((a, b) => a - b))
      }),
    )
  })

  test('the same seed, number and scenario give the same life; another seed gives another', () => {
    const life = (seed: string) => writeLife(seed, { awb: '632143239945', scenario: 'two_attempts' })
    expect(life('a')).toEqual(life('a'))
    expect(life('a')).not.toEqual(life('b'))
  })

  test('a parcel in City-Link’s hands speaks in City-Link’s words', () => {
    const texts = Array.from({ length: 20 }, (_, index) =>
      writeLife('s', { awb: `9603010218389${10 + index}`, scenario: 'normal' }),
    ).flat()
    expect(texts.map((step) => step.text)).toContain('Shipment information sent to City-Link')
    expect(texts.some((step) => /^With City-Link Delivery Courier: [A-Z ]+$/.test(step.text))).toBe(true)
  })

  test('each fixed test number forces the status in its name', () => {
    for (const [awb, lines] of Object.entries(testNumbers)) {
      const forced = awb.replace('EPTEST-', '').replace(/\d$/, '').replaceAll('-', '_').toLowerCase()
      expect(lines.at(-1)?.status ?? 'not_found', awb).toBe(forced)
      expect(awb).toMatch(/^[A-Z0-9][A-Z0-9-]{5,34}$/)
    }
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, testSettings } from '../testing/settings.ts'
import {
  type BreakerState,
  breakerPhase,
  closedBreaker,
  onFailure,
  onGrant,
  onNoVerdict,
  onSuccess,
} from './breaker.ts'

const start = at('2026-03-02 09:00')
const after = (ms: number) => new Date(start.getTime() + ms)
const lease = (now: Date) => new Date(now.getTime() + 50_000)
const fail = (state: BreakerState, now: Date, leaseUntil = lease(now)) =>
  onFailure(state, { now, leaseUntil, ...testSettings })

/** Grants a probe at `now` and lets it fail there and then. */
const failProbe = (state: BreakerState, now: Date) => {
  const leaseUntil = lease(now)
  return fail(onGrant(state, { now, leaseUntil }), now, leaseUntil)
}

test('the breaker opens for 30 seconds after three failed calls in a row, not after two', () => {
  const twice = fail(fail(closedBreaker, start), start)
  expect(breakerPhase(twice, start)).toBe('closed')
  const open = fail(twice, start)
  expect(breakerPhase(open, after(29_999))).toBe('open')
  expect(breakerPhase(open, after(30_000))).toBe('half_open')
})

test('an answer in between starts the count again', () => {
  const state = onSuccess(fail(fail(closedBreaker, start), start), { leaseUntil: lease(start) })
  expect(breakerPhase(fail(fail(state, start), start), start)).toBe('closed')
})

test('each failed probe doubles the cool-down, up to 15 minutes', () => {
  let state: BreakerState = fail(fail(fail(closedBreaker, start), start), start)
  const waits: number[] = []
  let now = start
  for (let probe = 0; probe < 7; probe++) {
    now = state.openUntil!
    state = failProbe(state, now)
    waits.push((state.openUntil!.getTime() - now.getTime()) / 1000)
  }
  expect(waits).toEqual([60, 120, 240, 480, 900, 900, 900])
})

test('a probe that is answered closes the breaker; an older call that comes back late does not', () => {
  const open = fail(fail(fail(closedBreaker, start), start), start)
  const now = after(30_000)
  const probing = onGrant(open, { now, leaseUntil: lease(now) })
  expect(breakerPhase(probing, now)).toBe('probing')
  expect(onSuccess(probing, { leaseUntil: lease(start) })).toBe(probing)
  expect(fail(probing, now, lease(start))).toBe(probing)
  expect(onSuccess(probing, { leaseUntil: lease(now) })).toEqual(closedBreaker)
})

test('a probe whose process dies makes room for the next when its lease is over, or at once when it was cut off', () => {
  const open = fail(fail(fail(closedBreaker, start), start), start)
  const now = after(30_000)
  const probing = onGrant(open, { now, leaseUntil: lease(now) })
  expect(breakerPhase(probing, lease(now))).toBe('half_open')
  expect(breakerPhase(onNoVerdict(probing, { leaseUntil: lease(now) }), now)).toBe('half_open')
})

test('a cool-down is never longer than its maximum, whatever happens in whatever order', () => {
  const step = fc.record({ waitMs: fc.integer({ min: 0, max: 2_000_000 }), ok: fc.boolean(), late: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let state = closedBreaker
      let now = start
      for (const { waitMs, ok, late } of steps) {
        now = new Date(now.getTime() + waitMs)
        const leaseUntil = lease(late ? start : now)
        if (!late && breakerPhase(state, now) !== 'open') state = onGrant(state, { now, leaseUntil })
        state = ok ? onSuccess(state, { leaseUntil }) : fail(state, now, leaseUntil)
        if (state.openUntil)
          expect(state.openUntil.getTime() - now.getTime()).toBeLessThanOrEqual(testSettings.breakerCooldownMaxMs)
      }
    }),
  )
})

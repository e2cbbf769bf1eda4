import { loadConfig } from '@jejak/config'
import { expect, test } from 'vitest'
import { createLimits } from './limits.ts'

const config = loadConfig({ SECRET_KEY: 'a secret that only tests know, 32 bytes' })

test('a shop that posts 20 orders a second all day on 11.11, and reads each three times, meets no limit by a wide margin', () => {
  let nowMs = Date.parse('2026-11-11T00:00:00Z')
  const limits = createLimits(config, () => new Date(nowMs))
  let leastLeft = 1
  const take = (name: 'writes' | 'reads', amount: number) => {
    const { ratelimit } = limits.takeMany(name, { who: 'the shop', amount })
    leastLeft = Math.min(leastLeft, Number(/r=(\d+)/.exec(ratelimit)?.[1]) / limits.rules[name].max)
  }
  for (let second = 0; second < 86_400; second += 1, nowMs += 1_000) {
    take('writes', 20)
    take('reads', 60)
  }
  expect(leastLeft).toBeGreaterThan(0.5)
})

test('a thousand people of one mobile carrier, each looking five times in a quarter of an hour, meet no limit', () => {
  let nowMs = 0
  const limits = createLimits(config, () => new Date(nowMs))
  for (let visit = 0; visit < 5_000; visit += 1, nowMs += 180) limits.take('visits', 'the carrier')
  expect(() => limits.check('visits', 'the carrier')).not.toThrow()
})

test('defaults let one bulk call of a thousand through even when it is the largest there may be', () => {
  const limits = createLimits({ ...config, limits: { ...config.limits, writes: 1_000 } }, () => new Date(0))
  expect(limits.takeMany('writes', { who: 'the shop', amount: 1_000 }).ratelimit).toBe('"writes";r=0;t=300')
})

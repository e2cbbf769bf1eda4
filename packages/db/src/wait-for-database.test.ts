import { expect, test } from 'vitest'
import { waitForDatabase } from './wait-for-database.ts'

const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
const minuteMs = 60_000

/** A server that comes after so long, and a clock that only waiting moves. */
const aServer = (comesAfterMs: number, refusal: Error = away) => {
  let atMs = 0
  const pauses: number[] = []
  const wait = (forMs: number) =>
    waitForDatabase(() => (atMs < comesAfterMs ? Promise.reject(refusal) : Promise.resolve()), {
      forMs,
      now: () => atMs,
      onAway: (_, nextTryMs) => pauses.push(nextTryMs),
      sleep: async (ms) => {
        atMs += ms
      },
    })
  return { wait, pauses, atMs: () => atMs }
}

test('a database that is away for ten minutes is waited for, ever more patiently, and told of before each pause', async () => {
  const server = aServer(10 * minuteMs)
  await server.wait(15 * minuteMs)
  expect(server.atMs()).toBeLessThan(10 * minuteMs + 15_000)
  expect(server.pauses.slice(0, 7)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
})

test('a database that does not come is given up in time, with its own reason', async () => {
  const server = aServer(Number.POSITIVE_INFINITY)
  await expect(server.wait(minuteMs)).rejects.toBe(away)
  expect(server.atMs()).toBe(minuteMs)
})

test('a wrong password is told at once: waiting would not help', async () => {
  const wrong = Object.assign(new Error('password authentication failed'), { code: '28P01' })
  const server = aServer(minuteMs, wrong)
  await expect(server.wait(15 * minuteMs)).rejects.toBe(wrong)
  expect(server.pauses).toEqual([])
})

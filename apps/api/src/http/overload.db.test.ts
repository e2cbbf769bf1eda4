import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld({ OVERLOAD_DELAY_MAX: '40' })
})
afterAll(() => world.close())

/** Really keeps the event loop busy. */
const block = (ms: number): void => {
  const untilMs = performance.now() + ms
  while (performance.now() < untilMs);
}

test('one long moment is no overload', async () => {
  const status = async () => (await world.app.inject({ url: '/v1/track/SPXMY1' })).statusCode
  for (let round = 0; round < 3; round++) {
    block(700)
    expect(await status()).toBe(404)
    await expect.poll(status).toBe(404)
  }
})

test('while the event loop is late, requests are refused at once and told when to come back, except for health; then all is well again', async () => {
  const status = async (url: string) => (await world.app.inject({ url })).statusCode
  const rush = setInterval(() => block(150), 1)
  await expect.poll(() => status('/v1/track/SPXMY1'), { timeout: 10_000 }).toBe(503)
  const refused = await world.app.inject({ url: '/v1/track/SPXMY1' })
  const posted = await world.app.inject({ method: 'POST', url: '/v1/track', payload: {} })
  const report = { url: '/v1/track/SPXMY1/report' }
  const reported = await world.app.inject({ method: 'POST', ...report, payload: {} })
  const preflight = await world.app.inject({ method: 'OPTIONS', ...report })
  const healthy = await status('/health/live')
  clearInterval(rush)
  expect(refused.headers).toMatchObject({
    'retry-after': '5',
    'cache-control': 'no-store',
    'content-type': 'application/problem+json; charset=utf-8',
    'access-control-allow-origin': '*',
  })
  expect(refused.json()).toMatchObject({ code: 'unavailable', status: 503 })
  // A widget on another page can only tell "busy" from "offline" when it may read the refusal, and send what is refused.
  for (const { statusCode, headers } of [posted, reported])
    expect([statusCode, headers['access-control-allow-origin']]).toEqual([503, '*'])
  expect(preflight.statusCode).toBe(204)
  expect(healthy).toBe(200)
  await expect.poll(() => status('/v1/track/SPXMY1'), { timeout: 10_000 }).toBe(404)
  const notes = world.logLines().filter(({ msg }) => msg === 'overloaded: requests are answered with 503')
  expect(notes).toHaveLength(1)
})

import type { TrackingDocument } from '@jejak/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, startInstallation } from './testing/installation.ts'
import { type ReadAnswer, readOnce, startReaders } from './testing/read-loop.ts'

// Everything here is real: processes, servers, connections and time.
let shop: Installation
const numbers = ['630000000001', '630000000002', '630000000003']
const path = `/v1/track/${numbers[0]}`

beforeAll(async () => {
  shop = await startInstallation()
  await shop.register(numbers)
}, 120_000)
afterAll(() => shop?.close(), 60_000)

const document = async (): Promise<TrackingDocument> => {
  const { status, body } = await readOnce(shop.url + path)
  expect(status).toBe(200)
  return JSON.parse(body)
}
const soon = { timeout: 10_000, interval: 50 }

/** When EasyParcel last answered about the parcel, as the database has it. */
const checkedAt = async (): Promise<string | undefined> => {
  const { rows } = await shop.db.sql.query<{ at: Date }>(
    `select s.checked_at as at from tracking_schedule s join tracking_cache t on t.id = s.tracking_id where t.tracking_number = $1`,
    [numbers[0]],
  )
  return rows[0]?.at.toISOString()
}

const countsOf = (answers: readonly ReadAnswer[]): Record<number, number> =>
  Object.fromEntries([...Map.groupBy(answers, ({ status }) => status)].map(([status, list]) => [status, list.length]))

/** The promise to readers: a document, or 503 within a second that says when to come back. */
const expectHonest = (answers: readonly ReadAnswer[]): void => {
  const refused = answers.filter(({ status }) => status !== 200)
  expect([...new Set(refused.map(({ status }) => status))].filter((status) => status !== 503)).toEqual([])
  for (const { headers, body } of refused.slice(0, 100)) {
    expect(headers['retry-after']).toBe('5')
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(JSON.parse(body)).toMatchObject({ code: 'unavailable', status: 503 })
  }
  expect(Math.max(0, ...refused.map(({ ms }) => ms))).toBeLessThan(1_000)
}

/** Reads under load while `fault` lasts; tells what was answered and how long after its end documents came back for good. */
const readThrough = async (fault: () => Promise<void>) => {
  const readers = startReaders(shop.url + path, 16)
  await expect.poll(() => readers.answers.length, soon).toBeGreaterThan(100)
  await fault()
  const endedMs = performance.now()
  await expect
    .poll(() => readers.answers.slice(-50).every(({ status, atMs }) => status === 200 && atMs > endedMs), soon)
    .toBe(true)
  const answers = await readers.stop()
  const lastRefusedMs = answers.findLast(({ status }) => status !== 200)?.atMs ?? endedMs
  const slowestMs = Math.round(Math.max(...answers.map(({ ms }) => ms)))
  console.log(countsOf(answers), { slowestMs, backAfterMs: Math.max(0, Math.round(lastRefusedMs - endedMs)) })
  return { answers, backAfterMs: lastRefusedMs - endedMs }
}

/** Asks once, and gives up long after anyone would have. */
const ask = async (route: string, init: RequestInit = {}) => {
  const beganMs = performance.now()
  const headers = init.body ? { 'content-type': 'application/json' } : {}
  const answer = await fetch(shop.url + route, { ...init, headers, signal: AbortSignal.timeout(20_000) })
  await answer.body?.cancel()
  return { route, status: answer.status, ms: performance.now() - beganMs }
}
const post = (body: object): RequestInit => ({ method: 'POST', body: JSON.stringify(body) })

const lasting = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('a registered parcel is checked, and its document says when', async () => {
  await expect.poll(async () => (await document()).freshness.checkedAt, { timeout: 20_000 }).not.toBeNull()
}, 30_000)

test('Postgres restarts under load: readers get documents or a quick 503, and documents again within 10 seconds', async () => {
  const { answers, backAfterMs } = await readThrough(async () => {
    await shop.stopDatabase()
    await lasting(1_500)
    await shop.startDatabase()
  })
  expectHonest(answers)
  expect(countsOf(answers)[503]).toBeGreaterThan(0)
  expect(backAfterMs).toBeLessThan(10_000)
  expect(shop.api.isAlive()).toBe(true)
  expect(shop.worker.isAlive()).toBe(true)
}, 60_000)

test('every session is cut off under load, as a failover does', async () => {
  const { answers } = await readThrough(async () => {
    for (let round = 0; round < 3; round++) {
      await shop.db.sql.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'jejak-api%'`,
      )
      await lasting(200)
    }
  })
  expectHonest(answers)
  expect(shop.api.isAlive()).toBe(true)
}, 60_000)

test('the database falls silent without a word: no reader hangs, health says so, and all is well when it speaks again', async () => {
  let health: ReadAnswer | undefined
  let live: ReadAnswer | undefined
  const { answers, backAfterMs } = await readThrough(async () => {
    shop.line.silence()
    await lasting(1_500)
    health = await readOnce(`${shop.url}/health/ready`)
    live = await readOnce(`${shop.url}/health/live`)
    shop.line.restore()
  })
  expectHonest(answers)
  expect(countsOf(answers)[503]).toBeGreaterThan(0)
  expect(backAfterMs).toBeLessThan(10_000)
  expect([health?.status, live?.status]).toEqual([503, 200])
}, 60_000)

test('while the database is silent every way in for visitors ends long before a statement would, and works again when it speaks', async () => {
  const k = await shop.linkKeyOf(numbers[0]!)
  const waysIn: [string, RequestInit?][] = [
    [`${path}/live`],
    [`${path}?k=${k}`],
    [`${path}?shop=default`],
    [`${path}/calendar.ics`],
    [`/t/${numbers[0]}?k=${k}`],
    ['/v1/track', post({ orderNumber: '1001', contact: 'nobody@example.com' })],
    [`${path}/report`, post({ kind: 'not_received' })],
    [`${path}/report?k=${k}`, post({ kind: 'not_received' })],
  ]
  const askAll = () => Promise.all([...waysIn, ['/?shop=default'] as const].map(([route, init]) => ask(route, init)))
  shop.line.silence()
  const [search, ...others] = (await askAll()).toReversed()
  shop.line.restore()
  expect(search).toMatchObject({ route: '/?shop=default', status: 200 })
  expect(others.filter(({ status }) => status !== 503)).toEqual([])
  // Half a second is what a read waits; the rest is for a busy machine.
  expect([search!, ...others].filter(({ ms }) => ms >= 5_000)).toEqual([])
  await expect
    .poll(async () => (await askAll()).map(({ status }) => status), soon)
    .toEqual([200, 200, 200, 200, 200, 404, 202, 202, 200])
}, 60_000)

test('after all of that the workers still check, and readers see it', async () => {
  const before = await checkedAt()
  await expect.poll(async () => (await document()).freshness.checkedAt! > before!, { timeout: 30_000 }).toBe(true)
}, 60_000)

test('EasyParcel is dead: reads go on, and say since when it has not answered and why', async () => {
  await shop.simulator.close()
  await expect
    .poll(async () => (await document()).freshness, { timeout: 40_000, interval: 200 })
    .toMatchObject({ state: 'stale', reason: 'upstream_down' })
  const { freshness, status } = await document()
  expect(freshness.checkedAt).toBe(await checkedAt())
  expect(status).not.toBe('unknown')
  const readers = startReaders(shop.url + path, 16)
  await lasting(1_000)
  expect(Object.keys(countsOf(await readers.stop()))).toEqual(['200'])
}, 60_000)

test('all workers are dead: reads go on, and age honestly', async () => {
  await shop.worker.kill()
  await shop.db.sql.query('update connections set breaker_open_until = null, breaker_failures = 0')
  /** As if that much time had gone by since. */
  const age = (hours: number) =>
    shop.db.sql.query(
      `update tracking_schedule set checked_at = checked_at - $1 * interval '1 hour', call_id = null, last_failure = null,
              next_update_due = next_update_due - $1 * interval '1 hour'`,
      [hours],
    )
  await age(3)
  expect((await document()).freshness).toMatchObject({ state: 'stale', checkedAt: await checkedAt() })
  await age(24)
  const expired = await document()
  expect(expired.freshness).toMatchObject({ state: 'expired', checkedAt: await checkedAt() })
  expect(Date.parse(expired.freshness.nextCheckAt!)).toBeLessThan(Date.now())
  const readers = startReaders(shop.url + path, 16)
  await lasting(1_000)
  expect(Object.keys(countsOf(await readers.stop()))).toEqual(['200'])
}, 60_000)

test('none of this was an error no one had foreseen', () => {
  const failed = shop.api.lines.filter(({ msg }) => msg === 'a request failed' || msg === 'uncaught error')
  expect(failed).toEqual([])
})

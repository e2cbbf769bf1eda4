import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'
import { eventOf } from './calendar/testing/parse-ical.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld({ PUBLIC_URL: 'https://track.example.com' })
})
afterAll(() => world.close())

const register = async (payload: {
  trackingNumber: string
  estimatedDelivery?: string
  contact?: { email: string }
}) => {
  const headers = withKey(world.shop.key)
  const response = await world.app.inject({ method: 'POST', url: '/v1/trackings', headers, payload })
  return response.json().id as string
}
const read = (trackingNumber: string, { query = '', headers = {} } = {}) =>
  world.app.inject({ url: `/v1/track/${trackingNumber}/calendar.ics${query}`, headers })

test('a calendar can be subscribed to from anywhere, costs nothing twice, and moves its event when the day changes', async () => {
  const contact = { email: 'aisyah@example.com' }
  const id = await register({ trackingNumber: 'CAL-0001', estimatedDelivery: '2026-03-05', contact })
  const first = await read('cal-0001')
  expect(first.statusCode).toBe(200)
  expect(first.headers).toMatchObject({
    'content-type': 'text/calendar; charset=utf-8; method=PUBLISH',
    'content-disposition': 'inline; filename="CAL-0001.ics"',
    'cache-control': 'public, max-age=60',
    'access-control-allow-origin': '*',
  })
  expect(first.body).not.toContain('aisyah')
  const before = eventOf(first.body)!
  expect(before).toMatchObject({ UID: 'CAL-0001@track.example.com', DTSTART: '20260305' })
  const again = await read('CAL-0001', { headers: { 'if-none-match': String(first.headers.etag) } })
  expect([again.statusCode, again.body]).toEqual([304, ''])

  world.clock.advance(60_000)
  await world.app.inject({
    method: 'PATCH',
    url: `/v1/trackings/${id}`,
    headers: withKey(world.shop.key),
    payload: { estimatedDelivery: '2026-03-07' },
  })
  const moved = await read('CAL-0001', { headers: { 'if-none-match': String(first.headers.etag) } })
  const after = eventOf(moved.body)!
  expect([moved.statusCode, after.UID, after.DTSTART]).toEqual([200, before.UID, '20260307'])
  expect(Number(after.SEQUENCE)).toBe(Number(before.SEQUENCE) + 60)
})

test('of two shops with the same number the calendar is that of the shop that is asked for', async () => {
  const other = await world.addShop('other')
  await register({ trackingNumber: 'CAL-0003', estimatedDelivery: '2026-03-05' })
  const payload = { trackingNumber: 'CAL-0003', estimatedDelivery: '2026-03-09' }
  await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(other.key), payload })
  expect(eventOf((await read('CAL-0003', { query: '?shop=other' })).body)).toMatchObject({ DTSTART: '20260309' })
  expect(eventOf((await read('CAL-0003', { query: '?shop=default' })).body)).toMatchObject({ DTSTART: '20260305' })
  expect((await read('CAL-0002', { query: '?shop=other' })).statusCode).toBe(404)
})

test('while no day is known the calendar is there and empty; a number no one registered is not', async () => {
  await register({ trackingNumber: 'CAL-0002' })
  const empty = await read('CAL-0002', { query: '?lang=zh' })
  expect([empty.statusCode, eventOf(empty.body)]).toEqual([200, undefined])
  expect(empty.body).toContain('NAME:包裹 CAL-0002')
  expect((await read('CAL-9999')).statusCode).toBe(404)
})

test.each([
  ['zh-CN', '包裹'],
  ['EN', 'Parcel'],
  ['ms-MY', 'Bungkusan'],
  ['zh_Hant_TW', '包裹'],
  ['klingon', 'Parcel'],
  ['', 'Parcel'],
  ['x'.repeat(300), 'Parcel'],
  ['ms&lang=zh', 'Parcel'],
])('a calendar takes the language %s as pages do', async (lang, word) => {
  await register({ trackingNumber: 'CAL-0004' })
  expect((await read('CAL-0004', { query: `?lang=${lang}` })).body).toContain(`NAME:${word} CAL-0004`)
})

test('a calendar that a proxy has compressed is answered with 304', async () => {
  await register({ trackingNumber: 'CAL-0005', estimatedDelivery: '2026-03-05' })
  const etag = String((await read('CAL-0005')).headers.etag)
  for (const tag of [`W/${etag.replace(/"$/, '-gzip"')}`, etag.replace(/"$/, ';br"')])
    expect((await read('CAL-0005', { headers: { 'if-none-match': tag } })).statusCode).toBe(304)
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())

const get = (path: string, key = world.shop.key) =>
  world.app.inject({ url: `/v1/admin/analytics/${path}`, headers: withKey(key) })

const noted = (
  { organizationId }: Shop,
  { courier = 'J&T Express', state = 'MY-10', week = '2026-02-23', delivered = 4 } = {},
) =>
  world.query(
    `insert into parcel_weeks values ($1, $2, $3, $4, $5, 1, 0, 0, 0, $5, 3, 2, 1, array[0, $5] || array_fill(0, array[32]))`,
    [organizationId, week, courier, state, delivered],
  )

test('a shop sees how its own parcels fared, by courier, state and week, and nothing of other shops', async () => {
  const other = await world.addShop('kedai-lain')
  await noted(world.shop)
  await noted(world.shop, { state: '', week: '2026-03-02', delivered: 6 })
  await noted(other, { delivered: 90 })
  const answer = await get('transit?from=2026-02-25')
  expect(answer.statusCode, answer.body).toBe(200)
  const figures = {
    ...{
      parcels: 12,
      delivered: 10,
      returned: 2,
      lost: 0,
      cancelled: 0,
      lapsed: 0,
      timed: 10,
      p50Hours: 4.5,
      p90Hours: 5.7,
    },
    ...{ attemptsKnown: 10, firstAttempt: 6, firstAttemptShare: 0.6, expected: 4, late: 2, lateShare: 0.5 },
    ...{ returnedShare: 0.167, lostShare: 0, checksPerDelivered: 0, callsPerDelivered: 0 },
  }
  expect(answer.json()).toEqual({
    ...{ from: '2026-02-23', to: '2026-03-08', total: figures },
    data: [{ courier: 'J&T Express', ...figures }],
  })
  expect((await get('transit?by=state')).json().data).toMatchObject([
    { state: 'MY-10', name: 'Selangor', delivered: 4, checksPerDelivered: null },
    { state: 'unknown', name: null, delivered: 6 },
  ])
  expect((await get('transit?by=week', other.key)).json().data).toMatchObject([{ week: '2026-02-23', delivered: 90 }])
})

test('the table for a spreadsheet has all columns, and a courier whose name is a formula stays text', async () => {
  const shop = await world.addShop('kedai-formula')
  await noted(shop, { courier: '=HYPERLINK("http://evil.example")' })
  const { headers, body } = await get('transit?format=csv&from=2026-02-23', shop.key)
  expect(headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(headers['content-disposition']).toBe('attachment; filename="transit-by-courier-2026-02-23-2026-03-08.csv"')
  const [heading, line] = body.split('\r\n')
  expect(heading).toMatch(/^courier,parcels,delivered,returned,.*,p50Hours,p90Hours,.*,callsPerDelivered$/)
  expect(line).toMatch(/^"'=HYPERLINK\(""http:\/\/evil.example""\)",5,4,1,/)
})

test('a shop sees how its parcels were looked at, as JSON and as a table', async () => {
  const shop = await world.addShop('kedai-dilihat')
  await noted(shop, { week: '2026-03-02', delivered: 2 })
  await world.query(
    `insert into read_days select $1, '2026-03-02', 'page', 'ms', array_fill(0, array[10]) || array[7] || array_fill(0, array[13]), 2, 0`,
    [shop.organizationId],
  )
  expect((await get('reads', shop.key)).json()).toMatchObject({
    ...{ from: '2025-12-15', to: '2026-03-08', delivered: 2 },
    total: { reads: 7, missing: 2, refused: 0, readsPerDelivered: 3.5 },
    data: [{ way: 'page', reads: 7, missing: 2, refused: 0, readsPerDelivered: 3.5 }],
  })
  expect((await get('reads?by=language&format=csv', shop.key)).body).toBe(
    'language,reads,missing,refused,readsPerDelivered\r\nms,7,2,0,3.5\r\n',
  )
})

test('who asks for more weeks than are kept, for days the wrong way round, or without the permission is refused', async () => {
  expect((await get('transit?from=2024-01-01')).statusCode).toBe(400)
  expect((await get('reads?from=2026-03-02&to=2026-03-01')).statusCode).toBe(400)
  const reader = await world.addKey(world.shop.organizationId, ['trackings:read'])
  expect((await get('transit', reader)).statusCode).toBe(403)
})

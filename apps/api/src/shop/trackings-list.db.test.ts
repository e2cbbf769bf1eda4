import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
const numbers = Array.from({ length: 7 }, (_, index) => `LIST00000${index}`)

beforeAll(async () => {
  world = await createApiWorld()
  for (const [index, trackingNumber] of numbers.entries()) {
    // Pairs share an instant, so that pages must also go by id.
    if (index % 2 === 0) world.clock.advance(60_000)
    const payload = { trackingNumber, orderNumber: index < 2 ? 'SAME' : `ORDER-${index}` }
    await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(world.shop.key), payload })
  }
  await world.query(`update tracking_cache set status = 'in_transit' where tracking_number = any ($1)`, [
    numbers.slice(3, 5),
  ])
  await world.query(
    `update tracking_cache set requires_attention = true, attention_reason = 'lost' where tracking_number = $1`,
    [numbers[6]],
  )
})
afterAll(() => world.close())

type Page = {
  data: { trackingNumber: string; id: string; freshness: { changedAt: string; reason: string | null } }[]
  nextCursor: string | null
}
const list = async (query: string): Promise<Page> => {
  const response = await world.app.inject({ url: `/v1/trackings${query}`, headers: withKey(world.shop.key) })
  expect(response.statusCode).toBe(200)
  return response.json()
}
const numbersOf = ({ data }: Page) => data.map(({ trackingNumber }) => trackingNumber)

const allPages = async (query: string): Promise<string[]> => {
  const seen: string[] = []
  for (let cursor: string | null = '', pages = 0; cursor !== null && pages < 10; pages += 1) {
    const page = await list(`${query}${cursor && `&cursor=${cursor}`}`)
    seen.push(...numbersOf(page))
    cursor = page.nextCursor
  }
  return seen
}

test('people see the newest change first, page by page, each parcel once', async () => {
  expect(await allPages('?limit=3')).toEqual(numbers.toReversed())
  expect((await list('?limit=7')).nextCursor).toBeNull()
})

test('the change feed goes the other way, from any instant on', async () => {
  const all = await list('')
  const third = all.data.find(({ trackingNumber }) => trackingNumber === numbers[2])!
  const feed = await allPages(`?limit=2&changedAfter=${third.freshness.changedAt}`)
  expect(feed).toEqual(numbers.slice(4))
  expect(await allPages('?limit=2&changedAfter=2000-01-01T00:00:00Z')).toEqual(numbers)
})

test.each([
  [`?trackingNumber=${numbers[5]},${numbers[1]?.toLowerCase()}`, [numbers[5], numbers[1]]],
  ['?orderNumber=SAME', [numbers[1], numbers[0]]],
  ['?status=in_transit,delivered', [numbers[4], numbers[3]]],
  ['?attention=true', [numbers[6]]],
  [`?attention=false&orderNumber=SAME`, [numbers[1], numbers[0]]],
  ['?orderNumber=NOBODY', []],
])('filters narrow the list: %s', async (query, expected) => {
  expect(numbersOf(await list(query))).toEqual(expected)
})

test.each([
  ['?limit=201', 'limit'],
  ['?status=flying', 'status'],
  ['?changedAfter=yesterday', 'Write a time as ISO 8601 in UTC'],
  ['?colour=red', 'colour'],
  ['?cursor=nonsense', 'This is not a cursor of this list'],
  ['?trackingNumber=7.02802E%2B15', 'spreadsheet'],
])('what cannot be asked is refused with the reason: %s', async (query, reason) => {
  const response = await world.app.inject({ url: `/v1/trackings${query}`, headers: withKey(world.shop.key) })
  expect(response.statusCode).toBe(400)
  expect(response.json().detail).toContain(reason)
})

test('a cursor of the list is none of the change feed', async () => {
  const { nextCursor } = await list('?limit=1')
  const url = `/v1/trackings?changedAfter=2000-01-01T00:00:00Z&cursor=${nextCursor}`
  expect((await world.app.inject({ url, headers: withKey(world.shop.key) })).statusCode).toBe(400)
})

test('a parcel says what keeps its own EasyParcel account from answering, not what keeps the first of its shop', async () => {
  await world.query(
    `with second as (insert into connections (organization_id, api, breaker_open_until)
                     values ($1, 'classic', now() + interval '1 hour') returning id),
          moved as (update tracking_cache set connection_id = second.id from second where tracking_number = $2 returning tracking_cache.id)
     update tracking_schedule set connection_id = second.id from second, moved where tracking_id = moved.id`,
    [world.shop.organizationId, numbers[1]],
  )
  world.clock.advance(3_600_000)
  const { data } = await list(`?trackingNumber=${numbers[0]},${numbers[1]}`)
  const reasons = Object.fromEntries(data.map(({ trackingNumber, freshness }) => [trackingNumber, freshness.reason]))
  expect(reasons).toEqual({ [numbers[0]!]: 'not_authorised', [numbers[1]!]: 'upstream_down' })
  const one = await list(`/${data.find(({ trackingNumber }) => trackingNumber === numbers[1])!.id}`)
  expect(one).toMatchObject({ freshness: { reason: 'upstream_down' } })
})

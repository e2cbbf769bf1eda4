import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

test('a cursor of one order is none of another', async () => {
  const { nextCursor } = await list('?limit=1&sort=registered')
  const url = `/v1/trackings?sort=-registered&cursor=${nextCursor}`
  expect((await world.app.inject({ url, headers: withKey(world.shop.key) })).statusCode).toBe(400)
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

describe('with parcels of two couriers and accounts, some of whose lives are over', () => {
  let second: string
  let user: string
  beforeAll(async () => {
    const [made] = await world.query<{ id: string }>(
      `insert into connections (organization_id, api, name) values ($1, 'open', 'second') returning id`,
      [world.shop.organizationId],
    )
    second = made!.id
    const [added] = await world.query<{ id: string }>(
      `with added as (insert into users (email, name, password_hash) values ('siti@kedai.example', 'Siti', 'x') returning id)
       insert into memberships (organization_id, user_id, role) select $1, id, 'support' from added returning user_id as id`,
      [world.shop.organizationId],
    )
    user = added!.id
    const set = (what: string, places: number[]) =>
      world.query(`update tracking_cache set ${what} where tracking_number = any ($1)`, [
        places.map((place) => numbers[place]),
      ])
    await set(`courier = 'J&T Express'`, [0, 1, 2])
    await set(`courier = 'J&T EXPRESS'`, [3])
    await set(`courier = 'Pos Laju'`, [4])
    await set(`status = 'delivered', ended_at = changed_at`, [0, 2])
    await set(`archived_at = now()`, [0])
    await world.query(
      `with moved as (update tracking_cache set connection_id = $1 where tracking_number = any ($2) returning id)
       update tracking_schedule set connection_id = $1 from moved where tracking_id = moved.id`,
      [second, [numbers[1], numbers[5]]],
    )
    await world.query('update attention_cases set assignee_id = $1', [user])
    // As if checked next in the opposite order, two of them at the same microsecond.
    await world.query(
      `update tracking_schedule s set next_update_due = timestamptz '2026-03-03 00:00:00.123456Z' - (t.id / 2) * interval '1 second',
              checked_at = case when t.id % 2 = 0 then timestamptz '2026-03-02 00:00Z' end,
              update_priority = case when t.id % 3 = 0 then 50 else 100 end
         from tracking_cache t where t.id = s.tracking_id`,
    )
  })

  test.each([
    ['?courier=j%26t express', [3, 2, 1, 0]],
    ['?courier=Nobody', []],
    ['?connection=$second', [5, 1]],
    ['?ended=true', [2, 0]],
    ['?ended=false', [6, 5, 4, 3, 1]],
    ['?status=delivered', [2]],
    ['?status=delivered&status=in_transit', [4, 3, 2]],
    ['?status=delivered&trackingNumber=$0', [0]],
    ['?attention=lost', [6]],
    ['?attention=damaged', []],
    ['?assignee=$user', [6]],
    ['?assignee=none', []],
    ['?registeredAfter=$at1', [6, 5, 4, 3, 2]],
    ['?registeredBefore=$at2', [1, 0]],
    ['?registeredAfter=$at1&registeredBefore=$at4&courier=J%26T Express', [3, 2]],
    ['?changedBefore=$at2', [1, 0]],
    ['?changedAfter=$at1&changedBefore=$at4', [2, 3]],
    ['?changedAfter=$at1&sort=-changed', [6, 5, 4, 3, 2]],
    ['?sort=registered', [0, 1, 2, 3, 4, 5, 6]],
    ['?sort=-registered&status=pending', [6, 5, 1]],
    ['?sort=registered&status=delivered,pending', [1, 2, 5, 6]],
    ['?notCheckedSince=2026-03-02T01:00:00Z', [6, 5, 4, 3, 1]],
    ['?notCheckedSince=2026-03-01T00:00:00Z', [6, 4]],
  ])('the list is narrowed and ordered: %s', async (query, places) => {
    const [of] = await world.query<Record<string, string>>(
      `select (array_agg(registered_at order by id))[2] as at1, (array_agg(registered_at order by id))[3] as at2,
              (array_agg(registered_at order by id))[5] as at4 from tracking_cache`,
    )
    const known: Record<string, unknown> = { second, user, 0: numbers[0], ...of }
    const filled = query.replace(/\$(\w+)/g, (_, name: string) => {
      const value = known[name]
      return value instanceof Date ? value.toISOString() : String(value)
    })
    const expected = places.map((place) => numbers[place])
    expect(numbersOf(await list(filled))).toEqual(expected)
    expect(await allPages(`${filled}&limit=2`)).toEqual(expected)
  })

  test('by the next check come those first that are checked soonest, whatever their class and account, each once', async () => {
    const rows = await world.query<{ number: string }>(
      `select t.tracking_number as number from tracking_cache t join tracking_schedule s on s.tracking_id = t.id
        order by s.next_update_due, t.id`,
    )
    expect(await allPages('?sort=nextCheck&limit=2')).toEqual(rows.map(({ number }) => number))
    expect(await allPages('?sort=nextCheck&limit=2&ended=false&courier=Pos Laju')).toEqual([numbers[4]])
  })

  test.each([
    ['?attention=unhappy', 'Nothing needs a person for the reason “unhappy”.'],
    ['?assignee=me', 'Only users have cases'],
  ])('a reason that there is not, and a key that has no cases, are told so: %s', async (query, reason) => {
    const response = await world.app.inject({ url: `/v1/trackings${query}`, headers: withKey(world.shop.key) })
    expect([response.statusCode, response.json().detail]).toEqual([400, expect.stringContaining(reason)])
  })

  const file = (query: string) =>
    world.app.inject({ url: `/v1/trackings?format=csv${query}`, headers: withKey(world.shop.key) })

  test('the list is a file, too, with every parcel that fits and nothing of who gets it', async () => {
    await world.query(`update tracking_orders set order_number = '=cmd()' where order_number = 'ORDER-4'`)
    const answer = await file('&courier=Pos Laju')
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="parcels.csv"',
    })
    const [heading, line, ...rest] = answer.body.split('\r\n')
    expect(heading).toBe(
      'id,trackingNumber,courier,orderNumber,status,substatus,attentionReason,registeredAt,bookedAt,collectedAt,outForDeliveryAt,deliveredAt,endedAt,estimatedDelivery,changedAt,checkedAt,nextCheckAt,connectionId',
    )
    expect(line).toMatch(/^\d+,LIST000004,Pos Laju,'=cmd\(\),in_transit,,,2026-03-02T04:03:00\.000Z,/)
    expect(rest).toEqual([''])
    const numbersIn = (body: string) => [...body.matchAll(/^\d+,(\w+)/gm)].map(([, number]) => number)
    expect(numbersIn((await file('')).body)).toEqual(numbers)
    expect(numbersIn((await file('&sort=-registered&ended=false')).body)).toEqual(
      [6, 5, 4, 3, 1].map((place) => numbers[place]),
    )
    expect((await file('&sort=-changed')).json().detail).toContain('A file goes by registered')
  })

  test('a file of several pages has each parcel once', async () => {
    await world.query(
      `insert into tracking_cache (organization_id, connection_id, tracking_number, document, document_version, registered_at, changed_at)
       select $1, $2, 'MANY' || 1000000 + i, '{}', '1', timestamptz '2026-01-01Z' + (i / 7) * interval '1 second', now() from generate_series(1, 2500) i`,
      [world.shop.organizationId, second],
    )
    const { body } = await file('&registeredBefore=2026-02-01T00:00:00Z')
    const lines = body.split('\r\n').slice(1, -1)
    expect([lines.length, new Set(lines).size]).toEqual([2500, 2500])
    await world.query(`delete from tracking_cache where tracking_number like 'MANY%'`)
  })

  test('another shop finds none of them by any filter', async () => {
    const other = await world.addShop('other')
    for (const query of ['', '?sort=nextCheck', '?courier=Pos Laju', `?connection=${second}`, `?assignee=${user}`]) {
      const response = await world.app.inject({ url: `/v1/trackings${query}`, headers: withKey(other.key) })
      expect(response.json()).toEqual({ data: [], nextCursor: null })
    }
  })
})

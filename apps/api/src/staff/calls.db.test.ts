import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())

type Call = { shop: Shop; at: string; outcome: string | null; isManual?: boolean; batch?: number }

const insertCall = ({ shop, at, outcome, isManual = false, batch = 50 }: Call) =>
  world.query(
    `insert into api_calls (connection_id, organization_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, closed_at, outcome,
                            found, changed, duration_ms, http_status, request_id, error)
     select $1, $2, $3::timestamptz::date, $4, 0, $3, $3::timestamptz + interval '1 minute', $5,
            case when $6::text is not null then $3::timestamptz + interval '1 second' end, $6,
            ok.found, ok.changed, closed.ms, closed.status, closed.request, failed.why
       from (select) as nothing
       left join (select 48 as found, 3 as changed) as ok on $6 = 'ok'
       left join (select 900 as ms, case when $6 = 'ok' then 200 else 500 end as status, 'ep-1' as request) as closed on $6 is not null
       left join (select 'EasyParcel is down.' as why) as failed on $6 <> 'ok'`,
    [shop.connectionId, shop.organizationId, at, isManual, batch, outcome],
  )
const listed = async (query = '', key = world.shop.key) => {
  const answer = await world.app.inject({ url: `/v1/admin/calls${query}`, headers: withKey(key) })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json().data
}

test('a shop sees its own last calls, newest first, with what EasyParcel said and how long it took', async () => {
  const other = await world.addShop('kedai-lain')
  await insertCall({ shop: other, at: '2026-03-02T03:59:00Z', outcome: 'ok' })
  await insertCall({ shop: world.shop, at: '2026-03-02T03:50:00Z', outcome: 'ok' })
  await insertCall({ shop: world.shop, at: '2026-03-02T03:55:00Z', outcome: 'server', isManual: true, batch: 1 })
  await insertCall({ shop: world.shop, at: '2026-03-02T03:59:30Z', outcome: null })
  const { connectionId } = world.shop
  const shared = { connectionId, day: '2026-03-02', id: expect.any(String), error: null }
  expect(await listed()).toEqual([
    {
      ...{ ...shared, at: '2026-03-02T03:59:30.000Z', kind: 'scheduled', batch: 50, outcome: null },
      ...{ found: null, changed: null, ms: null, httpStatus: null, requestId: null },
    },
    {
      ...{ ...shared, at: '2026-03-02T03:55:00.000Z', kind: 'manual', batch: 1, outcome: 'server', found: null },
      ...{ changed: null, ms: 900, httpStatus: 500, requestId: 'ep-1', error: 'EasyParcel is down.' },
    },
    {
      ...{ ...shared, at: '2026-03-02T03:50:00.000Z', kind: 'scheduled', batch: 50, outcome: 'ok', found: 48 },
      ...{ changed: 3, ms: 900, httpStatus: 200, requestId: 'ep-1' },
    },
  ])
  expect(await listed('?limit=1')).toHaveLength(1)
  expect(await listed('', other.key)).toMatchObject([{ connectionId: other.connectionId, outcome: 'ok' }])
})

test('only those that failed in the last seven days, when these are asked for', async () => {
  await insertCall({ shop: world.shop, at: '2026-02-10T03:55:00Z', outcome: 'timeout' })
  expect(await listed('?failed=true')).toMatchObject([{ outcome: 'server', requestId: 'ep-1' }])
})

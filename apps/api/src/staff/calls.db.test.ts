import { saveCourierDays } from '@jejak/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())

type Call = { shop: Shop; at: string; outcome: string | null; isManual?: boolean; batch?: number; kind?: string }

const insertCall = ({ shop, at, outcome, isManual = false, batch = 50, kind = 'check' }: Call) =>
  world.query(
    `insert into api_calls (connection_id, organization_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, closed_at, outcome,
                            found, changed, duration_ms, http_status, request_id, error, kind)
     select $1, $2, $3::timestamptz::date, $4, 0, $3, $3::timestamptz + interval '1 minute', $5,
            case when $6::text is not null then $3::timestamptz + interval '1 second' end, $6,
            ok.found, ok.changed, closed.ms, closed.status, closed.request, failed.why, $7
       from (select) as nothing
       left join (select 48 as found, 3 as changed) as ok on $6 = 'ok'
       left join (select 900 as ms, case when $6 = 'ok' then 200 else 500 end as status, 'ep-1' as request) as closed on $6 is not null
       left join (select 'EasyParcel is down.' as why) as failed on $6 <> 'ok'`,
    [shop.connectionId, shop.organizationId, at, isManual, batch, outcome, kind],
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

const usage = async (query: string, key = world.shop.key) => {
  const answer = await world.app.inject({ url: `/v1/admin/usage?${query}`, headers: withKey(key) })
  expect(answer.statusCode, answer.body).toBe(200)
  return answer
}

test('a shop sees its calls and reads by hour; what lists of the account bring is not counted with the checks', async () => {
  await insertCall({ shop: world.shop, at: '2026-03-02T03:40:00Z', outcome: 'ok', batch: 0, kind: 'list' })
  await world.query(
    `insert into read_hours (organization_id, hour, way, state, language, reads) values ($1, '2026-03-02T03:00Z', 'page', 'fresh', 'ms', 40), ($1, '2026-03-02T03:00Z', 'page', 'missing', '', 2)`,
    [world.shop.organizationId],
  )
  expect((await usage('by=hour')).json()).toEqual({
    ...{ from: '2026-03-02', to: '2026-03-02', isComplete: true },
    data: [
      {
        ...{
          hour: '2026-03-02T03:00:00.000Z',
          calls: 4,
          checks: 51,
          manual: 1,
          failed: 1,
          found: 48,
          changed: 3,
          reads: 40,
        },
      },
    ],
  })
})

test('by day, from the reports of days that are over and the log of the newest', async () => {
  await world.query(
    `insert into daily_reports (organization_id, connection_id, day, calls, calls_manual, calls_failed, numbers_asked, numbers_found, trackings_changed, trackings_by_status)
     select $1, $2, day, 10, 1, 2, 500, 480, 60, '{}' from unnest(array['2026-01-10', '2026-02-28', '2026-03-01']::date[]) as day`,
    [world.shop.organizationId, world.shop.connectionId],
  )
  const report = { calls: 10, checks: 500, manual: 1, failed: 2, found: 480, changed: 60 }
  expect((await usage('by=day&from=2026-01-01')).json().data).toEqual([
    { day: '2026-01-10', ...report, reads: null },
    { day: '2026-02-28', ...report, reads: 0 },
    { day: '2026-03-02', calls: 4, checks: 51, manual: 1, failed: 1, found: 48, changed: 3, reads: 40 },
  ])
  const { headers, body } = await usage('by=day&from=2026-02-28&to=2026-02-28&format=csv')
  expect(headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(body).toBe('day,calls,checks,manual,failed,found,changed,reads\r\n2026-02-28,10,500,1,2,480,60,0\r\n')
})

test('by courier, from what the night wrote: a call about two couriers is shared between them', async () => {
  const numbers = ['JT0000000001', 'JT0000000002', 'JT0000000003']
  const ids: string[] = []
  for (const [place, trackingNumber] of numbers.entries()) {
    const payload = { trackingNumber, ...(place < 2 && { courier: 'J&T Express' }) }
    const answer = await world.app.inject({
      method: 'POST',
      url: '/v1/trackings',
      headers: withKey(world.shop.key),
      payload,
    })
    ids.push(answer.json().id)
  }
  await insertCall({ shop: world.shop, at: '2026-03-01T03:00:00Z', outcome: 'ok', batch: 4 })
  await world.query(
    `insert into call_parcels (call_id, organization_id, opened_at, tracking_ids) select max(id), $1, now(), $2::bigint[] || 999999 from api_calls`,
    [world.shop.organizationId, ids],
  )
  await saveCourierDays(world.deps.operatorDb.sql, { day: '2026-03-01', missed: ['2026-02-28'] })
  await saveCourierDays(world.deps.operatorDb.sql, { day: '2026-03-02', missed: ['2026-03-01'] })
  expect((await usage('by=courier')).json().data).toEqual([
    { courier: 'J&T Express', calls: 0.5, checks: 2 },
    { courier: null, calls: 0.5, checks: 2 },
  ])
})

test('by courier today, too, before any night has counted it', async () => {
  const shop = await world.addShop('kedai-pagi')
  await insertCall({ shop, at: '2026-03-02T03:00:00Z', outcome: 'ok', batch: 4 })
  await insertCall({ shop, at: '2026-03-02T03:10:00Z', outcome: 'server', batch: 2 })
  await world.query(
    `update api_calls set couriers = case batch_size when 4 then '{"J&T Express": 3, "": 1}'::jsonb else '{"J&T Express": 2}' end where organization_id = $1`,
    [shop.organizationId],
  )
  await world.query(
    `insert into courier_days (organization_id, day, courier, calls, checks, parcels) values ($1, '2026-03-01', 'J&T Express', 2, 100, 80)`,
    [shop.organizationId],
  )
  expect((await usage('by=courier&from=2026-03-02', shop.key)).json()).toMatchObject({
    data: [
      { courier: 'J&T Express', calls: 1.75, checks: 5 },
      { courier: null, calls: 0.25, checks: 1 },
    ],
    isComplete: true,
  })
  expect((await usage('by=courier', shop.key)).json().data[0]).toEqual({
    ...{ courier: 'J&T Express', calls: 3.75, checks: 105 },
  })
  await world.query(
    `insert into courier_days (organization_id, day, courier, calls, checks, parcels) values ($1, '2026-03-02', 'J&T Express', 1, 5, 5)`,
    [shop.organizationId],
  )
  expect((await usage('by=courier&from=2026-03-02', shop.key)).json().data).toEqual([
    { courier: 'J&T Express', calls: 1, checks: 5 },
  ])
})

test('too long a time is refused in words, and another shop sees nothing of this one', async () => {
  const long = await world.app.inject({
    url: '/v1/admin/usage?by=hour&from=2026-01-01',
    headers: withKey(world.shop.key),
  })
  expect([long.statusCode, long.json().detail]).toEqual([400, expect.stringContaining('8 days')])
  const other = await world.addShop('kedai-sunyi')
  for (const by of ['hour', 'day', 'courier']) expect((await usage(`by=${by}`, other.key)).json().data).toEqual([])
})

test('a day of a year that no calendar of ours knows is refused, by every question about days', async () => {
  for (const path of ['/v1/admin/usage', '/v1/admin/analytics/transit', '/v1/admin/analytics/reads'])
    for (const span of ['to=0000-02-29', 'from=0001-01-01&to=2026-03-02', 'from=2026-03-02&to=9999-12-31']) {
      const answer = await world.app.inject({ url: `${path}?${span}`, headers: withKey(world.shop.key) })
      expect([answer.statusCode, answer.body], `${path}?${span}`).toEqual([
        400,
        expect.stringContaining('2000 to 2100'),
      ])
    }
})

test('calls are paged, narrowed by time, and a file', async () => {
  const get = (query: string) => world.app.inject({ url: `/v1/admin/calls?${query}`, headers: withKey(world.shop.key) })
  const times: string[] = []
  for (let cursor: string | null = '', pages = 0; cursor !== null && pages < 9; pages += 1) {
    const page: { data: { at: string }[]; nextCursor: string | null } = (
      await get(`limit=1${cursor && `&cursor=${cursor}`}`)
    ).json()
    times.push(...page.data.map(({ at }) => at))
    cursor = page.nextCursor
  }
  expect(times.length).toBeGreaterThan(3)
  expect(times).toEqual(times.toSorted().toReversed())
  const until = times[1]!
  expect((await get(`until=${until}&since=${times[3]}`)).json().data.map(({ at }: { at: string }) => at)).toEqual(
    times.slice(2, 4),
  )
  expect((await get('cursor=nonsense')).json().detail).toContain('This is not a cursor of this list')
  const file = await get(`format=csv&until=${until}`)
  expect(file.headers['content-disposition']).toBe('attachment; filename="calls.csv"')
  const lines = file.body.split('\r\n')
  expect(lines[0]).toBe('id,at,day,connectionId,kind,batch,outcome,found,changed,ms,httpStatus,requestId,error')
  expect(lines.slice(1, -1).map((line) => line.split(',')[1])).toEqual(times.slice(2))
})

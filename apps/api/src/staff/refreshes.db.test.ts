import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
const numbers = Array.from({ length: 5 }, (_, place) => `REFRESH00${place}`)

beforeAll(async () => {
  world = await createApiWorld()
  for (const trackingNumber of numbers)
    await world.app.inject({
      ...{ method: 'POST', url: '/v1/trackings', headers: withKey(world.shop.key), payload: { trackingNumber } },
    })
})
afterAll(() => world.close())

const get = (url: string) => world.app.inject({ url: `/v1/admin/refreshes${url}`, headers: withKey(world.shop.key) })
const post = (url: string, payload?: object) =>
  world.app.inject({
    ...{ method: 'POST', url: `/v1/admin/refreshes${url}`, headers: withKey(world.shop.key) },
    ...(payload && { payload }),
  })

test('a dry run tells what a run over a filter would do, and the real one takes what it told of', async () => {
  const dry = await post('', { filter: { trackingNumber: numbers.slice(0, 3).join() }, dryRun: true })
  expect(dry.statusCode).toBe(200)
  expect(dry.json()).toMatchObject({ parcels: 3, calls: 1, leftOut: { ended: 0 }, connections: [{ parcels: 3 }] })
  expect(await world.query('select from refresh_runs')).toEqual([])
  const { asOf } = dry.json()
  const started = await post('', { filter: { trackingNumber: numbers.slice(0, 3).join() }, asOf })
  expect(started.statusCode).toBe(202)
  expect(started.headers.location).toBe(started.json().follow)
  expect(started.json().run).toMatchObject({
    ...{ state: 'running', parcels: 3, progress: { waiting: 3, asked: 0 }, chosen: { trackingNumber: 3 } },
  })
  expect(await world.query(`select from pgboss.job where name = 'check-due' and singleton_key = '1'`)).toHaveLength(1)
})

test('a filter takes a list in JSON as well as words with commas, and every word of the list of parcels', async () => {
  const parcelsOf = async (filter: object) => (await post('', { filter, dryRun: true })).json().parcels
  const left = numbers.slice(3)
  expect(await parcelsOf({ trackingNumber: left, status: ['pending', 'delivered'] })).toBe(2)
  expect(await parcelsOf({ trackingNumber: left.join(), status: 'pending,delivered', ended: false })).toBe(2)
  expect(await parcelsOf({ trackingNumber: left, connection: world.shop.connectionId, assignee: 'none' })).toBe(0)
  expect(await parcelsOf({ trackingNumber: left, registeredBefore: '2026-01-01T00:00:00Z' })).toBe(0)
  const refused = await post('', { filter: { status: [7] }, dryRun: true })
  expect([refused.statusCode, refused.json().detail]).toEqual([400, expect.stringContaining('Send text, or a list')])
})

test('a run is followed, paused, resumed and cancelled, each parcel of it seen, as JSON and as CSV', async () => {
  const { run } = (await post('', { filter: { trackingNumber: numbers[4] } })).json()
  expect((await get(`/${run.id}`)).json()).toMatchObject({ id: run.id, state: 'running' })
  expect((await post(`/${run.id}/pause`)).json()).toMatchObject({ state: 'paused' })
  expect((await post(`/${run.id}/resume`)).json()).toMatchObject({ state: 'running' })
  expect((await post(`/${run.id}/cancel`)).json()).toMatchObject({ state: 'cancelled', progress: { cancelled: 1 } })
  const again = await post(`/${run.id}/resume`)
  expect([again.statusCode, again.json().code]).toEqual([409, 'conflict'])
  const { data } = (await get(`/${run.id}/parcels?state=cancelled`)).json()
  expect(data).toMatchObject([{ trackingNumber: numbers[4], status: 'pending', state: 'cancelled', callId: null }])
  const csv = await get(`/${run.id}/parcels?format=csv`)
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8')
  const [heading, line] = csv.body.split('\r\n')
  expect(heading).toBe('trackingId,trackingNumber,status,state,reason,askedAt,settledAt,callId')
  expect(line).toMatch(/^5,REFRESH004,pending,cancelled,,,2\d{3}-.*Z,$/)
})

test('runs and their parcels are listed page by page', async () => {
  const first = (await get('?limit=1')).json()
  const second = (await get(`?limit=1&cursor=${first.nextCursor}`)).json()
  expect([first.data[0].state, second.data[0].state, second.nextCursor]).toEqual(['cancelled', 'running', null])
  const { id } = second.data[0]
  const page = (await get(`/${id}/parcels?limit=2`)).json()
  const rest = (await get(`/${id}/parcels?limit=2&cursor=${page.nextCursor}`)).json()
  const shown = [...page.data, ...rest.data].map(({ trackingNumber }) => trackingNumber)
  expect([shown, rest.nextCursor]).toEqual([numbers.slice(0, 3), null])
})

test('what cannot be asked for is refused: neither ids nor a filter, both, another shop’s run', async () => {
  for (const payload of [{}, { ids: ['1'], filter: {} }, { ids: [] }, { filter: { colour: 'red' } }])
    expect((await post('', payload)).statusCode).toBe(400)
  await world.query(`with other as (insert into organizations (slug, name) values ('other', 'Other') returning id)
    insert into refresh_runs (organization_id, asked_by, chosen, as_of, with_ended, started_at) select id, 'console', '{}', now(), false, now() from other`)
  const [{ id } = { id: '' }] = await world.query<{ id: string }>('select max(id) as id from refresh_runs')
  for (const answer of [await get(`/${id}`), await get(`/${id}/parcels`), await post(`/${id}/cancel`)])
    expect(answer.statusCode).toBe(404)
})

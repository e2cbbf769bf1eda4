import { createUser } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { viewsMax } from '@jejak/core/views'
import type { ShopRole } from '@jejak/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

const own = 'http://localhost:3000'
const password = 'three cups of teh tarik'

type Headers = Record<string, string>
let world: ApiWorld
let owner: Headers
let viewer: Headers

const ask = async (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  headers: Headers,
  [path, payload]: [string, object?],
) => {
  const url = `/v1/admin/views${path}`
  const answer = await world.app.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body ? answer.json() : undefined }
}
const namesOf = async (headers: Headers) =>
  (await ask('GET', headers, [''])).body.data.map(({ name, shared, mayChange }: Record<string, unknown>) => [
    ...[name, shared, mayChange],
  ])
const userId = async (email: string) =>
  (await world.query<{ id: string }>('select id from users where email = $1', [email]))[0]!.id
const signIn = async (email: string, role: ShopRole): Promise<Headers> => {
  const membership = { organizationId: world.shop.organizationId, role }
  const user = { email, name: 'Siti binti Ali', password, isOperator: false, membership }
  await createUser({ ...world.deps, db: world.db, actor: consoleActor }, user)
  const headers = { origin: own }
  const answer = await world.app.inject({ method: 'POST', url: '/v1/session', headers, payload: { email, password } })
  return { cookie: String(answer.headers['set-cookie']).split(';')[0]!, origin: own }
}

beforeAll(async () => {
  world = await createApiWorld()
  owner = await signIn('owner@kedai.example', 'owner')
  viewer = await signIn('viewer@kedai.example', 'viewer')
  for (const [index, status] of ['pending', 'in_transit', 'in_transit', 'on_hold', 'delivered'].entries())
    await world.query(
      `insert into tracking_cache (organization_id, connection_id, tracking_number, status, document, document_version, registered_at, changed_at,
                                   ended_at, requires_attention, attention_reason)
       select $1, $2, $3, $4, '{}', '1', now(), now(), case when $4 = 'delivered' then now() end, $4 = 'on_hold', case when $4 = 'on_hold' then 'lost' end`,
      [world.shop.organizationId, world.shop.connectionId, `VIEW00000${index}`, status],
    )
})
afterAll(() => world.close())

test('every shop has views whose counts are those of its lists, and another shop’s are its own', async () => {
  const { builtIn } = (await ask('GET', viewer, [''])).body
  const counts = Object.fromEntries(builtIn.map(({ id, count }: { id: string; count: number }) => [id, count]))
  expect(counts).toEqual({
    ...{ waiting: 1, on_the_way: 2, out_for_delivery: 0, to_collect: 0, problems: 1, needs_person: 1, ended: 1 },
  })
  for (const { filter, count } of builtIn) {
    const query = new URLSearchParams(
      Object.entries<unknown>(filter).map(([name, value]): [string, string] => [name, String(value)]),
    )
    const list = await world.app.inject({ url: `/v1/trackings?${query}`, headers: withKey(world.shop.key) })
    expect([filter, list.json().data?.length]).toEqual([filter, count])
  }
  const other = await world.addShop('other')
  const theirs = (await ask('GET', withKey(other.key), [''])).body
  expect(theirs.builtIn.every(({ count }: { count: number }) => count === 0)).toBe(true)
})

test('one’s own view is seen by no one else; a shared one by all, and changed by those who may share', async () => {
  const filter = { status: 'on_hold,exception', attention: 'true', assignee: 'me' }
  const mine = await ask('POST', viewer, ['', { name: 'Mine', filter, sort: 'registered' }])
  expect(mine).toMatchObject({
    status: 201,
    body: {
      ...{ name: 'Mine', sort: 'registered', shared: false, mayChange: true },
      filter: { status: ['on_hold', 'exception'], attention: true, assignee: 'me' },
    },
  })
  const all = await ask('POST', owner, ['', { name: 'For all', filter: { courier: 'Pos Laju' }, shared: true }])
  expect(await namesOf(viewer)).toEqual([
    ['For all', true, false],
    ['Mine', false, true],
  ])
  expect(await namesOf(owner)).toEqual([['For all', true, true]])
  for (const [headers, id, status] of [
    [viewer, all.body.id, 403],
    [owner, mine.body.id, 404],
  ] as const) {
    expect((await ask('PATCH', headers, [`/${id}`, { name: 'Other' }])).status).toBe(status)
    expect((await ask('DELETE', headers, [`/${id}`])).status).toBe(status)
  }
  expect((await ask('POST', viewer, ['', { name: 'Too', filter: {}, shared: true }])).status).toBe(403)
  const changed = await ask('PATCH', owner, [`/${all.body.id}`, { name: 'For everyone', filter: { ended: false } }])
  expect(changed.body).toMatchObject({ name: 'For everyone', filter: { ended: false }, sort: null })
  expect((await ask('DELETE', owner, [`/${all.body.id}`])).status).toBe(204)
  expect(await namesOf(owner)).toEqual([])
  const acts = await world.query(`select act, detail from audit_log where act like 'view.%' order by id`)
  expect(acts).toEqual([
    ...[
      { act: 'view.saved', detail: 'own' },
      { act: 'view.saved', detail: 'shared' },
    ],
    ...[
      { act: 'view.changed', detail: 'shared' },
      { act: 'view.removed', detail: 'shared' },
    ],
  ])
})

test('a name stands once, numbers and orders are not kept, and a key has no views of its own', async () => {
  expect((await ask('POST', viewer, ['', { name: 'mine', filter: {} }])).status).toBe(409)
  expect((await ask('POST', owner, ['', { name: 'Mine', filter: {} }])).status).toBe(201)
  for (const filter of [{ trackingNumber: 'VIEW000001' }, { orderNumber: '1001' }, { colour: 'red' }])
    expect((await ask('POST', owner, ['', { name: 'X', filter }])).status).toBe(400)
  const key = withKey(world.shop.key)
  expect((await ask('POST', key, ['', { name: 'X', filter: {} }])).body.detail).toContain('Only users have views')
  expect((await ask('POST', key, ['', { name: 'By key', filter: {}, shared: true }])).status).toBe(201)
  const other = withKey((await world.addShop('third')).key)
  expect((await ask('GET', other, [''])).body.data).toEqual([])
})

test('a user and a shop have so many views and no more', async () => {
  const fill = (amount: number, id: string | null) =>
    world.query(
      `insert into saved_views (organization_id, user_id, name, filter, changed_at, changed_by)
       select $1, $2, 'View ' || i, '{}', now(), 'console' from generate_series(1, $3::int) i`,
      [world.shop.organizationId, id, amount],
    )
  await fill(viewsMax.own - 1, await userId('viewer@kedai.example'))
  expect((await ask('POST', viewer, ['', { name: 'One more', filter: {} }])).body.detail).toContain('50 views already')
  await fill(viewsMax.shared - 1, null)
  const more = await ask('POST', owner, ['', { name: 'One more', filter: {}, shared: true }])
  expect([more.status, more.body.detail]).toEqual([409, expect.stringContaining('100 views already')])
})

test('who leaves the shop leaves no views there, and a shop that goes takes its own along', async () => {
  const left = async () =>
    (await world.query<{ user_id: string | null }>('select distinct user_id from saved_views order by 1')).map(
      ({ user_id }) => user_id,
    )
  await world.query('delete from memberships where user_id = $1', [await userId('viewer@kedai.example')])
  expect(await left()).toEqual([await userId('owner@kedai.example'), null])
  const [gone] = await world.query<{ id: string }>(
    `insert into organizations (slug, name) values ('gone', 'x') returning id`,
  )
  await world.query(
    `insert into saved_views (organization_id, name, filter, changed_at, changed_by) values ($1, 'x', '{}', now(), 'console')`,
    [gone!.id],
  )
  await world.query('delete from organizations where id = $1', [gone!.id])
  expect(await world.query('select from saved_views where organization_id = $1', [gone!.id])).toEqual([])
})

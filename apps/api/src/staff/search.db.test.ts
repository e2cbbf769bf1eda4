import { randomUUID } from 'node:crypto'
import { createUser } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import type { ShopRole } from '@jejak/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

const password = 'three cups of teh tarik'
const own = 'http://localhost:3000'
const contact = { email: 'aisyah@example.com', phone: '012-345 6789' }

let world: ApiWorld
let other: Shop
const ids: Record<string, string> = {}

const register = async (key: string, payload: object) =>
  (await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(key), payload })).json().id
const add = async (name: string, role: ShopRole, shop = world.shop) => {
  const email = `${name.toLowerCase()}@kedai.example`
  const membership = { organizationId: shop.organizationId, role }
  await createUser(
    { ...world.deps, db: world.db, actor: consoleActor },
    { email, name, password, isOperator: false, membership },
  )
}
const signIn = async (name: string) => {
  const payload = { email: `${name.toLowerCase()}@kedai.example`, password }
  const answer = await world.app.inject({ method: 'POST', url: '/v1/session', headers: { origin: own }, payload })
  return { cookie: String(answer.headers['set-cookie']).split(';')[0]!, origin: own }
}
type Headers = Record<string, string>
type Found = { kind: string; id: string; title: string; detail: string | null; why: string; follow: string }
const search = async (q: string, headers: Headers = withKey(world.shop.key)): Promise<Found[]> => {
  const answer = await world.app.inject({ method: 'POST', url: '/v1/admin/search', headers, payload: { q } })
  expect(answer.statusCode).toBe(200)
  return answer.json().data
}
const get = (q: string, headers: Headers = withKey(world.shop.key)) =>
  world.app.inject({ url: `/v1/admin/search?q=${encodeURIComponent(q)}`, headers })
const foundBy = async (q: string, headers?: Headers) =>
  (await search(q, headers)).map(({ kind, title, why }) => [kind, title, why].join(' '))

beforeAll(async () => {
  world = await createApiWorld()
  other = await world.addShop('kedai-lain')
  ids.first = await register(world.shop.key, { trackingNumber: '632143239945', orderNumber: '1001', contact })
  ids.second = await register(world.shop.key, { trackingNumber: '632143239946', orderNumber: '1002' })
  ids.third = await register(world.shop.key, { trackingNumber: 'EE176239945MY'.slice(0, 11), orderNumber: '239945' })
  await register(other.key, { trackingNumber: '632143239945', orderNumber: '1001', contact })
  await register(other.key, { trackingNumber: 'OTHER239945', orderNumber: '7777' })
  await add('Siti', 'owner')
  await add('Ravi', 'viewer')
  await add('Mei', 'support')
  await add('Stranger', 'owner', other)
})
afterAll(() => world.close())

test('a parcel is found by its number, however it is written, and by its order', async () => {
  const [first, ...others] = await search(' 6321 4323 9945 ')
  expect(others).toEqual([])
  expect(first).toEqual({
    ...{ kind: 'tracking', id: ids.first, title: '632143239945', why: 'number' },
    ...{ detail: 'pending · order 1001', follow: `/v1/trackings/${ids.first}` },
  })
  expect(await foundBy('order #1001')).toEqual(['tracking 632143239945 order'])
})

test('a part of a number is enough: how it begins, or its last six characters; what fits better comes first', async () => {
  expect(await foundBy('6321')).toEqual(['tracking 632143239946 number_begins', 'tracking 632143239945 number_begins'])
  expect(await foundBy('239945')).toEqual(['tracking EE176239945 order', 'tracking 632143239945 number_ends'])
  expect(await foundBy('43239946')).toEqual(['tracking 632143239946 number_ends'])
  expect(await foundBy('321432')).toEqual([])
})

test('a customer’s contact finds their parcels, and stands in no address', async () => {
  for (const typed of ['Aisyah@Example.com', '+60 12-345 6789'])
    expect(await foundBy(typed)).toEqual(['tracking 632143239945 contact'])
  const refused = await get(contact.email)
  expect([refused.statusCode, refused.json().detail]).toEqual([400, expect.stringContaining('body of POST')])
  expect(JSON.stringify(world.logLines())).not.toContain('isyah')
})

test('colleagues are found by name and e-mail address, keys by name and start, by those who may see them', async () => {
  expect(await foundBy('siti')).toEqual(['user Siti email'])
  expect(await foundBy('ei')).toEqual(['user Mei name'])
  const [key] = await search(world.shop.key)
  expect(key).toMatchObject({ kind: 'key', why: 'key', follow: '/v1/keys', detail: `${world.shop.key.slice(0, 11)}…` })
  expect((await get('jejak_boots')).json().data).toHaveLength(1)
  for (const typed of ['siti', 'jejak_boots', `parcel:${ids.first}`])
    expect(await foundBy(typed, await signIn('Mei'))).toEqual([])
})

test('the audit log is found by what something was done to and by the id of a request', async () => {
  const headers = { ...withKey(world.shop.key), 'x-request-id': 'request-of-siti' }
  await world.app.inject({
    method: 'PATCH',
    url: `/v1/trackings/${ids.second}`,
    headers,
    payload: { courier: 'J&T Express' },
  })
  const [object] = await search(`parcel:${ids.second}`)
  expect(object).toMatchObject({ kind: 'audit', why: 'object', detail: expect.stringContaining('parcels.changed') })
  expect((await world.app.inject({ url: object!.follow, headers: withKey(world.shop.key) })).json().data).not.toEqual(
    [],
  )
  const [entry] = await search('request-of-siti')
  expect(entry).toMatchObject({ kind: 'audit', title: 'parcels.changed', why: 'request' })
  const followed = await world.app.inject({ url: entry!.follow, headers: withKey(world.shop.key) })
  expect(followed.json().data).toMatchObject([{ id: entry!.id, requestId: 'request-of-siti' }])
})

test('a check that someone asked for is found by its id, by those who may follow it', async () => {
  const url = `/v1/admin/trackings/${ids.second}/refresh`
  const { job } = (await world.app.inject({ method: 'POST', url, headers: withKey(world.shop.key) })).json()
  expect(await search(job.id)).toMatchObject([{ kind: 'job', id: job.id, follow: job.follow }])
  expect(await search(job.id, withKey(other.key))).toEqual([])
  expect(await search(job.id, await signIn('Ravi'))).toEqual([])
  expect(await search(randomUUID())).toEqual([])
})

test('who may only look finds parcels by number and order, and none by a contact', async () => {
  const ravi = await signIn('Ravi')
  expect(await foundBy('632143239945', ravi)).toEqual(['tracking 632143239945 number'])
  expect(await foundBy(contact.email, ravi)).toEqual([])
  expect(await foundBy(contact.email, await signIn('Mei'))).toEqual(['tracking 632143239945 contact'])
  const backEnd = withKey(await world.addKey(world.shop.organizationId, ['trackings:read']))
  expect((await get('632143239945', backEnd)).statusCode).toBe(403)
})

test('nothing of another shop is ever found', async () => {
  for (const typed of [
    'OTHER',
    'OTHER239945',
    '7777',
    'Stranger',
    'stranger@kedai.example',
    `shop:${other.organizationId}`,
  ])
    expect([typed, await search(typed)]).toEqual([typed, []])
  expect(await foundBy('239945', withKey(other.key))).toEqual([
    'tracking OTHER239945 number_ends',
    'tracking 632143239945 number_ends',
  ])
})

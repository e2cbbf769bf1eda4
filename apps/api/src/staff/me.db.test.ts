import { createUser } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import type { ShopRole } from '@jejak/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

const password = 'three cups of teh tarik'
const own = 'http://localhost:3000'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
  await add('Nur Aisyah', 'owner')
  await add('Siti', 'admin')
  await add('Ravi', 'viewer')
  await world.query(`update organizations set slug = 'kedai-buku', name = 'Kedai Buku'`)
})
afterAll(() => world.close())

const add = async (name: string, role: ShopRole | null, isOperator = false) => {
  const membership = role && { organizationId: world.shop.organizationId, role }
  const email = `${name.toLowerCase().replace(' ', '.')}@kedai.example`
  const actor = consoleActor
  return createUser({ ...world.deps, db: world.db, actor }, { email, name, password, isOperator, membership })
}
const signIn = async (name: string) => {
  const payload = { email: `${name.toLowerCase().replace(' ', '.')}@kedai.example`, password }
  const answer = await world.app.inject({ method: 'POST', url: '/v1/session', headers: { origin: own }, payload })
  return { cookie: String(answer.headers['set-cookie']).split(';')[0]!, origin: own }
}
const get = (url: string, headers: Record<string, string>) => world.app.inject({ url, headers })

test('someone who is signed in is told who they are, their shops and what they may do', async () => {
  const me = (await get('/v1/admin/me', await signIn('Ravi'))).json()
  expect(me).toEqual({
    ...{ kind: 'user', id: expect.any(String), name: 'Ravi', email: 'ravi@kedai.example', isOperator: false },
    shop: { slug: 'kedai-buku', name: 'Kedai Buku', role: 'viewer' },
    shops: [{ slug: 'kedai-buku', name: 'Kedai Buku', role: 'viewer' }],
    permissions: expect.arrayContaining(['parcels:read', 'overview:read', 'me:read']),
    ...{ demo: false, timezone: 'Asia/Kuala_Lumpur', now: '2026-03-02T04:00:00.000Z' },
  })
  expect(me.permissions).not.toContain('parcels:write')
})

test('an operator who belongs to no shop has no shop, and what is of the installation', async () => {
  await add('Boss', null, true)
  const me = (await get('/v1/admin/me', await signIn('Boss'))).json()
  expect(me).toMatchObject({ isOperator: true, shop: null, shops: [] })
  expect(me.permissions).toContain('system:read')
})

test('a key is told its name and its shop', async () => {
  const key = await world.addKey(world.shop.organizationId, ['shop:admin'])
  expect((await get('/v1/admin/me', withKey(key))).json()).toMatchObject({
    ...{ kind: 'key', name: 'test', email: null, isOperator: false, shops: [] },
    shop: { slug: 'kedai-buku', name: 'Kedai Buku', role: null },
  })
})

test('whoever lacks a permission learns whom to ask: those of the shop who have it and can sign in', async () => {
  const { id } = await add('Gone', 'owner')
  await world.query('update users set disabled_at = now() where id = $1', [id])
  const other = await world.addShop('kedai-lain')
  await world.query(
    'insert into memberships (organization_id, user_id, role) select $1, id, $2 from users where name = $3',
    [...[other.organizationId, 'owner', 'Ravi']],
  )
  const asked = await get('/v1/admin/permissions/team:change/holders', await signIn('Ravi'))
  expect(asked.json()).toEqual({
    permission: 'team:change',
    what: 'invite people, change their roles, take them out of the shop',
    roles: ['owner', 'admin'],
    isOfOperators: false,
    holders: [
      { name: 'Siti', role: 'admin' },
      { name: 'Nur Aisyah', role: 'owner' },
    ],
  })
  await world.query(`update users set name = '', email = 'gudang@kedai.example' where name = 'Siti'`)
  const nameless = await get('/v1/admin/permissions/settings:change/holders', await signIn('Ravi'))
  expect(nameless.json()).toMatchObject({ what: 'change the shop’s settings', holders: [{ name: 'gudang' }, {}] })
  const ofOperators = await get('/v1/admin/permissions/system:read/holders', await signIn('Ravi'))
  expect(ofOperators.json()).toMatchObject({ isOfOperators: true, roles: [], holders: [] })
  expect((await get('/v1/admin/permissions/no:such/holders', await signIn('Ravi'))).statusCode).toBe(404)
})

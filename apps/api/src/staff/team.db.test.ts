import { createUser, setRights } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import type { ShopRole } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

const password = 'three cups of teh tarik'
const own = 'http://localhost:3000'

let world: ApiWorld
const ids: Record<string, string> = {}
const by = () => ({ ...world.deps, db: world.db, actor: consoleActor })
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.query(
    'truncate users, memberships, sessions, sign_in_attempts, user_addresses, account_links, user_totp, recovery_codes cascade',
  )
  for (const role of ['owner', 'admin', 'viewer'] as const) await add(role, role)
})

const add = async (name: string, role: ShopRole) => {
  const membership = { organizationId: world.shop.organizationId, role }
  const email = `${name}@kedai.example`
  ids[name] = (await createUser(by(), { email, name, password, isOperator: false, membership })).id
}
const signIn = async (name: string): Promise<Record<string, string>> => {
  const payload = { email: `${name}@kedai.example`, password }
  const answer = await world.app.inject({ method: 'POST', url: '/v1/session', headers: { origin: own }, payload })
  return { cookie: String(answer.headers['set-cookie']).split(';')[0]!, origin: own }
}
const ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, asked: { headers: object; payload?: object }) =>
  world.app.inject({ method, url, ...asked } as never)
const acts = async () =>
  (await world.query<{ act: string; actor: string }>('select act, actor from audit_log order by id desc limit 1'))[0]

describe('the team of a shop', () => {
  test('is listed with roles and who invited people wait, and a link brings one in', async () => {
    const headers = await signIn('owner')
    const invited = await ask('POST', '/v1/team/invitations', {
      ...{ headers, payload: { email: 'new@kedai.example', role: 'support' } },
    })
    expect([invited.statusCode, await acts()]).toEqual([201, { act: 'invitation.created', actor: `user:${ids.owner}` }])
    const team = (await ask('GET', '/v1/team', { headers })).json()
    expect(team.data.map(({ email, role }: Record<string, string>) => [email, role])).toEqual([
      ['admin@kedai.example', 'admin'],
      ['owner@kedai.example', 'owner'],
      ['viewer@kedai.example', 'viewer'],
    ])
    expect(team.data[1]).toMatchObject({ totp: false, isDisabled: false, lastSeenAt: '2026-03-02T04:00:00.000Z' })
    expect(team.invitations).toMatchObject([{ id: invited.json().id, email: 'new@kedai.example', role: 'support' }])
    const token = new URL(invited.json().link).hash.slice(1)
    const payload = { token, name: 'New', password: 'another good one, 12' }
    expect((await ask('POST', '/v1/links/use', { headers: {}, payload })).statusCode).toBe(200)
    expect((await ask('GET', '/v1/team', { headers })).json()).toMatchObject({ invitations: [], data: { length: 4 } })
  })

  test('an invitation that was withdrawn opens nothing', async () => {
    const headers = await signIn('admin')
    const payload = { email: 'new@kedai.example', role: 'viewer' }
    const { id, link } = (await ask('POST', '/v1/team/invitations', { headers, payload })).json()
    expect((await ask('DELETE', `/v1/team/invitations/${id}`, { headers })).statusCode).toBe(204)
    const look = await ask('POST', '/v1/links/look', { headers: {}, payload: { token: new URL(link).hash.slice(1) } })
    expect(look.statusCode).toBe(404)
    expect((await ask('DELETE', `/v1/team/invitations/${id}`, { headers })).statusCode).toBe(404)
  })

  test('a member who gets another role, or is removed, is signed out with the next request', async () => {
    const [headers, viewer] = [await signIn('owner'), await signIn('viewer')]
    const url = `/v1/team/${ids.viewer}`
    expect((await ask('PATCH', url, { headers, payload: { role: 'dispatcher' } })).statusCode).toBe(204)
    expect((await ask('GET', '/v1/session', { headers: viewer })).statusCode).toBe(401)
    const again = await signIn('viewer')
    expect((await ask('DELETE', url, { headers })).statusCode).toBe(204)
    expect((await ask('GET', '/v1/session', { headers: again })).statusCode).toBe(401)
    expect((await ask('DELETE', url, { headers })).statusCode).toBe(404)
    expect(await acts()).toEqual({ act: 'user.role_changed', actor: `user:${ids.owner}` })
  })

  test('an admin makes no owners and removes none; a viewer sees no team', async () => {
    const headers = await signIn('admin')
    const refused = [
      await ask('PATCH', `/v1/team/${ids.viewer}`, { headers, payload: { role: 'owner' } }),
      await ask('PATCH', `/v1/team/${ids.owner}`, { headers, payload: { role: 'viewer' } }),
      await ask('DELETE', `/v1/team/${ids.owner}`, { headers }),
      await ask('POST', '/v1/team/invitations', { headers, payload: { email: 'x@kedai.example', role: 'owner' } }),
      await ask('GET', '/v1/team', { headers: await signIn('viewer') }),
    ]
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403, 403])
  })

  test('keeps its last owner, also when two owners remove each other at once', async () => {
    const headers = await signIn('owner')
    const alone = await ask('DELETE', `/v1/team/${ids.owner}`, { headers })
    expect([alone.statusCode, alone.json().detail]).toEqual([409, expect.stringContaining('last owner')])
    await add('second', 'owner')
    const [one, two] = [await signIn('owner'), await signIn('second')]
    await Promise.all([
      ask('DELETE', `/v1/team/${ids.second}`, { headers: one }),
      ask('DELETE', `/v1/team/${ids.owner}`, { headers: two }),
    ])
    expect(await world.query(`select from memberships where role = 'owner'`)).toHaveLength(1)
  })

  test('is no matter of keys', async () => {
    const payload = { email: 'x@kedai.example', role: 'viewer' }
    const asked = await ask('POST', '/v1/team/invitations', { headers: withKey(world.shop.key), payload })
    expect([asked.statusCode, asked.json().detail]).toEqual([
      403,
      'This needs the permission team:change: users have it, and no key.',
    ])
  })
})

describe('the keys of a shop', () => {
  test('are created and shown once, listed with their last use, and revoked', async () => {
    const headers = await signIn('owner')
    const payload = { name: 'till', scopes: ['trackings:read'], expiresAt: '2027-01-31T00:00:00Z' }
    const made = await ask('POST', '/v1/keys', { headers, payload })
    expect(made.statusCode).toBe(201)
    const { id, key, prefix } = made.json()
    expect((await ask('GET', '/v1/trackings', { headers: withKey(key) })).statusCode).toBe(200)
    const list = () => ask('GET', '/v1/keys', { headers })
    await expect
      .poll(async () => (await list()).json().data[0])
      .toMatchObject({ id, prefix, name: 'till', scopes: ['trackings:read'], lastUsedAt: '2026-03-02T04:00:00.000Z' })
    expect((await list()).body).not.toContain(key)
    expect((await ask('DELETE', `/v1/keys/${id}`, { headers })).statusCode).toBe(204)
    expect((await list()).json().data[0].revokedAt).toBe('2026-03-02T04:00:00.000Z')
    expect((await ask('DELETE', `/v1/keys/${id}`, { headers })).statusCode).toBe(404)
  })

  test('never get the scope of operators, nor end before they begin, and no viewer sees them', async () => {
    const headers = await signIn('owner')
    const make = (payload: object) => ask('POST', '/v1/keys', { headers, payload })
    expect((await make({ name: 'x', scopes: ['operator'] })).statusCode).toBe(400)
    expect((await make({ name: 'x', scopes: [] })).statusCode).toBe(400)
    const past = { name: 'x', scopes: ['trackings:read'], expiresAt: '2026-03-01T00:00:00Z' }
    expect((await make(past)).statusCode).toBe(400)
    expect((await ask('GET', '/v1/keys', { headers: await signIn('viewer') })).statusCode).toBe(403)
  })
})

test('who loses the right between the beginning of a request and its act is refused', async () => {
  const headers = await signIn('admin')
  const membership = { organizationId: world.shop.organizationId, role: 'viewer' } as const
  const [asked] = await Promise.all([
    ask('POST', '/v1/team/invitations', { headers, payload: { email: 'x@kedai.example', role: 'viewer' } }),
    setRights(by(), { email: 'admin@kedai.example', membership }),
  ])
  const invitations = await world.query('select from account_links')
  expect(invitations).toHaveLength(asked.statusCode === 201 ? 1 : 0)
})

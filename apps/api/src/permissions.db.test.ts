import {
  createKey,
  createUser,
  grants,
  inviteUser,
  type Permission,
  permissionsOfKey,
  permissionsOfUser,
  scopesOf,
} from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { type ApiScope, apiScopes, type ShopRole, shopRoles } from '@jejak/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from './testing/api-world.ts'

const own = 'http://localhost:3000'
const password = 'three cups of teh tarik'

type Operation = { name: string; method: string; url: string; permission: Permission | null; isAccount: boolean }

const number = 'JT0000000009'
const stranger = 'member of another shop'
const buyer = 'buyer with a link'

let world: ApiWorld
let linkKey: string
let operations: Operation[]
const headersOf: Record<string, Record<string, string>> = {}

const signIn = async (email: string): Promise<Record<string, string>> => {
  const payload = { email, password }
  const answer = await world.app.inject({ method: 'POST', url: '/v1/session', headers: { origin: own }, payload })
  return { cookie: String(answer.headers['set-cookie']).split(';')[0]!, origin: own }
}

const addUser = async (
  email: string,
  role: ShopRole | null,
  { isOperator = false, shop = world.shop.organizationId } = {},
) => {
  const membership = role && { organizationId: shop, role }
  await createUser(
    { ...world.deps, db: world.db, actor: consoleActor },
    { email, name: '', password, isOperator, membership },
  )
  return signIn(email)
}

beforeAll(async () => {
  world = await createApiWorld({ LIMIT_PUBLIC_MISSES: '10000' })
  const { paths } = (await world.app.inject({ url: '/openapi.json' })).json()
  operations = Object.entries<Record<string, { security?: object[]; description?: string }>>(paths).flatMap(
    ([path, item]) =>
      Object.entries(item).map(([method, { security, description }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method,
        // A stream of a parcel that is there would never end.
        url: `${path}${path.endsWith('/events') ? '?end=now' : ''}`
          .replace('{trackingNumber}', path.endsWith('/live') ? '1' : number)
          .replaceAll(/\{\w+\}/g, '999999'),
        permission: (/permission `([\w:]+)`/.exec(description ?? '')?.[1] as Permission | undefined) ?? null,
        isAccount: security !== undefined && !security.some((one) => 'apiKey' in one),
      })),
  )
  headersOf.anonymous = {}
  headersOf[buyer] = {}
  const asShop = { method: 'POST', headers: withKey(world.shop.key) } as const
  const made = await world.app.inject({ ...asShop, url: '/v1/trackings', payload: { trackingNumber: number } })
  const link = await world.app.inject({ ...asShop, url: `/v1/trackings/${made.json().id}/link`, payload: {} })
  linkKey = new URL(link.json().url).searchParams.get('k')!
  for (const scope of apiScopes) headersOf[scope] = withKey(await world.addKey(world.shop.organizationId, [scope]))
  for (const role of shopRoles) headersOf[role] = await addUser(`${role}@kedai.example`, role)
  const other = await world.addShop('another')
  headersOf[stranger] = await addUser('boss@another.example', 'owner', { shop: other.organizationId })
  headersOf['operator (user)'] = await addUser('operator@kedai.example', null, { isOperator: true })
})
afterAll(() => world.close())

/** What a caller is let in to, by the one table of permissions. */
const mayOf = (caller: string): ReadonlySet<Permission> => {
  if (caller === 'anonymous' || caller === buyer) return new Set()
  if (caller === stranger) return permissionsOfUser({ role: 'owner', isOperator: false })
  if (caller === 'operator (user)') return permissionsOfUser({ role: null, isOperator: true })
  if (apiScopes.includes(caller as ApiScope)) return permissionsOfKey([caller as ApiScope])
  return permissionsOfUser({ role: caller as ShopRole, isOperator: false })
}
const isUser = (caller: string): boolean => 'cookie' in (headersOf[caller] ?? {})
const callers = ['anonymous', buyer, stranger, ...apiScopes, ...shopRoles, 'operator (user)']

const verdictOf = ({ permission, isAccount }: Operation, caller: string): 'in' | 401 | 403 => {
  if (isAccount) return isUser(caller) ? 'in' : 401
  if (permission === null) return 'in'
  if (caller === 'anonymous' || caller === buyer) return 401
  return mayOf(caller).has(permission) ? 'in' : 403
}

describe('every route, for everyone who may ask', () => {
  test.each(callers)('%s is let in where the table says so, and nowhere else', async (caller) => {
    for (const operation of operations) {
      // Signing out, or ending sessions, would end the one that asks on.
      if (operation.name.startsWith('DELETE /v1/session')) continue
      const { statusCode } = await world.app.inject({
        method: operation.method.toUpperCase() as 'GET',
        url: caller === buyer ? `${operation.url}?k=${linkKey}` : operation.url,
        headers: headersOf[caller] ?? {},
        // A body that no route takes: who is let in is refused for that, and nothing happens.
        ...(!['get', 'delete'].includes(operation.method) && {
          payload: '[',
          headers: { ...headersOf[caller], 'content-type': 'application/json' },
        }),
      })
      expect([operation.name, statusCode < 500 && statusCode !== 429]).toEqual([operation.name, true])
      const seen = statusCode === 401 || statusCode === 403 ? statusCode : 'in'
      expect([operation.name, seen]).toEqual([operation.name, verdictOf(operation, caller)])
    }
  })

  test('a refusal says which permission is missing, to a key and to a user', async () => {
    const ask = (caller: string) =>
      world.app.inject({ method: 'PATCH', url: '/v1/shop', headers: headersOf[caller]!, payload: {} })
    expect((await ask('trackings:read')).json().detail).toBe(
      'This needs the permission shop:change: a key with the scope shop:admin has it.',
    )
    expect((await ask('viewer')).json().detail).toBe(
      'This needs the permission shop:change, which your role does not have.',
    )
  })
})

test('an owner of another shop finds nothing of this one, wherever a route takes an id', async () => {
  const payload = { trackingNumber: 'JT0000000008' }
  const parcel = (
    await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: headersOf.owner!, payload })
  ).json()
  const deps = { ...world.deps, db: world.db, actor: consoleActor }
  const { organizationId } = world.shop
  const invited = await inviteUser(deps, { email: 'new@kedai.example', organizationId, role: 'viewer' })
  const key = await createKey(deps, { organizationId, name: 'till', scopes: ['trackings:read'], expiresAt: null })
  const [member] = await world.query<{ id: string }>(`select id from users where email = 'viewer@kedai.example'`)
  const view = (
    await world.app.inject({
      ...{ method: 'POST', url: '/v1/admin/views', headers: headersOf.owner! },
      payload: { name: 'Held', filter: { status: 'on_hold' }, shared: true },
    })
  ).json()
  const idOf: [RegExp, string][] = [
    [/\/views\//, view.id],
    [/\/invitations\//, invited.id],
    [/\/team\//, member!.id],
    [/\/keys\//, key.id],
    [/\/jobs\//, '00000000-0000-4000-8000-000000000000'],
    [/\/connections\//, world.shop.connectionId],
    [/./, parcel.id],
  ]
  const bodies: Record<string, object> = {
    'PATCH /v1/team/{id}': { role: 'owner' },
    'PATCH /v1/trackings/{id}': { courier: null },
    'PATCH /v1/admin/views/{id}': { name: 'Mine' },
    'POST /v1/admin/connections/{id}/budget': { extraCalls: 1 },
    'POST /v1/admin/trackings/{id}/notes': { text: 'asked the courier' },
  }
  const asked = operations.filter(({ name, permission }) => name.includes('{id}') && mayOf(stranger).has(permission!))
  expect(asked.length).toBeGreaterThan(7)
  for (const { name } of asked) {
    const [method, path = ''] = name.split(' ') as ['GET', string]
    const url = path.replace('{noteId}', '1').replace('{id}', idOf.find(([pattern]) => pattern.test(path))![1])
    const body = bodies[name] ?? {}
    const answer = await world.app.inject({
      ...{ method, url, headers: headersOf[stranger]! },
      ...(!['GET', 'DELETE'].includes(method) && { payload: body }),
    })
    expect([name, answer.statusCode]).toEqual([name, 404])
  }
  expect((await world.app.inject({ url: `/v1/trackings/${parcel.id}`, headers: headersOf.viewer! })).statusCode).toBe(
    200,
  )
})

test('a user of another shop sees and changes nothing of this one', async () => {
  const other = await world.addShop('other')
  const headers = await addUser('boss@other.example', 'owner', { shop: other.organizationId })
  const payload = { trackingNumber: 'JT0000000001' }
  const mine = await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: headersOf.owner!, payload })
  expect(mine.statusCode).toBe(201)
  const { id } = mine.json()
  for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
    const answer = await world.app.inject({
      method,
      url: `/v1/trackings/${id}`,
      headers,
      ...(method === 'PATCH' && { payload: { courier: null } }),
    })
    expect([method, answer.statusCode]).toEqual([method, 404])
  }
  expect((await world.app.inject({ url: '/v1/trackings', headers })).json().data).toEqual([])
  expect((await world.app.inject({ url: `/v1/trackings/${id}`, headers: headersOf.viewer! })).statusCode).toBe(200)
})

test('what a user changes is named in the log of changes as theirs', async () => {
  const payload = { trackingNumber: 'JT0000000002' }
  await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: headersOf.support!, payload })
  const [entry] = await world.query<{ by: string }>(
    `select triggered_by as by from tracking_update_logs where tracking_number = 'JT0000000002'`,
  )
  expect(entry?.by).toMatch(/^user:\d+$/)
})

test('a page of another site changes nothing with the session of who looks at it', async () => {
  const headers = { ...headersOf.owner, origin: 'https://evil.example' }
  const answer = await world.app.inject({ method: 'PATCH', url: '/v1/shop', headers, payload: { name: 'Mine' } })
  expect(answer.statusCode).toBe(403)
})

test('the table in docs/permissions.md is the one that decides', async () => {
  const mark = (yes: boolean) => (yes ? '●' : '')
  const rows = (Object.keys(grants) as Permission[]).map((name) => {
    const users = shopRoles.map((role) => mark(permissionsOfUser({ role, isOperator: false }).has(name)))
    const scopes = scopesOf(grants[name]).map((scope) => `\`${scope}\``)
    const operator = mark(permissionsOfUser({ role: null, isOperator: true }).has(name))
    return `| \`${name}\` | ${grants[name].what} | ${scopes.join(', ') || 'none'} | ${[...users, operator].join(' | ')} |`
  })
  const routes = operations
    .map((operation) => {
      const { name, permission, isAccount } = operation
      const needs = permission ? `\`${permission}\`` : isAccount ? 'a session' : 'anyone'
      const open = ['anonymous', buyer].map((caller) => mark(verdictOf(operation, caller) === 'in'))
      const inOther = verdictOf(operation, stranger) === 'in' ? (permission ? 'their own shop' : '●') : ''
      return `| \`${name}\` | ${[needs, ...open, inOther].join(' | ')} |`
    })
    .toSorted()
  const text = [
    '# Permissions',
    '',
    'Made by `apps/api/src/permissions.db.test.ts` from the table in `packages/core/src/access/permissions.ts` and from the routes; do not edit. That test also asks every',
    'route as every kind of caller. After a change, `vitest run --project db apps/api/src/permissions.db.test.ts -u` writes this page again.',
    '',
    '## Who may do what',
    '',
    `| Permission | What | Scope of a key | ${[...shopRoles, 'operator'].join(' | ')} |`,
    `| --- | --- | --- | ${[...shopRoles, 'operator'].map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    'A user has a role in each shop. An operator runs the installation and may have no role in any shop. A key has what its scopes say, the scope `operator` too.',
    '',
    '## What each route needs',
    '',
    `| Route | Needs | anonymous | ${buyer} | ${stranger} |`,
    '| --- | --- | --- | --- | --- |',
    ...routes,
    '',
  ].join('\n')
  await expect(text).toMatchFileSnapshot('../../../docs/permissions.md')
})

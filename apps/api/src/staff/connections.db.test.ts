import { createUser } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import type { ShopRole } from '@jejak/db'
import { type Simulator, startSimulator } from '@jejak/easyparcel-simulator'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

const own = 'http://localhost:3000'
const password = 'three cups of teh tarik'
const callback = '/oauth/easyparcel/callback'

type Headers = Record<string, string>
type Asked = { headers?: Headers; payload?: object }

let world: ApiWorld
let simulator: Simulator
const app = { clientId: 'app', clientSecret: 'secret of the app' }
beforeAll(async () => {
  const accounts = ['kedai', 'gudang', 'pasar'].map((id) => ({ id, ...app }))
  simulator = await startSimulator({ accounts })
  world = await createApiWorld({
    EASYPARCEL_BASE_URL: simulator.url,
    EASYPARCEL_CLIENT_ID: app.clientId,
    EASYPARCEL_CLIENT_SECRET: app.clientSecret,
  })
})
afterAll(async () => {
  await world.close()
  await simulator.close()
})
beforeEach(async () => {
  world.clock.set('2026-03-02T04:00:00Z')
  await world.query(
    'truncate users, memberships, sessions, connection_logins, user_addresses, sign_in_attempts cascade',
  )
  await world.query('delete from tracking_cache')
  await world.query('delete from audit_log')
  await world.query('delete from connections where id <> $1', [world.shop.connectionId])
  await world.query(
    `update connections set sealed_access_token = null, sealed_refresh_token = null, connected_at = null, disconnected_at = null, name = '',
            environment = null, is_default = false, held_since = null, held_until = null, held_reason = null, extra_day = null, extra_calls = 0,
            pause_reason = null, paused_until = null, refresh_refused_at = null, access_token_expires_at = null, calls_used = 0, calls_manual = 0`,
  )
})

const ask = (method: 'GET' | 'POST' | 'PATCH', url: string, asked: Asked = {}) =>
  world.app.inject({ method, url, ...asked } as never)
const signIn = async (role: ShopRole = 'owner'): Promise<Headers> => {
  const email = `${role}@kedai.example`
  const membership = { organizationId: world.shop.organizationId, role }
  const by = { ...world.deps, db: world.db, actor: consoleActor }
  const known = await world.query('select from users where email = $1', [email])
  if (known.length === 0) await createUser(by, { email, name: role, password, isOperator: false, membership })
  const answer = await ask('POST', '/v1/session', { headers: { origin: own }, payload: { email, password } })
  return { cookie: String(answer.headers['set-cookie']).split(';')[0]!, origin: own }
}
const begin = async (headers: Headers, payload: object = { environment: 'live' }): Promise<URL> => {
  const answer = await ask('POST', '/v1/admin/connections/authorise', { headers, payload })
  expect([answer.statusCode, answer.json().detail]).toEqual([200, undefined])
  return new URL(answer.json().loginUrl)
}
/** Logs in at EasyParcel with one of the three accounts; answers where it sends the browser. */
const logIn = async (login: URL, account = 'kedai'): Promise<URL> => {
  login.searchParams.set('account', account)
  const sent = await fetch(login, { redirect: 'manual' })
  return new URL(sent.headers.get('location') ?? '')
}
const comeBack = ({ pathname, search }: URL, headers: Headers = {}) =>
  ask('GET', pathname + search, { headers: headers.cookie ? { cookie: headers.cookie } : {} })
const connect = async (
  headers: Headers,
  { account = 'kedai', ...payload }: { account?: string; [field: string]: string },
) => comeBack(await logIn(await begin(headers, { environment: 'live', ...payload }), account), headers)
const connections = async (headers: Headers) => (await ask('GET', '/v1/admin/connections', { headers })).json().data
const acts = async () =>
  (await world.query<{ act: string; result: string }>('select act, result from audit_log order by id')).map(
    ({ act, result }) => (result === 'done' ? act : `${act} ${result}`),
  )
const stored = () =>
  world.query<{ id: string; access: string | null; refresh: string | null }>(
    'select id, sealed_access_token as access, sealed_refresh_token as refresh from connections order by id',
  )

describe('connecting EasyParcel in the browser', () => {
  test('takes the person to EasyParcel and back to where they were, and seals the tokens', async () => {
    const headers = await signIn()
    const login = await begin(headers, { environment: 'live', name: 'Main shop', returnTo: '/console/setup?step=2' })
    expect(login.origin + login.pathname).toBe(`${simulator.url}/oauth/login`)
    expect(login.searchParams.get('redirect_uri')).toBe(`${own}${callback}`)
    const back = await logIn(login)
    const answer = await comeBack(back, headers)
    const id = world.shop.connectionId
    expect([answer.statusCode, answer.headers.location]).toEqual([
      303,
      `${own}/console/setup?step=2&easyparcel=connected&connection=${id}`,
    ])
    expect(answer.headers['referrer-policy']).toBe('no-referrer')
    expect(await connections(headers)).toMatchObject([
      {
        ...{ id, name: 'Main shop', environment: 'live', isDefault: true, isAuthorised: true, needs: null },
        token: { renewsItself: true, refusedAt: null },
      },
    ])
    const [{ access, refresh } = { access: null, refresh: null }] = await stored()
    const opened = [access, refresh].map((sealed) => world.deps.tokenSealer.open(sealed ?? ''))
    const log = JSON.stringify(world.logLines())
    for (const secret of [...opened, back.searchParams.get('code')!, back.searchParams.get('state')!])
      expect(log.includes(secret)).toBe(false)
    expect(await acts()).toEqual(['user.created', 'session.started', 'connection.login_begun', 'connection.connected'])
  })

  test('shows a page when there is no place to go back to', async () => {
    const answer = await connect(await signIn(), {})
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(answer.body).toContain('EasyParcel is connected')
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
  })

  test('uses each login once, also when the browser comes twice at the same moment', async () => {
    const headers = await signIn()
    const back = await logIn(await begin(headers))
    const answers = await Promise.all([comeBack(back, headers), comeBack(back, headers)])
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 400])
    const again = await comeBack(back, headers)
    expect([again.statusCode, again.body]).toEqual([400, expect.stringContaining('was used already')])
    expect((await acts()).filter((act) => act === 'connection.connected')).toHaveLength(1)
  })

  test('takes no login of another browser, of another session, or of no one', async () => {
    const headers = await signIn()
    const back = await logIn(await begin(headers))
    const other = await signIn('admin')
    for (const [who, status] of [
      [other, 400],
      [await signIn(), 400],
      [{}, 401],
    ] as const)
      expect([(await comeBack(back, who)).statusCode, status]).toEqual([status, status])
    expect((await stored())[0]?.access).toBeNull()
    expect((await comeBack(back, headers)).statusCode).toBe(200)
  })

  test('takes no state that no one began, none of ten minutes ago, and no answer without a code', async () => {
    const headers = await signIn()
    const made = await comeBack(new URL(`${own}${callback}?code=x&state=made-up`), headers)
    expect([made.statusCode, made.body]).toEqual([400, expect.stringContaining('no login that was begun')])
    expect((await comeBack(new URL(`${own}${callback}`), headers)).statusCode).toBe(400)
    expect((await comeBack(new URL(`${own}${callback}?state=a&state=b&code=c`), headers)).statusCode).toBe(400)
    const back = await logIn(await begin(headers))
    world.clock.advance(600_001)
    expect((await comeBack(back, headers)).body).toContain('more than ten minutes ago')
    expect((await stored())[0]?.access).toBeNull()
  })

  test('tells of a consent that was not given, and of a code that EasyParcel refuses', async () => {
    const headers = await signIn()
    const login = await begin(headers, { environment: 'live', returnTo: '/console' })
    const state = login.searchParams.get('state')
    const denied = await comeBack(new URL(`${own}${callback}?error=access_denied&state=${state}`), headers)
    expect(denied.headers.location).toBe(`${own}/console?easyparcel=denied`)
    const second = (await begin(headers)).searchParams.get('state')
    const refused = await comeBack(new URL(`${own}${callback}?code=made-up&state=${second}`), headers)
    expect([refused.statusCode, refused.body]).toEqual([
      400,
      expect.stringMatching(/refused to give tokens.*Nothing was changed/),
    ])
    expect((await stored())[0]?.access).toBeNull()
    expect((await acts()).filter((act) => act === 'connection.connected refused')).toHaveLength(2)
  })

  test('is refused to someone who lost the right on the way, and to roles and keys that never had it', async () => {
    const headers = await signIn('admin')
    const back = await logIn(await begin(headers))
    await world.query(`update memberships set role = 'viewer'`)
    const answer = await comeBack(back, headers)
    expect([answer.statusCode, answer.body]).toEqual([403, expect.stringContaining('connections:change')])
    expect((await stored())[0]?.access).toBeNull()
    const payload = { environment: 'live' }
    for (const [who, status] of [
      [await signIn('support'), 403],
      [withKey(world.shop.key), 403],
      [{}, 401],
    ] as const)
      expect((await ask('POST', '/v1/admin/connections/authorise', { headers: who, payload })).statusCode).toBe(status)
  })

  test.each([
    '//evil.example',
    '/.//evil.example/x',
    '/..//evil.example',
    '/a/..//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    'console',
    '/a\nb',
    `/${'x'.repeat(500)}`,
  ])('never sends anyone to another site: %j is no place to come back to', async (returnTo) => {
    const headers = await signIn()
    const payload = { environment: 'live', returnTo }
    const answer = await ask('POST', '/v1/admin/connections/authorise', { headers, payload })
    expect(answer.statusCode).toBe(400)
  })

  test('asks for the environment', async () => {
    const answer = await ask('POST', '/v1/admin/connections/authorise', { headers: await signIn(), payload: {} })
    expect([answer.statusCode, answer.json().errors]).toEqual([400, [expect.objectContaining({ path: 'environment' })]])
  })

  test('keeps ten logins of a session, so that no one fills the table', async () => {
    const headers = await signIn()
    for (let time = 0; time < 12; time++) await begin(headers)
    expect(await world.query('select from connection_logins')).toHaveLength(10)
  })
})

describe('several accounts of a shop', () => {
  test('are connected beside each other, and the first one is the default until another is made it', async () => {
    const headers = await signIn()
    await connect(headers, { account: 'kedai', name: 'Main shop' })
    await connect(headers, { account: 'gudang', name: 'Warehouse' })
    await connect(headers, { account: 'pasar', name: 'Market', environment: 'sandbox' })
    const three = await connections(headers)
    expect(three).toMatchObject([
      { name: 'Main shop', environment: 'live', isDefault: true },
      { name: 'Warehouse', environment: 'live', isDefault: false },
      { name: 'Market', environment: 'sandbox', isDefault: false },
    ])
    const changed = await ask('PATCH', `/v1/admin/connections/${three[2].id}`, {
      headers,
      payload: { isDefault: true },
    })
    expect([changed.statusCode, changed.json().isDefault]).toEqual([200, true])
    expect((await connections(headers)).map(({ isDefault }: { isDefault: boolean }) => isDefault)).toEqual([
      false,
      false,
      true,
    ])
    const taken = await ask('PATCH', `/v1/admin/connections/${three[2].id}`, {
      headers,
      payload: { name: 'WAREHOUSE' },
    })
    expect(taken.statusCode).toBe(409)
    expect(await acts()).toContain('connection.made_default')
  })

  test('have one default and each its own name, whoever changes them at the same moment', async () => {
    const headers = await signIn()
    for (const account of ['kedai', 'gudang', 'pasar']) await connect(headers, { account, name: account })
    const three = await connections(headers)
    const [first, second, third] = three.map(({ id }: { id: string }) => `/v1/admin/connections/${id}`)
    const together = (payloads: [url: string, payload: object][]) =>
      Promise.all(payloads.map(async ([url, payload]) => (await ask('PATCH', url, { headers, payload })).statusCode))
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await together([first, second, third].map((url) => [url, { isDefault: true }]))).toEqual([200, 200, 200])
      expect((await connections(headers)).filter(({ isDefault }: { isDefault: boolean }) => isDefault)).toHaveLength(1)
      const name = `Store ${turn}`
      const named = await together([first, second, third].map((url) => [url, { name }]))
      expect(named.toSorted()).toEqual([200, 409, 409])
    }
  })

  test('are named by parcels; those that name none take the default, and an unknown name spoils only its own', async () => {
    const headers = await signIn()
    await connect(headers, { account: 'kedai', name: 'Main shop' })
    await connect(headers, { account: 'gudang', name: 'Warehouse' })
    const [main, warehouse] = await connections(headers)
    const trackings = [
      { trackingNumber: 'JT0000000001' },
      { trackingNumber: 'JT0000000002', connection: 'warehouse' },
      { trackingNumber: 'JT0000000003', connection: warehouse.id },
      { trackingNumber: 'JT0000000004', connection: 'Moon' },
    ]
    const bulk = await ask('POST', '/v1/trackings/bulk', { headers, payload: { trackings } })
    expect(bulk.json().results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'created',
      'created',
      'created',
      'invalid',
    ])
    expect(bulk.json().results[3].problem.errors).toEqual([expect.objectContaining({ path: 'connection' })])
    const csv = await world.app.inject({
      ...{ method: 'POST', url: '/v1/trackings/import', headers: { ...headers, 'content-type': 'text/csv' } },
      payload: 'awb,connection\nJT0000000005,Warehouse\nJT0000000006,\nJT0000000007,Moon\n',
    })
    expect(csv.json()).toMatchObject({ created: 2, invalid: 1 })
    const held = await world.query<{ n: string; c: string; s: string }>(
      `select t.tracking_number as n, t.connection_id as c, s.connection_id as s
         from tracking_cache t join tracking_schedule s on s.tracking_id = t.id order by 1`,
    )
    expect(
      held.map(({ n, c, s }) => [n.slice(-1), c === warehouse.id ? 'warehouse' : c === main.id ? 'main' : c, c === s]),
    ).toEqual([
      ['1', 'main', true],
      ['2', 'warehouse', true],
      ['3', 'warehouse', true],
      ['5', 'warehouse', true],
      ['6', 'main', true],
    ])
  })

  test('are connected again with their parcels, whatever account is chosen, and a pause by a person stays', async () => {
    const headers = await signIn()
    await connect(headers, { name: 'Main shop' })
    await ask('POST', '/v1/trackings', { headers, payload: { trackingNumber: 'JT0000000001' } })
    const { connectionId } = world.shop
    await ask('POST', `/v1/admin/connections/${connectionId}/pause`, { headers, payload: { reason: 'Raya' } })
    await world.query(
      `update connections set pause_reason = 'not_authorised', paused_until = now() + interval '1 year'`,
    )
    expect((await connections(headers))[0].needs).toMatchObject({ action: 'reconnect' })
    const answer = await connect(headers, { connectionId, environment: 'sandbox', returnTo: '/x' })
    expect(answer.headers.location).toBe(`${own}/x?easyparcel=reconnected&connection=${connectionId}`)
    expect(await connections(headers)).toMatchObject([
      {
        ...{
          id: connectionId,
          name: 'Main shop',
          environment: 'sandbox',
          needs: null,
          trouble: 'paused',
          waitsUntil: null,
        },
        pause: { until: null, reason: 'Raya' },
      },
    ])
    expect(await world.query('select from tracking_cache where connection_id = $1', [connectionId])).toHaveLength(1)
    const other = await world.addShop('another')
    const theirs = { environment: 'live', connectionId: other.connectionId }
    const refused = await ask('POST', '/v1/admin/connections/authorise', { headers, payload: theirs })
    expect(refused.statusCode).toBe(404)
  })

  test('are disconnected: tokens go, parcels stay, and the default passes on', async () => {
    const headers = await signIn()
    await connect(headers, { name: 'Main shop' })
    await connect(headers, { account: 'gudang', name: 'Warehouse' })
    await ask('POST', '/v1/trackings', { headers, payload: { trackingNumber: 'JT0000000001' } })
    const url = `/v1/admin/connections/${world.shop.connectionId}/disconnect`
    const asked = await ask('POST', url, { headers })
    expect([asked.statusCode, asked.json().detail]).toEqual([409, expect.stringMatching(/^1 parcels are checked/)])
    const done = await ask('POST', url, { headers, payload: { confirm: true } })
    expect(done.json()).toMatchObject({
      isAuthorised: false,
      isDefault: false,
      token: null,
      needs: { action: 'reconnect' },
    })
    const [{ access, refresh } = { access: 'x', refresh: 'x' }] = await stored()
    expect([access, refresh]).toEqual([null, null])
    expect(await connections(headers)).toMatchObject([{ isDefault: false }, { name: 'Warehouse', isDefault: true }])
    world.clock.advance(1_200_000)
    expect((await ask('GET', '/v1/track/JT0000000001')).json().freshness.reason).toBe('not_authorised')
    expect((await ask('POST', url, { headers, payload: { confirm: true } })).statusCode).toBe(409)
  })

  test('tell what they need in plain words: while access that is not renewed still lasts, too', async () => {
    const headers = await signIn()
    expect((await connections(headers))[0].needs).toMatchObject({ action: 'connect' })
    await connect(headers, {})
    await world.query(
      `update connections set refresh_refused_at = $1, access_token_expires_at = '2026-03-02T09:30:00Z'`,
      [world.clock.now()],
    )
    const [{ needs, token, trouble }] = await connections(headers)
    expect(needs).toEqual({
      action: 'reconnect',
      sentence:
        'EasyParcel refused to renew the access of this account. Checks go on until 2 Mar 2026, 17:30: connect it again before they stop.',
    })
    expect([token.refusedAt, trouble]).toEqual([world.clock.now().toISOString(), null])
  })
})

describe('pausing, and calls added today', () => {
  const url = () => `/v1/admin/connections/${world.shop.connectionId}`

  test('is not paused while it is disconnected: it asks nothing then', async () => {
    const headers = await signIn()
    await world.query('update connections set disconnected_at = now() where id = $1', [world.shop.connectionId])
    const url = `/v1/admin/connections/${world.shop.connectionId}/pause`
    expect((await ask('POST', url, { headers, payload: { reason: 'Raya' } })).json()).toMatchObject({ status: 409 })
  })

  test('a pause holds until it is resumed or over, and readers see it as the reason', async () => {
    const headers = await signIn()
    await connect(headers, {})
    await ask('POST', '/v1/trackings', { headers, payload: { trackingNumber: 'JT0000000001' } })
    const until = new Date(world.clock.now().getTime() + 3_600_000).toISOString()
    const paused = await ask('POST', `${url()}/pause`, { headers, payload: { until, reason: 'Stocktaking' } })
    expect(paused.json()).toMatchObject({ trouble: 'paused', pause: { until, reason: 'Stocktaking' } })
    world.clock.advance(1_200_000)
    expect((await ask('GET', '/v1/track/JT0000000001')).json().freshness.reason).toBe('paused')
    world.clock.advance(2_400_000)
    expect((await connections(await signIn()))[0]).toMatchObject({ trouble: null, pause: null })
    const again = await signIn()
    await ask('POST', `${url()}/pause`, { headers: again })
    const resumed = await ask('POST', `${url()}/resume`, { headers: again })
    expect(resumed.json()).toMatchObject({ trouble: null, pause: null })
    expect((await ask('POST', `${url()}/resume`, { headers: again })).statusCode).toBe(409)
    const past = { until: '2026-03-01T00:00:00Z' }
    expect((await ask('POST', `${url()}/pause`, { headers: again, payload: past })).statusCode).toBe(400)
    expect(JSON.stringify(await world.query('select detail from audit_log'))).not.toContain('Stocktaking')
  })

  test('calls that are added count today only, at most as many again as the plan has', async () => {
    const headers = await signIn()
    await connect(headers, {})
    await world.query(`update connections set budget_day = '2026-03-02', calls_used = 1000, calls_manual = 200`)
    const [before] = await connections(headers)
    expect(before).toMatchObject({ budget: { plan: 1000, extra: 0, limit: 1000, left: 0 } })
    const add = (extraCalls: number, asked = headers) =>
      ask('POST', `${url()}/budget`, { headers: asked, payload: { extraCalls } })
    expect((await add(500)).json()).toMatchObject({ budget: { plan: 1000, extra: 500, limit: 1500, left: 500 } })
    expect((await add(1001)).statusCode).toBe(400)
    expect((await add(1, withKey(world.shop.key))).statusCode).toBe(200)
    expect((await add(1, await signIn('dispatcher'))).statusCode).toBe(403)
    world.clock.advance(86_400_000)
    expect((await connections(await signIn()))[0]).toMatchObject({ budget: { extra: 0, limit: 1000, used: 0 } })
    world.clock.advance(-86_400_000)
  })
})

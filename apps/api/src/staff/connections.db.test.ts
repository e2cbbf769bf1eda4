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

  test.each(['//evil.example', '/\\evil.example', 'https://evil.example/', 'console', '/a\nb', `/${'x'.repeat(500)}`])(
    'never sends anyone to another site: %j is no place to come back to',
    async (returnTo) => {
      const headers = await signIn()
      const payload = { environment: 'live', returnTo }
      const answer = await ask('POST', '/v1/admin/connections/authorise', { headers, payload })
      expect(answer.statusCode).toBe(400)
    },
  )

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

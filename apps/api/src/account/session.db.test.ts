import { createUser, setDisabled, setRights } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { codeShown } from '@jejak/core/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld } from '../testing/api-world.ts'

const password = 'three cups of teh tarik'
const own = 'http://localhost:3000'

let world: ApiWorld
const by = () => ({ ...world.deps, db: world.db, actor: consoleActor })
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.query(
    'truncate users, memberships, sessions, sign_in_attempts, user_addresses, account_links, user_totp, recovery_codes cascade',
  )
  const { organizationId } = world.shop
  const user = { name: 'Siti', password, isOperator: false }
  await createUser(by(), { ...user, email: 'siti@kedai.example', membership: { organizationId, role: 'owner' } })
  await createUser(by(), { ...user, email: 'ali@kedai.example', membership: { organizationId, role: 'support' } })
})

type Asked = { cookie?: string; origin?: string | null; payload?: object; address?: string; app?: ApiWorld['app'] }
const ask = (
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  { cookie, origin = own, payload, address = '203.0.113.7', app = world.app }: Asked = {},
) =>
  app.inject({
    ...{ method, url, remoteAddress: address },
    headers: { ...(cookie && { cookie }), ...(origin && { origin }) },
    ...(payload && { payload }),
  })
const enter = (tried: { email?: string; password?: string } & Omit<Asked, 'payload'> = {}) => {
  const { email = 'siti@kedai.example', password: chosen = password, ...asked } = tried
  return ask('POST', '/v1/session', { ...asked, payload: { email, password: chosen } })
}
const cookieOf = (answer: { headers: Record<string, unknown> }): string =>
  String(answer.headers['set-cookie']).split(';')[0]!
const signedIn = async (email?: string) => cookieOf(await enter(email ? { email } : {}))

describe('signing in', () => {
  test('sends a cookie that scripts, other hosts and plain http never see, and says who is in until when', async () => {
    const answer = await enter()
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-jejak=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(answer.headers['cache-control']).toBe('no-store')
    const view = { email: 'siti@kedai.example', name: 'Siti', shop: 'default', role: 'owner', isOperator: false }
    expect(answer.json()).toMatchObject({ ...view, endsAt: '2026-03-02T16:00:00.000Z' })
    expect((await ask('GET', '/v1/session', { cookie: cookieOf(answer) })).json()).toMatchObject(view)
  })

  test.each([
    ['a wrong password', { password: 'not this one, surely' }],
    ['an unknown e-mail address', { email: 'nobody@kedai.example' }],
  ])('with %s is the same 401', async (_, tried) => {
    const answer = await enter(tried)
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toMatchObject({ detail: 'The e-mail address or the password is wrong.' })
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  test('is refused with 429 and a time to wait after five failures from one address, and goes on from another', async () => {
    for (let time = 0; time < 5; time++) await enter({ password: 'not this one, surely' })
    const locked = await enter()
    expect([locked.statusCode, locked.headers['retry-after']]).toEqual([429, '300'])
    expect((await enter({ address: '198.51.100.9' })).statusCode).toBe(200)
  })

  test('leaves neither the password nor the e-mail address in the log', async () => {
    await enter({ password: 'not this one, surely' })
    const log = JSON.stringify(world.logLines())
    expect(log).not.toMatch(/siti|not this one/)
  })

  test('over plain http on another host says what is wrong and how to put it right', async () => {
    const other = await createApiWorld({ PUBLIC_URL: 'http://jejak.example' })
    try {
      const answer = await enter({ app: other.app, origin: 'http://jejak.example' })
      expect(answer.statusCode).toBe(403)
      expect(answer.json().detail).toMatch(/needs https.*set PUBLIC_URL/)
    } finally {
      await other.close()
    }
  })

  test('goes on after five weak proposals for a new password, and while strangers at the same address ask for what does not exist', async () => {
    const cookie = await signedIn()
    for (let time = 0; time < 101; time++)
      await world.app.inject({ url: '/v1/track/JT9999999999', remoteAddress: '203.0.113.7' })
    expect((await ask('GET', '/v1/session', { cookie })).statusCode).toBe(200)
    const payload = { current: password, password: 'password123' }
    for (let time = 0; time < 6; time++)
      expect((await ask('POST', '/v1/session/password', { cookie, payload })).statusCode).toBe(400)
    expect((await enter()).statusCode).toBe(200)
    world.clock.advance(16 * 60_000)
  })

  test.each([
    ['a control character', 'a\u0000b@kedai.example'],
    ['half a character', '\ud800@kedai.example'],
  ])('with %s in the e-mail address is a 400, not a fault of ours', async (_, email) => {
    expect((await enter({ email })).statusCode).toBe(400)
  })

  test('from an address that is not PUBLIC_URL says both and what to do', async () => {
    const answer = await enter({ origin: 'http://192.168.1.5:3000' })
    expect(answer.statusCode).toBe(403)
    expect(answer.json().detail).toContain('This page is at http://192.168.1.5:3000 and Jejak at http://localhost:3000')
  })

  test('gives a new session each time: one that was planted before stands for nobody', async () => {
    const planted = `__Host-jejak=${'a'.repeat(43)}`
    const answer = await enter({ cookie: planted })
    expect(cookieOf(answer)).not.toBe(planted)
    expect((await ask('GET', '/v1/session', { cookie: planted })).statusCode).toBe(401)
    const again = await enter({ cookie: cookieOf(answer) })
    expect((await ask('GET', '/v1/session', { cookie: cookieOf(answer) })).statusCode).toBe(401)
    expect((await ask('GET', '/v1/session', { cookie: cookieOf(again) })).statusCode).toBe(200)
  })
})

describe('a session', () => {
  test('ends when its user signs out, also for whoever copied the cookie', async () => {
    const cookie = await signedIn()
    const out = await ask('DELETE', '/v1/session', { cookie })
    expect([out.statusCode, out.headers['set-cookie']]).toEqual([
      204,
      expect.stringMatching(/^__Host-jejak=; Max-Age=0;/),
    ])
    expect((await ask('GET', '/v1/session', { cookie })).statusCode).toBe(401)
  })

  test.each([
    ['a page of another site', 'https://evil.example'],
    ['nowhere that it would name', null],
  ])('changes nothing for a request from %s', async (_, origin) => {
    const cookie = await signedIn()
    expect((await ask('DELETE', '/v1/session', { cookie, origin })).statusCode).toBe(403)
    expect((await ask('GET', '/v1/session', { cookie, origin })).statusCode).toBe(200)
  })

  test('ends with the next request once its user is disabled or has other rights', async () => {
    const cookie = await signedIn('ali@kedai.example')
    await setDisabled(by(), { email: 'ali@kedai.example', disabledAt: world.clock.now() })
    expect((await ask('GET', '/v1/session', { cookie })).statusCode).toBe(401)
    await setDisabled(by(), { email: 'ali@kedai.example', disabledAt: null })
    const again = await signedIn('ali@kedai.example')
    const { organizationId } = world.shop
    await setRights(by(), { email: 'ali@kedai.example', membership: { organizationId, role: null } })
    expect((await ask('GET', '/v1/session', { cookie: again })).statusCode).toBe(401)
    expect((await enter({ email: 'ali@kedai.example' })).json()).toMatchObject({ shop: null, role: null })
  })

  test('shows its user all their sessions, and lets them end one and all others', async () => {
    const [here, there, elsewhere] = [await signedIn(), await signedIn(), await signedIn()]
    const list = async () => (await ask('GET', '/v1/session/all', { cookie: here })).json().data
    const [newest] = await list()
    expect(await list()).toHaveLength(3)
    expect((await list()).filter((one: { current: boolean }) => one.current)).toHaveLength(1)
    expect((await ask('DELETE', `/v1/session/all/${newest.id}`, { cookie: here })).statusCode).toBe(204)
    expect((await ask('GET', '/v1/session', { cookie: elsewhere })).statusCode).toBe(401)
    expect((await ask('DELETE', `/v1/session/all/${newest.id}`, { cookie: here })).statusCode).toBe(404)
    expect((await ask('DELETE', '/v1/session/others', { cookie: here })).statusCode).toBe(204)
    expect((await ask('GET', '/v1/session', { cookie: there })).statusCode).toBe(401)
    expect(await list()).toMatchObject([{ current: true }])
  })

  test('of someone else cannot be ended', async () => {
    const [mine, theirs] = [await signedIn(), await signedIn('ali@kedai.example')]
    const [{ id }] = (await ask('GET', '/v1/session/all', { cookie: theirs })).json().data
    expect((await ask('DELETE', `/v1/session/all/${id}`, { cookie: mine })).statusCode).toBe(404)
    expect((await ask('GET', '/v1/session', { cookie: theirs })).statusCode).toBe(200)
  })

  test('acts for one of its user’s shops; another one is chosen with another cookie, and the one before stands for nobody', async () => {
    const { organizationId } = await world.addShop('second')
    const membership = { organizationId, role: 'viewer' } as const
    await setRights(by(), { email: 'siti@kedai.example', membership })
    await world.addShop('third')
    const cookie = await signedIn()
    const shops = [
      { slug: 'default', name: null, role: 'owner' },
      { slug: 'second', name: 'second', role: 'viewer' },
    ]
    const before = (await ask('GET', '/v1/session', { cookie })).json()
    expect(before).toMatchObject({ shop: 'default', shops })
    expect(before.permissions).toContain('shop:change')
    const choose = (shop: string) => ask('POST', '/v1/session/shop', { cookie, payload: { shop } })
    expect((await choose('third')).statusCode).toBe(404)
    const chosen = await choose('second')
    expect(chosen.json()).toMatchObject({ shop: 'second', role: 'viewer', shops, endsAt: before.endsAt })
    expect(chosen.json().permissions).not.toContain('shop:change')
    expect((await ask('GET', '/v1/session', { cookie })).statusCode).toBe(401)
    const moved = cookieOf(chosen)
    expect((await ask('GET', '/v1/session', { cookie: moved })).json().shop).toBe('second')
    expect((await ask('GET', '/v1/session/all', { cookie: moved })).json().data).toHaveLength(1)
    await setRights(by(), { email: 'siti@kedai.example', membership: { organizationId, role: null } })
    expect((await ask('GET', '/v1/session', { cookie: moved })).statusCode).toBe(401)
  })

  test('lets its user change their password with the old one; a wrong one counts like a failed sign-in', async () => {
    const cookie = await signedIn()
    const change = (current: string, chosen: string) =>
      ask('POST', '/v1/session/password', { cookie, payload: { current, password: chosen } })
    expect((await change(password, 'password123')).json()).toMatchObject({ status: 400, code: 'validation' })
    expect((await change(password, 'another good one, 12')).statusCode).toBe(204)
    for (let time = 0; time < 5; time++) expect((await change('wrong again', 'whatever it is')).statusCode).toBe(403)
    expect((await change('another good one, 12', 'a third one, 123')).statusCode).toBe(429)
    expect((await enter({ password: 'another good one, 12', address: '198.51.100.9' })).statusCode).toBe(200)
  })
})

test('without a session, one’s own sessions are 401, whatever cookie comes', async () => {
  for (const cookie of [
    '',
    '__Host-jejak=',
    '__Host-jejak=x',
    `__Host-jejak=${'b'.repeat(43)}`,
    `__Host-jejak=${"'; drop"}`,
  ])
    expect((await ask('GET', '/v1/session', cookie ? { cookie } : {})).statusCode).toBe(401)
})

describe('codes of an authenticator', () => {
  const code = (uri: string) => codeShown(uri, world.clock.now())

  test('are asked for at sign-in once they are switched on, and not after they are switched off again', async () => {
    const cookie = await signedIn()
    const post = (url: string, payload: object) => ask('POST', url, { cookie, payload })
    expect((await post('/v1/session/totp', { password: 'not this one, surely' })).statusCode).toBe(403)
    const { uri, secret } = (await post('/v1/session/totp', { password })).json()
    expect(uri).toContain(`secret=${secret}`)
    expect((await post('/v1/session/totp/confirm', { code: '000000' })).json()).toMatchObject({ code: 'validation' })
    const confirmed = await post('/v1/session/totp/confirm', { code: code(uri) })
    expect(confirmed.json().recoveryCodes).toHaveLength(10)
    expect((await ask('GET', '/v1/session', { cookie })).json()).toMatchObject({ totp: true })
    expect((await enter()).json()).toMatchObject({ status: 401, code: 'code_needed' })
    world.clock.advance(60_000)
    const payload = { email: 'siti@kedai.example', password, code: code(uri) }
    expect((await ask('POST', '/v1/session', { payload })).statusCode).toBe(200)
    expect((await ask('POST', '/v1/session', { payload })).json().detail).toMatch(/wrong or has been used/)
    const recovery = confirmed.json().recoveryCodes[0]
    expect((await post('/v1/session/totp/off', { password, code: recovery })).statusCode).toBe(204)
    expect((await enter()).statusCode).toBe(200)
  })

  test('a new e-mail address needs the password, and is the one to sign in with from then on', async () => {
    const cookie = await signedIn()
    const change = (email: string, given = password) =>
      ask('POST', '/v1/session/email', { cookie, payload: { email, password: given } })
    expect((await change('siti@new.example', 'not this one, surely')).statusCode).toBe(403)
    expect((await change('ali@kedai.example')).statusCode).toBe(409)
    expect((await change('siti@new.example')).statusCode).toBe(204)
    expect((await enter({ email: 'siti@new.example' })).statusCode).toBe(200)
  })
})

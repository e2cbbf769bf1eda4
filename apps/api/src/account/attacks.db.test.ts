import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createUser, setDisabled, setRights } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld } from '../testing/api-world.ts'

const password = 'three cups of teh tarik'
const own = 'https://jejak.example'
const email = 'siti@kedai.example'

let world: ApiWorld
let port: number
const by = () => ({ ...world.deps, db: world.db, actor: consoleActor })
beforeAll(async () => {
  world = await createApiWorld({ PUBLIC_URL: own, TRUSTED_PROXIES: 'loopback' })
  await world.app.listen({ port: 0 })
  port = (world.app.server.address() as AddressInfo).port
})
afterAll(() => world.close())
beforeEach(async () => {
  world.clock.advance(3_600_000)
  await world.query(
    'truncate users, memberships, sessions, sign_in_attempts, user_addresses, account_links, user_totp, recovery_codes cascade',
  )
  const { organizationId } = world.shop
  const user = { name: 'Siti', password, isOperator: false }
  await createUser(by(), { ...user, email, membership: { organizationId, role: 'support' } })
})

const ask = (method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: object) =>
  world.app.inject({ method, url, headers: { origin: own, ...headers }, ...(payload && { payload }) })
const enter = (headers: Record<string, string> = {}, given: object = {}) =>
  ask('POST', '/v1/session', { 'x-forwarded-for': '203.0.113.7', ...headers }, { email, password, ...given })
const signedIn = async (): Promise<string> => String((await enter()).headers['set-cookie']).split(';')[0]!

describe('someone whose body is still on its way', () => {
  /** Sends the head and half of a body, and the rest after `meanwhile`. */
  const sendSlowly = async (
    path: string,
    { cookie, body, meanwhile }: Record<'cookie' | 'body', string> & { meanwhile: () => Promise<void> },
  ) => {
    const headers = { cookie, origin: own, 'content-type': 'application/json', 'content-length': body.length }
    const asked = httpRequest({ port, path, method: 'POST', headers })
    const answered = new Promise<IncomingMessage>((resolve, reject) =>
      asked.once('response', resolve).once('error', reject),
    )
    asked.write(body.slice(0, 10))
    // A session's use is noted once a minute: then it has been let in.
    await expect.poll(() => world.query('select from sessions where seen_at = $1', [world.clock.now()])).toHaveLength(1)
    await meanwhile()
    asked.end(body.slice(10))
    const answer = await answered
    answer.resume()
    return answer.statusCode
  }
  const register = { path: '/v1/trackings', body: JSON.stringify({ trackingNumber: 'JT0000000077' }) }

  test.each([
    ['disabled', () => setDisabled(by(), { email, disabledAt: world.clock.now() }), 401],
    [
      'given a lower role',
      () => setRights(by(), { email, membership: { organizationId: world.shop.organizationId, role: 'viewer' } }),
      401,
    ],
    ['left alone', async () => {}, 201],
  ])('and who is %s meanwhile is answered by the rights they have at its end', async (_, meanwhile, status) => {
    const cookie = await signedIn()
    world.clock.advance(120_000)
    expect(await sendSlowly(register.path, { cookie, body: register.body, meanwhile })).toBe(status)
  })

  test('changes no password of an account that was disabled meanwhile', async () => {
    const cookie = await signedIn()
    world.clock.advance(120_000)
    const body = JSON.stringify({ current: password, password: 'another good one, 12' })
    const meanwhile = () => setDisabled(by(), { email, disabledAt: world.clock.now() })
    expect(await sendSlowly('/v1/session/password', { cookie, body, meanwhile })).toBe(401)
  })
})

describe('a session', () => {
  test('whose cookie was copied to plain http is refused there, and goes on over https', async () => {
    const cookie = await signedIn()
    const over = (proto: string) => ask('GET', '/v1/session', { cookie, 'x-forwarded-proto': proto })
    const refused = await over('http')
    expect([refused.statusCode, refused.json().detail]).toEqual([403, expect.stringContaining('plain http')])
    expect((await over('https')).statusCode).toBe(200)
    expect((await enter({ 'x-forwarded-proto': 'http' })).statusCode).toBe(403)
  })

  test('lives no longer because a clock was moved: not forward past its end, not back before its beginning', async () => {
    const begun = world.clock.now()
    const cookie = await signedIn()
    const status = async () => (await ask('GET', '/v1/session', { cookie })).statusCode
    world.clock.set(new Date(begun.getTime() - 10 * 60_000).toISOString())
    expect(await status()).toBe(401)
    world.clock.set(new Date(begun.getTime() + 13 * 3_600_000).toISOString())
    expect(await status()).toBe(401)
    world.clock.set(begun.toISOString())
    expect(await status()).toBe(200)
  })
})

test('a lock that a clock far ahead of the time wrote is over once the clock is right again', async () => {
  const right = world.clock.now()
  world.clock.advance(365 * 86_400_000)
  for (let time = 0; time < 6; time++) await enter({}, { password: 'not this one, surely' })
  world.clock.set(right.toISOString())
  expect((await enter()).statusCode).toBe(200)
})

test('of ten thousand guesses from one address, over a hundred accounts, a hundred are looked at', async () => {
  const statuses: Record<number, number> = {}
  for (let sent = 0; sent < 10_000; sent += 100) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, place) =>
        enter(
          { 'x-forwarded-for': '203.0.113.99' },
          { email: `guess${place}@kedai.example`, password: `guess ${sent}` },
        ),
      ),
    )
    for (const { statusCode } of answers) statuses[statusCode] = (statuses[statusCode] ?? 0) + 1
  }
  const { 401: checked = 0, 503: busy = 0, 429: refused = 0, ...others } = statuses
  expect(others).toEqual({})
  expect(checked).toBeLessThanOrEqual(100)
  expect(checked + busy + refused).toBe(10_000)
  expect((await enter()).statusCode).toBe(200)
}, 240_000)

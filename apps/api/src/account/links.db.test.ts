import { createUser, inviteUser, makeResetLink, makeSetupLink } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld } from '../testing/api-world.ts'

const password = 'three cups of teh tarik'
const own = 'http://localhost:3000'
const page = '/account/link'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())
beforeEach(() =>
  world.query(
    'truncate users, memberships, sessions, sign_in_attempts, user_addresses, account_links, user_totp, recovery_codes cascade',
  ),
)

const acting = () => ({ ...world.deps, db: world.db, actor: consoleActor })
const add = (email: string, role: 'owner' | 'support' = 'owner') =>
  createUser(acting(), {
    ...{ email, name: '', password, isOperator: false },
    membership: { organizationId: world.shop.organizationId, role },
  })
const invite = (email: string) =>
  inviteUser(acting(), { email, organizationId: world.shop.organizationId, role: 'support' })
const post = (filled: Record<string, string>, headers: Record<string, string> = {}) =>
  world.app.inject({
    ...{ method: 'POST', url: page, payload: new URLSearchParams(filled).toString() },
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', ...headers },
  })
const ask = (url: string, payload: object, headers: Record<string, string> = {}) =>
  world.app.inject({ method: 'POST', url, payload, headers })
const signIn = (email: string, chosen: string) => ask('/v1/session', { email, password: chosen }, { origin: own })

test('the page of a link asks whom the link is for, and needs no script but the one that fills the token in', async () => {
  const opened = await world.app.inject({ url: page })
  expect(opened.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'content-security-policy': expect.stringMatching(/script-src 'sha256-[\w+/=]+';.*frame-ancestors 'none'/),
  })
  expect(opened.body).toContain('<label for="token">')
  const { token } = await invite('ali@kedai.example')
  const shown = await post({ token })
  expect(shown.statusCode).toBe(200)
  expect(shown.body).toContain('You are invited as support.')
  expect(shown.body).toMatch(/readonly value="ali@kedai\.example"[\s\S]*id="name"[\s\S]*autocomplete="new-password"/)
})

test('filled in, it makes the user; a mistake is said on the page and the link stays good; then it is used', async () => {
  const { token } = await invite('ali@kedai.example')
  const weak = await post({ token, use: '1', name: 'Ali', password: 'password123' })
  expect([weak.statusCode, weak.body]).toEqual([
    400,
    expect.stringMatching(/role="alert"><p>This password is easy to guess/),
  ])
  expect(weak.body).toMatch(/id="name"[^>]* value="Ali"/)
  expect(weak.body).not.toContain('password123')
  const done = await post({ token: `${own}${page}#${token}`, use: '1', name: 'Ali', password: 'another good one, 12' })
  expect([done.statusCode, done.body]).toEqual([200, expect.stringContaining('You can sign in as ali@kedai.example.')])
  const again = await post({ token, use: '1', name: 'Ali', password: 'another good one, 12' })
  expect([again.statusCode, again.body]).toEqual([404, expect.stringContaining('This link has been used')])
  expect((await signIn('ali@kedai.example', 'another good one, 12')).json()).toMatchObject({
    name: 'Ali',
    role: 'support',
  })
})

test('what was typed or made up is shown as text', async () => {
  const answer = await post({ token: '"><script>alert(1)</script>' })
  expect([answer.statusCode, answer.body.includes('<script>alert')]).toEqual([400, false])
  const { token } = await makeSetupLink(acting(), { organizationId: world.shop.organizationId }).then((made) => made!)
  const mail = await post({ token, use: '1', email: '<b>@kedai', name: 'x', password })
  expect([mail.statusCode, mail.body.includes('<b>')]).toEqual([400, false])
  expect(mail.body).toContain('value="&lt;b&gt;@kedai"')
})

test('the link that sets Jejak up makes an owner who is an operator', async () => {
  const { token } = (await makeSetupLink(acting(), { organizationId: world.shop.organizationId }))!
  expect((await ask('/v1/links/look', { token })).json()).toMatchObject({
    ...{ kind: 'setup', needs: ['email', 'name', 'newPassword'] },
  })
  const used = await ask('/v1/links/use', { token, email: 'siti@kedai.example', name: 'Siti', password })
  expect([used.statusCode, used.json()]).toEqual([200, { email: 'siti@kedai.example' }])
  expect((await signIn('siti@kedai.example', password)).json()).toMatchObject({ role: 'owner', isOperator: true })
})

test('a link for another password signs its user out everywhere', async () => {
  await add('siti@kedai.example')
  const cookie = String((await signIn('siti@kedai.example', password)).headers['set-cookie']).split(';')[0]!
  const { token } = await makeResetLink(acting(), { email: 'siti@kedai.example' })
  expect((await ask('/v1/links/use', { token, password: 'another good one, 12' })).statusCode).toBe(200)
  expect((await world.app.inject({ url: '/v1/session', headers: { cookie } })).statusCode).toBe(401)
  expect((await signIn('siti@kedai.example', 'another good one, 12')).statusCode).toBe(200)
})

test('who is a user already joins another shop with their password, or at once in their own session, but only from our own page', async () => {
  await add('siti@kedai.example')
  const other = await world.addShop('other')
  const invited = () =>
    inviteUser(acting(), { email: 'siti@kedai.example', organizationId: other.organizationId, role: 'viewer' })
  const { token } = await invited()
  expect((await ask('/v1/links/look', { token })).json()).toMatchObject({ needs: ['password'], shop: 'other' })
  expect((await ask('/v1/links/use', { token, password: 'not this one, surely' })).statusCode).toBe(401)
  const cookie = String((await signIn('siti@kedai.example', password)).headers['set-cookie']).split(';')[0]!
  const foreign = { cookie, origin: 'https://evil.example' }
  expect((await post({ token, use: '1' }, foreign)).statusCode).toBe(403)
  expect((await ask('/v1/links/look', { token }, { cookie, origin: own })).json()).toMatchObject({ needs: [] })
  expect((await post({ token, use: '1' }, { cookie, origin: own })).statusCode).toBe(200)
  const { shops } = (await world.app.inject({ url: '/v1/session', headers: { cookie } })).json()
  expect(shops).toMatchObject([{ slug: 'default' }, { slug: 'other', role: 'viewer' }])
})

test('no log holds a token, a password or an address; who tries many links is stopped', async () => {
  const { token } = await invite('ali@kedai.example')
  await post({ token, use: '1', name: 'Ali', password: 'another good one, 12' })
  expect(JSON.stringify(world.logLines())).not.toMatch(new RegExp(`${token}|another good one|ali@`))
  const statuses = new Set<number>()
  for (let time = 0; time < 110; time++)
    statuses.add((await ask('/v1/links/look', { token: token.replace(/^..../, `${1000 + time}`) })).statusCode)
  expect([...statuses]).toEqual([404, 429])
})

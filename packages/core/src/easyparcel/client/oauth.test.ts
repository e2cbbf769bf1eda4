import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { inspectAll } from '../testing/inspect-all.ts'
import { answer, type LocalServer, startLocalServer } from '../testing/local-server.ts'
import { createOAuth, type OAuthOptions } from './oauth.ts'

const now = new Date('2026-02-01T00:00:00Z')
const never = new AbortController().signal
const grant = { token_type: 'Bearer', expires_in: 36000, access_token: 'access-2', refresh_token: 'refresh-2' }

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
beforeEach(() => {
  server.seen.length = 0
})
afterAll(() => server.close())

const oauth = (change: Partial<OAuthOptions> = {}) =>
  createOAuth({
    baseUrl: server.baseUrl,
    clientId: 'client',
    clientSecret: 'secret of the shop',
    redirectUri: 'http://localhost:3910/callback',
    timeoutMs: 2000,
    responseLimitBytes: 10_000,
    now: () => now,
    ...change,
  })
const form = (place = 0) => Object.fromEntries(new URLSearchParams(server.seen[place]?.body))

test('the login page gets the client, the address to come back to and the state', () => {
  const url = new URL(oauth({ baseUrl: 'https://api.easyparcel.com/' }).loginUrl('a b'))
  expect(url.origin + url.pathname).toBe('https://api.easyparcel.com/oauth/login')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: 'client',
    redirect_uri: 'http://localhost:3910/callback',
    state: 'a b',
  })
})

test('a code becomes tokens: Basic auth, a form body, and a life that counts from the receipt', async () => {
  server.replyWith(answer(200, grant))
  const tokens = await oauth().exchangeCode('the-code', never)
  expect(tokens).toEqual({
    accessToken: 'access-2',
    refreshToken: 'refresh-2',
    expiresAt: new Date('2026-02-01T10:00:00Z'),
  })
  expect(server.seen[0]).toMatchObject({
    path: '/oauth/token',
    headers: {
      authorization: `Basic ${btoa('client:secret of the shop')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
  })
  expect(form()).toEqual({
    grant_type: 'authorization_code',
    code: 'the-code',
    redirect_uri: 'http://localhost:3910/callback',
  })
})

test('a wrapped answer is read too, and an answer without a life has no known end', async () => {
  server.replyWith(answer(200, { status_code: 200, message: 'ok', data: { access_token: 'access-3' } }))
  expect(await oauth().exchangeCode('the-code', never)).toEqual({
    accessToken: 'access-3',
    refreshToken: null,
    expiresAt: null,
  })
})

test('a refresh without a new refresh token keeps the old one', async () => {
  server.replyWith(answer(200, { ...grant, refresh_token: undefined }))
  expect(await oauth().refreshTokens('refresh-1', never)).toMatchObject({
    accessToken: 'access-2',
    refreshToken: 'refresh-1',
  })
  expect(form()).toEqual({ grant_type: 'refresh_token', refresh_token: 'refresh-1' })
  server.replyWith(answer(200, grant))
  expect(await oauth().refreshTokens('refresh-1', never)).toMatchObject({ refreshToken: 'refresh-2' })
})

test('a refresh refused with 400 is tried once more with the redirect address', async () => {
  server.replyWith((response, request) =>
    answer(
      request.body.includes('redirect_uri') ? 200 : 400,
      request.body.includes('redirect_uri') ? grant : { error: 'invalid_request' },
    )(response, request),
  )
  expect(await oauth().refreshTokens('refresh-1', never)).toMatchObject({ accessToken: 'access-2' })
  expect(form(1)).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'refresh-1',
    redirect_uri: 'http://localhost:3910/callback',
  })
  server.replyWith(answer(400, { error: 'invalid_grant' }))
  await expect(oauth().refreshTokens('refresh-1', never)).rejects.toMatchObject({
    kind: 'rejected',
    message: 'EasyParcel refused to give tokens (status 400, invalid_grant).',
  })
  expect(server.seen).toHaveLength(4)
})

test.each([
  [400, { message: 'bad' }, {}, 'rejected'],
  [401, { error: 'invalid_client' }, {}, 'rejected'],
  [200, { status_code: 401, message: 'Unauthorized access', data: null }, {}, 'rejected'],
  [401, '<html>login</html>', { 'content-type': 'text/html' }, 'server'],
  [403, '<html>blocked</html>', { 'content-type': 'text/html' }, 'server'],
  [403, { message: 'no' }, {}, 'server'],
  [404, { message: 'no' }, {}, 'server'],
  [422, { message: 'no' }, {}, 'server'],
  [429, { message: 'slow' }, { 'retry-after': '7' }, 'rate-limited'],
  [502, '<html>bad gateway</html>', { 'content-type': 'text/html' }, 'server'],
  [302, '', { location: '/elsewhere' }, 'malformed'],
  [200, '<html>hi</html>', { 'content-type': 'text/html' }, 'malformed'],
  [200, { data: { access_token: '' } }, {}, 'malformed'],
  [200, '{"access_token":"acc', {}, 'malformed'],
  [200, { access_token: 'x'.repeat(20_000) }, {}, 'malformed'],
])('a token answer of %i %j is %s', async (status, body, headers, kind) => {
  server.replyWith(answer(status, body, headers as Record<string, string>))
  const failure = await oauth()
    .exchangeCode('the-code', never)
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ name: 'EasyParcelError', kind })
})

test('no token endpoint within reach, or none in time, is a passing failure that shows no secret', async () => {
  server.replyWith(() => undefined)
  const late = await oauth({ timeoutMs: 50 })
    .refreshTokens('refresh-1', never)
    .catch((error: unknown) => error)
  expect(late).toMatchObject({ kind: 'timeout' })
  const gone = await oauth({ baseUrl: 'http://127.0.0.1:1' })
    .refreshTokens('refresh-1', never)
    .catch((error: unknown) => error)
  expect(gone).toMatchObject({ kind: 'network' })
  for (const failure of [late, gone]) expect(inspectAll(failure)).not.toMatch(/secret of the shop|refresh-1|c2VjcmV0/)
})

test('secrets never travel to EasyParcel in clear', () => {
  expect(() => oauth({ baseUrl: 'http://api.easyparcel.com' })).toThrow('must be reached over https')
})

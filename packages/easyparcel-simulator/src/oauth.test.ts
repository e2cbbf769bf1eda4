import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { SimulatorOptions } from './index.ts'
import { type Stage, startStage } from './testing/start.ts'

const callback = 'https://shop.example/callback'
let stage: Stage
afterEach(() => stage.simulator.close())

const start = async (options: SimulatorOptions = {}) => {
  stage = await startStage(options)
}
const token = (form: Record<string, string>, auth = { username: 'demo', password: 'demo-secret' }) =>
  stage.http.post('/oauth/token', new URLSearchParams(form), { auth })
const refresh = (refreshToken: string) => token({ grant_type: 'refresh_token', refresh_token: refreshToken })
const works = async (accessToken: string) => (await stage.track(['EPTEST-DELIVERED1'], accessToken)).status === 200
const login = async (extra: Record<string, string> = {}) => {
  const { headers } = await stage.http.get('/oauth/login', {
    params: { client_id: 'demo', redirect_uri: callback, state: 'xyz', ...extra },
  })
  return new URL(headers.location)
}

describe('signing in', () => {
  test('login sends the browser back with a code and the state; the code buys a token once', async () => {
    await start()
    const back = await login()
    expect(back.origin + back.pathname).toBe(callback)
    expect(back.searchParams.get('state')).toBe('xyz')
    const grant = { grant_type: 'authorization_code', code: back.searchParams.get('code')!, redirect_uri: callback }
    const { status, data } = await token(grant)
    expect(status).toBe(200)
    expect(data).toMatchObject({
      token_type: 'Bearer',
      expires_in: 36_000,
      refresh_token_expires_in: 31_557_600,
      app: { client_id: 'demo' },
    })
    expect(data.expires_at).toBe('2026-03-02T12:00:00.000Z')
    expect(await works(data.access_token)).toBe(true)
    expect((await token(grant)).status).toBe(400)
  })

  test('a code counts only for its own address and, with PKCE, its own verifier', async () => {
    await start()
    const grant = (code: URL, extra: object) => ({
      grant_type: 'authorization_code',
      code: code.searchParams.get('code')!,
      redirect_uri: callback,
      ...extra,
    })
    expect((await token(grant(await login(), { redirect_uri: 'https://elsewhere.example/' }))).status).toBe(400)
    const challenge = {
      code_challenge: createHash('sha256').update('verifier').digest('base64url'),
      code_challenge_method: 'S256',
    }
    expect((await token(grant(await login(challenge), { code_verifier: 'wrong' }))).status).toBe(400)
    expect((await token(grant(await login(challenge), { code_verifier: 'verifier' }))).status).toBe(200)
  })

  test('a client with several accounts is asked which one to connect', async () => {
    const account = (id: string) => ({ id, clientId: 'demo', clientSecret: 'demo-secret' })
    await start({ accounts: [account('live-shop'), account('sandbox-shop')] })
    const page = await stage.http.get('/oauth/login', { params: { client_id: 'demo', redirect_uri: callback } })
    expect(page.data).toContain('account=sandbox-shop')
    expect((await login({ account: 'sandbox-shop' })).searchParams.get('code')).toBeTruthy()
  })

  test('a wrong secret or a parameter left out is refused', async () => {
    await start()
    expect(
      (
        await token(
          { grant_type: 'refresh_token', refresh_token: 'demo-refresh-token' },
          { username: 'demo', password: 'no' },
        )
      ).status,
    ).toBe(401)
    expect((await token({ grant_type: 'refresh_token' })).status).toBe(400)
  })
})

describe('refreshing', () => {
  test('a rotated refresh token stays valid until the new access token is first used', async () => {
    await start()
    const first = (await refresh('demo-refresh-token')).data
    const second = (await refresh(first.refresh_token)).data
    const repeated = (await refresh(first.refresh_token)).data
    expect(repeated.refresh_token).not.toBe(second.refresh_token)
    expect(await works(repeated.access_token)).toBe(true)
    expect((await refresh(first.refresh_token)).status).toBe(400)
    expect((await refresh('demo-refresh-token')).status).toBe(200)
  })

  test('without rotation the answer carries no new refresh token', async () => {
    await start({ refreshTokens: 'keep' })
    expect((await refresh('demo-refresh-token')).data).not.toHaveProperty('refresh_token')
    expect((await refresh('demo-refresh-token')).status).toBe(200)
  })

  test('an access token expires when its time is over', async () => {
    await start({ expiresInSeconds: 60 })
    const { access_token } = (await refresh('demo-refresh-token')).data
    expect(await works(access_token)).toBe(true)
    stage.pass(60_000)
    expect(await works(access_token)).toBe(false)
  })

  test('the answer can be wrapped, and the endpoint has faults of its own', async () => {
    await start({ tokenBody: 'wrapped', faults: { all: 1 } })
    expect((await refresh('demo-refresh-token')).data.data.token_type).toBe('Bearer')
    stage.simulator.forceFault({ name: 'token_500' })
    expect((await refresh('demo-refresh-token')).status).toBe(500)
    stage.simulator.forceFault({ name: 'token_html' })
    expect((await refresh('demo-refresh-token')).headers['content-type']).toContain('text/html')
    expect(stage.simulator.stats()).toMatchObject({ tokenCalls: 3, faults: { token_500: 1, token_html: 1 } })
  })
})

import { loadConfig } from '@jejak/config'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspectAll } from '../testing/inspect-all.ts'
import { answer, type LocalServer, startLocalServer } from '../testing/local-server.ts'
import { checkAccess } from './check-access.ts'

let server: LocalServer
beforeAll(async () => {
  server = await startLocalServer()
})
afterAll(() => server.close())

const check = () =>
  checkAccess({
    config: loadConfig({ EASYPARCEL_BASE_URL: server.baseUrl, SECRET_KEY: 'x'.repeat(32) }),
    accessToken: 'token-of-the-shop',
    signal: new AbortController().signal,
    now: new Date('2026-02-01T00:00:00Z'),
  })

test('a new access is proven by one question for the wallet', async () => {
  server.replyWith(answer(200, { status_code: 200, data: { balance: '1.00' } }))
  await check()
  expect(server.seen).toMatchObject([
    { path: '/open_api/2026-06/wallet', headers: { authorization: 'Bearer token-of-the-shop' }, body: '' },
  ])
})

test('an access that EasyParcel does not take is told, also inside a 200, and the token is not', async () => {
  for (const reply of [answer(401, { message: 'Unauthenticated.' }), answer(200, { status_code: 401 })]) {
    server.replyWith(reply)
    const error = await check().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ kind: 'unauthorised' })
    expect(inspectAll(error)).not.toContain('token-of-the-shop')
  }
})

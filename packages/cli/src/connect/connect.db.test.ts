import { createTokenSealer } from '@jejak/core/easyparcel'
import { freePort } from '@jejak/db/embedded'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { type Simulator, startSimulator } from '@jejak/easyparcel-simulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runJejak, startJejak } from '../testing/run-jejak.ts'

const secretKey = 'a secret that only tests know, 32 bytes'
let database: TestDatabase
let simulator: Simulator
let redirectUri: string
let env: Record<string, string>

beforeEach(async () => {
  database = await createTestDatabase({ empty: true })
  simulator = await startSimulator({})
  redirectUri = `http://127.0.0.1:${await freePort()}/callback`
  env = {
    DATABASE_URL: database.url,
    SECRET_KEY: secretKey,
    EASYPARCEL_BASE_URL: simulator.url,
    EASYPARCEL_CLIENT_ID: 'demo',
    EASYPARCEL_CLIENT_SECRET: 'demo-secret',
    EASYPARCEL_REDIRECT_URI: redirectUri,
  }
})
afterEach(async () => {
  await simulator.close()
  await database.drop()
})

const connect = (...args: string[]) => startJejak(['easyparcel:connect', ...args], env)
const loginUrlOf = async (command: ReturnType<typeof connect>) => (await command.says(/http\S+\/oauth\/login\S+/))[0]
const storedTokens = async () => {
  const { rows } = await database.pool.query(
    'select sealed_access_token as access, sealed_refresh_token as refresh from connections',
  )
  return rows[0] as { access: string | null; refresh: string | null }
}

test('a login in the browser connects the shop before the first start, and its tokens are stored encrypted', async () => {
  const command = connect('--json')
  const loginUrl = await loginUrlOf(command)
  expect((await fetch(`${redirectUri}?code=stolen&state=theirs`)).status).toBe(400)
  expect((await fetch(`${redirectUri.replace('callback', 'elsewhere')}?code=x`)).status).toBe(404)
  const page = await fetch(loginUrl)
  expect(await page.text()).toContain('EasyParcel has answered')
  const { code, stdout, stderr } = await command.ended
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { connected: true, renewsItself: true }])
  const { access, refresh } = await storedTokens()
  const sealer = createTokenSealer([secretKey])
  for (const sealed of [access ?? '', refresh ?? '']) {
    expect(sealed).toMatch(/^v1\./)
    expect(stdout + stderr).not.toContain(sealer.open(sealed))
  }
  const status = await runJejak(['easyparcel:status', '--json'], env)
  expect(JSON.parse(status.stdout)).toMatchObject({ demo: false, connections: [{ isAuthorised: true, trouble: null }] })
})

test('on a machine without a browser, the address is pasted', async () => {
  const command = connect('--paste')
  const loginUrl = await loginUrlOf(command)
  const sentTo = (await fetch(loginUrl, { redirect: 'manual' })).headers.get('location') ?? ''
  command.type('what now?')
  await command.says(/Paste the whole address/)
  command.type(sentTo.replace(/state=[^&]+/, 'state=theirs'))
  await command.says(/does not belong to this login/)
  command.type(sentTo)
  expect(await command.ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Connected\. .*renews itself/) })
  expect((await storedTokens()).access).toMatch(/^v1\./)
})

test('a refused login and a wrong code are told, and nothing is stored', async () => {
  const refused = connect()
  await loginUrlOf(refused)
  await fetch(`${redirectUri}?error=access_denied`)
  expect(await refused.ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('did not give access: access_denied.'),
  })

  const wrong = connect()
  const state = new URL(await loginUrlOf(wrong)).searchParams.get('state')
  await fetch(`${redirectUri}?code=made-up&state=${state}`)
  expect(await wrong.ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/refused to give tokens.*Nothing was stored/),
  })

  expect(await storedTokens()).toEqual({ access: null, refresh: null })
})

test('Ctrl-C ends the wait at once', async () => {
  const command = connect()
  await loginUrlOf(command)
  command.kill('SIGINT')
  expect(await command.ended).toMatchObject({ code: 130, stderr: expect.stringMatching(/Interrupted\.\n$/) })
})

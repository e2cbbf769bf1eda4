import { createServer } from 'node:http'
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

test('where Jejak itself listens at the address, the page that the browser ends at is pasted', async () => {
  const taken = createServer((_request, reply) => reply.end('Jejak'))
  await new Promise<void>((done) => taken.listen(Number(new URL(redirectUri).port), '127.0.0.1', done))
  const command = connect('--json', '--environment', 'live', '--name', 'Warehouse')
  const loginUrl = await loginUrlOf(command)
  await command.says(/listens at .* already/)
  command.type((await fetch(loginUrl, { redirect: 'manual' })).headers.get('location') ?? '')
  expect(await command.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"isNew": true') })
  await new Promise((done) => taken.close(done))
  const listed = await runJejak(['connections', '--json'], env)
  expect(JSON.parse(listed.stdout).data).toMatchObject([{ name: 'Warehouse', environment: 'live', isDefault: true }])
})

test('accounts are paused, resumed, given more calls, renamed and disconnected from the terminal', async () => {
  const command = connect('--environment', 'live')
  await fetch(await loginUrlOf(command))
  expect(await command.ended).toMatchObject({ code: 0 })
  const run = async (...args: string[]) => JSON.parse((await runJejak([...args, '--json'], env)).stdout)
  expect(await run('pause', '--reason', 'Raya')).toMatchObject({ trouble: 'paused', pause: { reason: 'Raya' } })
  expect(await run('resume')).toMatchObject({ pause: null })
  expect(await run('budget', '--extra', '50')).toMatchObject({ budget: { plan: 1000, extra: 50, limit: 1050 } })
  expect(await run('connections:change', '--name', 'Main shop', '--default')).toMatchObject({ name: 'Main shop' })
  expect(await run('connections:show', 'main shop')).toMatchObject({ isDefault: true, environment: 'live' })
  expect((await runJejak(['budget', 'Moon'], env)).stderr).toContain('no EasyParcel account Moon')
  expect(await run('connections:disconnect')).toMatchObject({ isAuthorised: false, needs: { action: 'reconnect' } })
}, 90_000)

test('Ctrl-C ends the wait at once', async () => {
  const command = connect()
  await loginUrlOf(command)
  command.kill('SIGINT')
  expect(await command.ended).toMatchObject({ code: 130, stderr: expect.stringMatching(/Interrupted\.\n$/) })
})

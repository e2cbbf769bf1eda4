import { createTotpSealer } from '@jejak/core/access'
import { createTokenSealer, saveLogin } from '@jejak/core/easyparcel'
import type { Db } from '@jejak/db'
import { connectTest, createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runJejak, startJejak } from './testing/run-jejak.ts'

const oldKey = 'a secret that only tests know, 32 bytes'
const newKey = 'the secret that comes after it, 32 bytes'

// Each command is a process of its own, and a dozen of them take long on a busy machine.
const patienceMs = 300_000

let database: TestDatabase
let db: Db

const jejak = (keys: Record<string, string>, ...args: string[]) =>
  runJejak(args, { DATABASE_URL: database.url, DATA_DIR: '/nowhere', ...keys })
const turned = { SECRET_KEY: newKey, SECRET_KEY_OTHER: oldKey }
const statusOf = async (keys: Record<string, string>) =>
  JSON.parse((await jejak(keys, 'secret:status', '--json')).stdout)
const tokensOpenWith = async (secretKey: string) => {
  const { rows } = await database.pool.query(
    'select sealed_access_token as a, sealed_refresh_token as r from connections',
  )
  const sealer = createTokenSealer([secretKey])
  return [sealer.open(rows[0].a), sealer.open(rows[0].r)]
}

beforeAll(async () => {
  database = await createTestDatabase()
  db = connectTest(database.url)
  expect(await jejak({ SECRET_KEY: oldKey }, 'migrate')).toMatchObject({ code: 0 })
  const { rows } = await database.pool.query('select id from connections')
  const tokens = { accessToken: 'the access', refreshToken: 'the renewal', expiresAt: null }
  const place = { sql: db.sql, connectionId: rows[0].id, sealer: createTokenSealer([oldKey]) }
  await saveLogin(place, { tokens, now: new Date() })
  await database.pool.query(
    `with user_of as (insert into users (email, name, password_hash) values ('siti@kedai.example', '', '') returning id)
     insert into user_totp (user_id, sealed_secret) select id, $1 from user_of`,
    [createTotpSealer([oldKey]).seal('the authenticator')],
  )
  const file = `awb,order_number,email\nJT0000000001,1001,aisyah@example.com\nJT0000000002,1002,bala@example.com\n`
  const imported = await importFile({ SECRET_KEY: oldKey }, file)
  expect(imported).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

const sealedTotp = async () => (await database.pool.query('select sealed_secret as s from user_totp')).rows[0].s

const importFile = async (keys: Record<string, string>, text: string) => {
  const running = startJejak(['import', '-'], { DATABASE_URL: database.url, DATA_DIR: '/nowhere', ...keys })
  running.pipe(text)
  return running.ended
}

test(
  'a new key: what would change is shown first, then tokens move over, contacts stay with the old key, and it is needed until they are gone',
  async () => {
    const dry = await jejak(turned, 'secret:rotate')
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining('would seal 3 tokens and authenticators') })
    expect(dry.stdout).toMatch(/[0-9a-f]{8} +SECRET_KEY_OTHER +3 +2 +0/)
    expect(await tokensOpenWith(oldKey)).toEqual(['the access', 'the renewal'])

    expect(await jejak(turned, 'secret:rotate', '--apply')).toMatchObject({ code: 0 })
    expect(await tokensOpenWith(newKey)).toEqual(['the access', 'the renewal'])
    expect(await statusOf(turned)).toMatchObject([
      { role: 'reads', tokens: 0, contacts: 2 },
      { role: 'writes', tokens: 3, contacts: 0 },
    ])
    expect(createTotpSealer([newKey]).open(await sealedTotp())).toBe('the authenticator')

    const early = await jejak(turned, 'secret:rotate', '--finish')
    expect(early).toMatchObject({ code: 1, stderr: expect.stringMatching(/2 contacts still need another key/) })
    await database.pool.query(`delete from tracking_cache where tracking_number = 'JT0000000001'`)
    expect(await jejak(turned, 'secret:rotate', '--finish')).toMatchObject({ code: 1 })
    await database.pool.query(`delete from tracking_cache where tracking_number = 'JT0000000002'`)
    expect(await jejak(turned, 'secret:rotate', '--finish')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('remove SECRET_KEY_OTHER'),
    })
    expect(await statusOf({ SECRET_KEY: newKey })).toMatchObject([{ role: 'writes', tokens: 3, contacts: 0 }])
  },
  patienceMs,
)

test(
  'tokens that a process is renewing right now are left to it, and moved the next time',
  async () => {
    const third = 'the secret that comes third, 32 bytes and more'
    await database.pool.query(`update connections set refresh_lease_until = now() + interval '2 minutes'`)
    const keys = { SECRET_KEY: third, SECRET_KEY_OTHER: newKey }
    expect(await jejak(keys, 'secret:rotate', '--apply')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('they renew their access right now'),
    })
    expect(await tokensOpenWith(newKey)).toEqual(['the access', 'the renewal'])
    await database.pool.query('update connections set refresh_lease_until = null')
    expect(await jejak(keys, 'secret:rotate', '--finish')).toMatchObject({ code: 0 })
    expect(await tokensOpenWith(third)).toEqual(['the access', 'the renewal'])
  },
  patienceMs,
)

test(
  'a lost key: commands that hash contacts refuse, and what it alone could read is removed on request',
  async () => {
    const third = { SECRET_KEY: 'the secret that comes third, 32 bytes and more' }
    const fourth = { SECRET_KEY: 'the secret after the third was lost, 32 bytes' }
    const line = (place: number) => `awb,order_number,email\nJT000000001${place},200${place},aisyah@example.com\n`
    expect(await jejak(third, 'migrate')).toMatchObject({ code: 0 })
    expect(await importFile(third, line(1))).toMatchObject({ code: 0 })
    expect(await importFile(fourth, line(2))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('used with another SECRET_KEY'),
    })
    expect(await statusOf(fourth)).toMatchObject([{ role: 'missing', tokens: 3, contacts: 1 }, { role: 'writes' }])
    expect(await jejak(fourth, 'secret:rotate', '--apply')).toMatchObject({ code: 1 })
    expect(await jejak(fourth, 'secret:rotate', '--forget')).toMatchObject({ code: 2 })
    expect(await jejak(fourth, 'secret:rotate', '--finish', '--forget')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Removed: 1 contacts, the tokens of 1 EasyParcel accounts, 1 authenticators.'),
    })
    expect(await importFile(fourth, line(2))).toMatchObject({ code: 0 })
    expect((await database.pool.query('select from user_totp')).rowCount).toBe(0)
    const { rows } = await database.pool.query(
      `select contact_email_hmac as email from tracking_cache where tracking_number = 'JT0000000011'`,
    )
    expect(rows).toEqual([{ email: null }])
  },
  patienceMs,
)

test(
  'a contact that a process stored with an old key after its time was ended is not lost in silence: nothing starts without that key',
  async () => {
    const fourth = { SECRET_KEY: 'the secret after the third was lost, 32 bytes' }
    expect(await jejak(fourth, 'migrate')).toMatchObject({ code: 0 })
    const straggler = `update tracking_orders set contact_key_id = '0123abcd' where contact_email_hmac is not null`
    expect((await database.pool.query(straggler)).rowCount).toBe(1)
    expect(await jejak(fourth, 'migrate')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('key id 0123abcd'),
    })
  },
  patienceMs,
)

import { loadConfig } from '@jejak/config'
import type { Db, Sql } from '@jejak/db'
import { connectTest, createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  beginTotp,
  confirmTotpCode,
  createTotpSealer,
  createUser,
  deriveAccessKeys,
  hashSubject,
  readSession,
  signIn,
} from '../access/index.ts'
import { consoleActor } from '../actor.ts'
import { createTokenSealer } from '../easyparcel/client/connection-tokens.ts'
import { keyIdOf, type SecretKeys } from '../secrets/derive-key.ts'
import { codeShown } from '../testing/authenticator.ts'
import { prepareInstallation } from './prepare-installation.ts'
import { finishRotation, forgetOtherKeys, resealTokens, standingOfKeys } from './rotate-secret.ts'

const oldKey = 'a secret that only tests know, 32 bytes'
const newKey = 'the secret that comes after it, 32 bytes'
const begin = new Date('2026-03-02T04:00:00Z')
const later = new Date('2026-03-02T04:01:00Z')
const email = 'siti@kedai.example'
const password = 'three cups of teh tarik'
const config = (secretKey: string) => loadConfig({ SECRET_KEY: secretKey })

let database: TestDatabase
let db: Db

beforeEach(async () => {
  database = await createTestDatabase()
  db = connectTest(database.url, { as: 'worker' })
  await prepareInstallation(db, config(oldKey))
})
afterEach(async () => {
  await db.close()
  await database.drop()
})

const rotating = (secretKeys: SecretKeys) => ({ db, actor: consoleActor, secretKeys, now: () => begin })
const turned = () => rotating([newKey, oldKey])
const runningWith = (secretKeys: SecretKeys) => ({
  ...{ db, actor: consoleActor, clock: async () => begin, settings: config(oldKey).access },
  ...{ accessKeys: deriveAccessKeys(secretKeys), totpSealer: createTotpSealer(secretKeys) },
})
const attempt = { email, password, address: '203.0.113.7', requestId: 'r', replaces: null }

/** A user who signs in with codes since before the key changed. */
const userWithCodes = async () => {
  const deps = runningWith([oldKey])
  const { id: userId } = await createUser(deps, { email, name: '', password, isOperator: true, membership: null })
  const entered = await signIn(deps, { ...attempt, now: begin })
  const session = entered.outcome === 'in' && (await readSession(deps, { token: entered.token, now: begin }))
  const begun = await beginTotp(deps, { ...attempt, organizationId: null, now: begin })
  if (!session || begun.outcome !== 'begun') throw new Error(begun.outcome)
  const code = codeShown(begun.uri, begin)
  const codes = await confirmTotpCode(deps, { userId, organizationId: null, code, sessionId: session.id })
  return { uri: begun.uri, codes }
}
const enter = (code?: string) => signIn(runningWith([newKey]), { ...attempt, code, now: later })

test('who signs in with codes still does after the secret key was changed to the end', async () => {
  const { uri } = await userWithCodes()
  expect(await finishRotation(turned())).toMatchObject([{ role: 'reads', tokens: 1 }])
  expect(await resealTokens(turned())).toEqual({ resealed: 1, left: 0 })
  expect(await finishRotation(turned())).toEqual([])
  expect((await enter()).outcome).toBe('code_missing')
  expect((await enter(codeShown(uri, later))).outcome).toBe('in')
})

test('a recovery code lets its user in even where the key of the authenticator is lost', async () => {
  const { codes } = await userWithCodes()
  expect((await enter(codes[0])).outcome).toBe('in')
})

test('once it is said that the old key is lost, users whose authenticator needed it sign in without codes and can begin again', async () => {
  await userWithCodes()
  const lost = rotating([newKey])
  expect(await resealTokens(lost)).toEqual({ resealed: 0, left: 1 })
  expect(await forgetOtherKeys(lost)).toMatchObject({ authenticators: 1 })
  expect(await finishRotation(lost)).toEqual([])
  expect((await enter()).outcome).toBe('in')
  const begun = await beginTotp(runningWith([newKey]), { ...attempt, organizationId: null, now: later })
  expect(begun.outcome).toBe('begun')
})

test('while the secret key changes, a user still gets in from an address they have used, though strangers attack the account', async () => {
  await userWithCodes()
  await db.sql.query('delete from user_totp')
  const deps = runningWith([newKey, oldKey])
  await db.sql.query('insert into sign_in_attempts (subject_hmac, attempts, last_at) values ($1, 100, $2)', [
    ...[hashSubject(deps.accessKeys[0], { kind: 'account', text: email }), later],
  ])
  expect((await signIn(deps, { ...attempt, address: '198.51.100.7', now: later })).outcome).toBe('locked')
  expect((await signIn(deps, { ...attempt, now: later })).outcome).toBe('in')
})

/** As a process does that still runs with the old key. */
const storeWithOldKey = (sql: Sql) =>
  sql.query('update connections set sealed_access_token = $1', [createTokenSealer([oldKey]).seal('the access')])

test('what is being stored with the old key while its time is ended counts: the key is kept', async () => {
  let finishing: ReturnType<typeof finishRotation> | undefined
  await db.transaction(async (tx) => {
    await storeWithOldKey(tx)
    finishing = finishRotation(turned())
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await database.pool.query(waiting)).rowCount).toBe(1)
  })
  expect(await finishing).toMatchObject([{ keyId: keyIdOf(oldKey), tokens: 1 }])
  expect(await standingOfKeys(turned())).toContainEqual(
    expect.objectContaining({ keyId: keyIdOf(oldKey), role: 'reads' }),
  )
})

test('what a forgotten process stored with the old key after that is not lost in silence: the next start names the key', async () => {
  expect(await finishRotation(turned())).toEqual([])
  await prepareInstallation(db, config(newKey))
  await storeWithOldKey(db.sql)
  await expect(prepareInstallation(db, config(newKey))).rejects.toThrow(`key id ${keyIdOf(oldKey)}`)
})

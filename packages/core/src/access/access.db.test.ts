import { loadConfig } from '@jejak/config'
import { type Db, endSessions, type ShopRole } from '@jejak/db'
import { connectTest, createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consoleActor } from '../actor.ts'
import {
  changePassword,
  createTotpSealer,
  createUser,
  deriveAccessKeys,
  readSession,
  sessionsOf,
  setDisabled,
  setPassword,
  setRights,
  signIn,
} from './index.ts'

const minute = 60_000
const hour = 60 * minute
const begin = new Date('2026-03-02T04:00:00Z')
const after = (ms: number) => new Date(begin.getTime() + ms)
const password = 'three cups of teh tarik'

let database: TestDatabase
let db: Db
let organizationId: string
const { access: settings } = loadConfig({ SECRET_KEY: 'a secret that only tests know, 32 bytes' })
const deps = () => ({
  db,
  clock: async () => begin,
  actor: consoleActor,
  accessKeys: deriveAccessKeys(['a secret that only tests know, 32 bytes']),
  totpSealer: createTotpSealer(['a secret that only tests know, 32 bytes']),
  settings,
})

beforeAll(async () => {
  database = await createTestDatabase()
  db = connectTest(database.url)
  const { rows } = await db.sql.query(`insert into organizations (slug, name) values ('first', 'first') returning id`)
  organizationId = rows[0].id
})
afterAll(async () => {
  await db.close()
  await database.drop()
})
beforeEach(() =>
  db.sql.query(
    'truncate users, memberships, sessions, sign_in_attempts, user_addresses, account_links, user_totp, recovery_codes, audit_log cascade',
  ),
)

const add = (email: string, { role = 'owner' as ShopRole | null, isOperator = false } = {}) =>
  createUser(deps(), {
    email,
    name: '',
    password,
    isOperator,
    membership: role && { organizationId, role },
  })
type Tried = { email?: string; password?: string; address?: string; replaces?: string | null; now?: Date }
const tryIn = (tried: Tried = {}) =>
  signIn(deps(), {
    email: 'siti@kedai.example',
    password,
    address: '203.0.113.7',
    requestId: 'request-1',
    replaces: null,
    now: begin,
    ...tried,
  })
const enter = async (tried: Tried = {}) => {
  const done = await tryIn(tried)
  if (done.outcome !== 'in') throw new Error(done.outcome)
  return done.token
}
const wrong = (tried: Tried = {}) => tryIn({ password: 'not this one, surely', ...tried })
const who = (token: string, now = begin) => readSession(deps(), { token, now })
const counted = (all: { outcome: string }[]) => {
  const counts: Record<string, number> = {}
  for (const { outcome } of all) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

describe('signing in', () => {
  test('opens a session of the user’s shop, however the e-mail address is written', async () => {
    await add('Siti@Kedai.example ')
    const token = await enter({ email: ' SITI@kedai.EXAMPLE' })
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(await who(token)).toMatchObject({
      email: 'siti@kedai.example',
      shop: 'first',
      role: 'owner',
      isOperator: false,
    })
    expect(JSON.stringify((await db.sql.query('select * from sessions')).rows)).not.toContain(token)
  })

  test('a wrong password and an e-mail address that nobody has get the same answer', async () => {
    await add('siti@kedai.example')
    expect(await wrong()).toEqual({ outcome: 'wrong' })
    expect(await tryIn({ email: 'other@kedai.example' })).toEqual({ outcome: 'wrong' })
  })

  test('ends the session that the same browser had before', async () => {
    await add('siti@kedai.example')
    const first = await enter()
    const second = await enter({ replaces: first })
    expect(await who(first)).toBeUndefined()
    expect(await who(second)).toBeDefined()
  })
})

describe('whoever guesses a password', () => {
  test.each(['siti@kedai.example', 'unknown@kedai.example'])(
    'has five attempts on %s, also with fifty at once, and again after five minutes; another address still gets in',
    async (email) => {
      await add('siti@kedai.example')
      const fifty = await Promise.all(Array.from({ length: 50 }, () => wrong({ email })))
      expect(counted(fifty)).toEqual({ wrong: 5, locked: 45 })
      expect(await tryIn({ email })).toEqual({ outcome: 'locked', until: after(5 * minute) })
      expect(await tryIn({ address: '198.51.100.9' })).toMatchObject({ outcome: 'in' })
      expect((await wrong({ email, now: after(5 * minute) })).outcome).toBe('wrong')
    },
  )

  test('gains nothing by signing in between: the count of one pair starts again, that of others stays', async () => {
    await add('siti@kedai.example')
    await add('guesser@kedai.example', { role: 'viewer' })
    for (let time = 0; time < 4; time++) await wrong()
    await enter({ email: 'guesser@kedai.example' })
    expect(counted(await Promise.all([wrong(), wrong()]))).toEqual({ wrong: 1, locked: 1 })
  })

  test('from a thousand addresses gets a hundred checks an hour, and the owner still signs in from where they did before', async () => {
    await add('siti@kedai.example')
    await enter({ address: '192.0.2.1' })
    const guesses: { outcome: string }[] = []
    for (let address = 0; address < 1000; address += 50)
      guesses.push(
        ...(await Promise.all(
          Array.from({ length: 50 }, (_, place) =>
            wrong({ address: `198.18.${(address + place) >> 8}.${(address + place) & 255}` }),
          ),
        )),
      )
    expect(counted(guesses)).toEqual({ wrong: 100, locked: 900 })
    expect(await tryIn({ address: '203.0.113.99' })).toEqual({ outcome: 'locked', until: after(hour) })
    expect(await tryIn({ address: '192.0.2.1' })).toMatchObject({ outcome: 'in' })
    expect(await tryIn({ address: '203.0.113.99', now: after(hour) })).toMatchObject({ outcome: 'in' })
  }, 60_000)
})

describe('the queue of sign-ins', () => {
  test('sends strangers away when it is full, who lose no attempt by it, and lets in who signed in from there before', async () => {
    await add('siti@kedai.example')
    await enter({ address: '192.0.2.1' })
    const flood = Promise.allSettled(
      Array.from({ length: 180 }, (_, place) =>
        wrong({ email: `made-up-${place}@kedai.example`, address: `198.51.100.${place % 36}` }),
      ),
    )
    expect((await tryIn({ address: '192.0.2.1' })).outcome).toBe('in')
    const all = await flood
    const checked = all.filter(({ status }) => status === 'fulfilled').length
    const sentAway = all.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
    expect(new Set(sentAway)).toEqual(new Set([expect.stringContaining('Too many people sign in at once')]))
    // Each attempt that was checked counts for its pair and its account; the turns of the one who got in are one row more.
    const counts = await db.sql.query('select from sign_in_attempts where attempts > 0')
    expect(counts.rowCount).toBe(2 * checked + 1)
  }, 60_000)
})

describe('whoever knows the password', () => {
  test('signs in a hundred times an hour from one address, and goes on from another', async () => {
    await add('siti@kedai.example')
    await enter()
    await db.sql.query('update sign_in_attempts set attempts = 100 where attempts > 0')
    expect((await tryIn({ now: after(minute) })).outcome).toBe('locked')
    expect((await tryIn({ address: '198.51.100.9' })).outcome).toBe('in')
    expect((await tryIn({ now: after(hour) })).outcome).toBe('in')
  })

  test('has a hundred sessions at most: the one that was used least lately ends', async () => {
    const { id } = await add('siti@kedai.example')
    const oldest = await enter()
    await db.sql.query(
      `insert into sessions (token_hash, user_id, address_hmac, created_at, seen_at) select n, $1, '', $2, $2 from generate_series(1, 99) n`,
      [id, after(minute)],
    )
    expect(await who(oldest)).toBeDefined()
    const newest = await enter({ now: after(2 * minute) })
    const later = after(2 * minute)
    expect([await who(oldest, later), await who(newest, later)]).toEqual([undefined, expect.anything()])
    expect((await db.sql.query('select from sessions')).rowCount).toBe(100)
  })

  test('gets an answer, also when they sign in and change the password in the same moment', async () => {
    await add('siti@kedai.example')
    const { id } = (await who(await enter()))!
    const change = { email: 'siti@kedai.example', password, chosen: password, address: '203.0.113.7', now: begin }
    for (let race = 0; race < 4; race++) {
      const both = await Promise.all([
        tryIn(),
        changePassword(deps(), { ...change, sessionId: id, organizationId, requestId: 'request-1' }),
      ])
      for (const { outcome } of both) expect(['in', 'changed', 'wrong']).toContain(outcome)
    }
  })
})

test('a wrong password for a user leaves an entry in the audit log, one for a made-up e-mail address none', async () => {
  await add('siti@kedai.example')
  for (let time = 0; time < 3; time++) await wrong({ email: `made-up-${time}@kedai.example` })
  await wrong()
  const { rows } = await db.sql.query(`select object from audit_log where act = 'session.refused'`)
  expect(rows).toEqual([{ object: expect.stringMatching(/^user:/) }])
})

describe('a session', () => {
  test('ends after half an hour without use and after twelve hours in any case', async () => {
    await add('siti@kedai.example')
    const idle = await enter()
    expect(await who(idle, after(29 * minute))).toBeDefined()
    expect(await who(idle, after(58 * minute))).toBeDefined()
    expect(await who(idle, after(88 * minute))).toBeUndefined()
    const used = await enter()
    for (let at = 0; at < 12 * hour; at += 20 * minute) expect(await who(used, after(at))).toBeDefined()
    expect(await who(used, after(12 * hour))).toBeUndefined()
  })

  test('ends with the very next request when its user is disabled, and stays ended when they are let in again', async () => {
    await add('boss@kedai.example', { isOperator: true })
    await add('siti@kedai.example', { role: 'support' })
    const token = await enter()
    await setDisabled(deps(), { email: 'siti@kedai.example', disabledAt: begin })
    expect(await who(token)).toBeUndefined()
    expect(await tryIn()).toEqual({ outcome: 'wrong' })
    await setDisabled(deps(), { email: 'siti@kedai.example', disabledAt: null })
    expect(await who(token)).toBeUndefined()
    expect((await tryIn()).outcome).toBe('in')
  })

  test('is never opened by a sign-in that races with the disabling of its user', async () => {
    await add('boss@kedai.example', { isOperator: true })
    await add('siti@kedai.example', { role: 'support' })
    for (let race = 0; race < 5; race++) {
      const [done] = await Promise.all([
        tryIn({ address: `192.0.2.${race}` }),
        setDisabled(deps(), { email: 'siti@kedai.example', disabledAt: begin }),
      ])
      if (done.outcome === 'in') expect(await who(done.token)).toBeUndefined()
      await setDisabled(deps(), { email: 'siti@kedai.example', disabledAt: null })
    }
  })

  test('ends when the rights of its user change, and when someone gives them another password', async () => {
    await add('siti@kedai.example')
    await add('ali@kedai.example', { role: 'support' })
    const ali = () => enter({ email: 'ali@kedai.example' })
    const before = await ali()
    await setRights(deps(), { email: 'ali@kedai.example', membership: { organizationId, role: 'viewer' } })
    expect(await who(before)).toBeUndefined()
    const viewer = await ali()
    expect(await who(viewer)).toMatchObject({ role: 'viewer' })
    await setPassword(deps(), { email: 'ali@kedai.example', password: 'another good one, 12' })
    expect(await who(viewer)).toBeUndefined()
    expect(await tryIn({ email: 'ali@kedai.example' })).toEqual({ outcome: 'wrong' })
  })

  test('is listed for its user, who ends one or all others', async () => {
    const { id: userId } = await add('siti@kedai.example')
    const [one, two, three] = [
      await enter(),
      await enter({ now: after(minute) }),
      await enter({ now: after(2 * minute) }),
    ]
    const list = () => sessionsOf(deps(), { userId, now: after(3 * minute) })
    const [newest, middle] = await list()
    expect(await list()).toHaveLength(3)
    await endSessions(db.sql, { userId, only: middle!.id })
    expect(await who(two!, after(3 * minute))).toBeUndefined()
    await endSessions(db.sql, { userId, except: newest!.id })
    expect(await who(one!, after(3 * minute))).toBeUndefined()
    expect(await who(three!, after(3 * minute))).toBeDefined()
    expect(await endSessions(db.sql, { userId: '999', only: newest!.id })).toBe(0)
  })
})

test('a user changes their own password with the old one, keeps this session and loses the others', async () => {
  await add('siti@kedai.example')
  const [here, there] = [await enter(), await enter()]
  const { id } = (await who(here))!
  const change = (current: string, chosen: string) =>
    changePassword(deps(), {
      ...{ email: 'siti@kedai.example', password: current, chosen, address: '203.0.113.7' },
      ...{ sessionId: id, organizationId, requestId: 'request-1', now: begin },
    })
  expect(await change('not this one, surely', 'another good one, 12')).toEqual({ outcome: 'wrong' })
  await expect(change(password, 'password123')).rejects.toThrow('easy to guess')
  expect(await change(password, 'another good one, 12')).toEqual({ outcome: 'changed' })
  expect([await who(here), await who(there)]).toEqual([expect.anything(), undefined])
  expect((await tryIn({ password: 'another good one, 12' })).outcome).toBe('in')
})

test('weak proposals with the right old password lock no one out', async () => {
  await add('siti@kedai.example')
  const { id } = (await who(await enter()))!
  const weak = { email: 'siti@kedai.example', password, chosen: 'password123', address: '203.0.113.7' }
  for (let time = 0; time < 6; time++)
    await expect(
      changePassword(deps(), { ...weak, organizationId, requestId: 'request-1', sessionId: id, now: begin }),
    ).rejects.toThrow('easy to guess')
  expect((await tryIn()).outcome).toBe('in')
})

test('whoever knows the old password gains nothing in the moment in which an operator gives out another one', async () => {
  await add('siti@kedai.example')
  const { id } = (await who(await enter()))!
  for (let race = 0; race < 6; race++) {
    const [old, next] = [race % 2 ? 'another good one, 12' : password, race % 2 ? password : 'another good one, 12']
    const attempt = {
      email: 'siti@kedai.example',
      password: old,
      address: `192.0.2.${race}`,
      requestId: 'request-1',
      now: begin,
    }
    const [entered] = await Promise.all([
      signIn(deps(), { ...attempt, replaces: null }),
      changePassword(deps(), { ...attempt, chosen: 'of the thief, 123456', organizationId, sessionId: id }).catch(
        () => undefined,
      ),
      setPassword(deps(), { email: 'siti@kedai.example', password: next }),
    ])
    expect((await tryIn({ password: next, address: `198.51.100.${race}` })).outcome).toBe('in')
    if (entered.outcome === 'in') expect(await who(entered.token)).toBeUndefined()
  }
})

describe('the last owner of a shop and the last operator', () => {
  test('cannot be disabled or demoted, even when two owners are demoted at once', async () => {
    await add('siti@kedai.example', { isOperator: true })
    const demote = (email: string) => setRights(deps(), { email, membership: { organizationId, role: 'admin' } })
    await expect(demote('siti@kedai.example')).rejects.toThrow('last owner')
    await expect(setRights(deps(), { email: 'siti@kedai.example', isOperator: false })).rejects.toThrow('last operator')
    await expect(setDisabled(deps(), { email: 'siti@kedai.example', disabledAt: begin })).rejects.toThrow(
      'last operator',
    )
    await add('ali@kedai.example', { isOperator: true })
    const both = await Promise.allSettled([demote('siti@kedai.example'), demote('ali@kedai.example')])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await expect(
      createUser(deps(), { email: 'ALI@kedai.example', name: '', password, isOperator: false, membership: null }),
    ).rejects.toThrow('already')
  })

  test('a disabled owner does not count as one', async () => {
    await add('siti@kedai.example')
    await add('ali@kedai.example')
    await setDisabled(deps(), { email: 'ali@kedai.example', disabledAt: begin })
    await expect(setDisabled(deps(), { email: 'siti@kedai.example', disabledAt: begin })).rejects.toThrow('last owner')
  })
})

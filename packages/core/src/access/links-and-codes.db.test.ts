import { loadConfig } from '@jejak/config'
import { type Db, lockRights, type ShopRole, saveEmail } from '@jejak/db'
import { connectTest, createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { consoleActor } from '../actor.ts'
import { resealTokens } from '../installing/index.ts'
import { codeShown } from '../testing/authenticator.ts'
import {
  beginTotp,
  changeEmail,
  changePassword,
  confirmTotpCode,
  createTotpSealer,
  createUser,
  deriveAccessKeys,
  forceTotpOff,
  hashSubject,
  inviteUser,
  type LinkUse,
  makeResetLink,
  makeSetupLink,
  readLink,
  readSession,
  setDisabled,
  setPassword,
  setRights,
  signIn,
  switchTotpOff,
  useLink,
  withdrawInvitation,
} from './index.ts'

const minute = 60_000
const begin = new Date('2026-03-02T04:00:00Z')
const after = (ms: number) => new Date(begin.getTime() + ms)
const password = 'three cups of teh tarik'
const email = 'siti@kedai.example'
const address = '203.0.113.7'
const requestId = 'request-1'
const secretKey = 'a secret that only tests know, 32 bytes'
const { access: settings } = loadConfig({ SECRET_KEY: secretKey })

let database: TestDatabase
let db: Db
let [first, second] = ['', '']
const deps = () => ({
  ...{ db, accessKeys: deriveAccessKeys([secretKey]), totpSealer: createTotpSealer([secretKey]), settings },
  ...{ actor: consoleActor, clock: async () => begin },
})

beforeAll(async () => {
  database = await createTestDatabase()
  db = connectTest(database.url)
  const { rows } = await db.sql.query(
    `insert into organizations (slug, name) values ('first', 'First'), ('second', 'Second') returning id`,
  )
  first = rows[0].id
  second = rows[1].id
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

const add = (role: ShopRole = 'owner', organizationId = first, email = 'siti@kedai.example') =>
  createUser(deps(), { email, name: 'Siti', password, isOperator: false, membership: { organizationId, role } })
type Tried = { email?: string; password?: string; code?: string; address?: string; now?: Date }
const tryIn = (tried: Tried = {}) =>
  signIn(deps(), { email, password, address, replaces: null, requestId, now: begin, ...tried })
const open = async (tried: Tried = {}) => {
  const done = await tryIn(tried)
  if (done.outcome !== 'in') throw new Error(done.outcome)
  return done.token
}
const who = (token: string, now = begin) => readSession(deps(), { token, now })
const use = (token: string, filled: Partial<LinkUse> = {}) =>
  useLink(deps(), { token, signedInAs: null, address, requestId, now: begin, ...filled })
const own = { email, password, address, requestId, now: begin }
const rolesOf = async () =>
  (await db.sql.query('select email, role from memberships join users on id = user_id order by email')).rows
const actsOf = async () => (await db.sql.query('select act from audit_log order by id')).rows.map(({ act }) => act)
const chosen = 'another good one, 12'
const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

describe('an invitation', () => {
  const invite = () => inviteUser(deps(), { email: 'Ali@kedai.example', organizationId: first, role: 'support' })

  test('makes a user with the password that they choose, and is kept as a hash only', async () => {
    const { token, expiresAt } = await invite()
    expect(expiresAt).toEqual(after(7 * 1440 * minute))
    expect(await readLink(deps(), { token, now: begin })).toMatchObject({
      kind: 'invitation',
      shop: 'first',
      userId: null,
    })
    expect(await use(token, { name: 'Ali', password: chosen })).toEqual({ outcome: 'used', email: 'ali@kedai.example' })
    const entered = await signIn(deps(), {
      ...{ email: 'ali@kedai.example', password: chosen, address, replaces: null, requestId, now: begin },
    })
    expect(entered.outcome === 'in' && (await who(entered.token))).toMatchObject({ shop: 'first', role: 'support' })
    expect(JSON.stringify((await db.sql.query('select * from account_links')).rows)).not.toContain(token)
    expect(await actsOf()).toEqual(['invitation.created', 'invitation.used', 'session.started'])
  })

  test('works once, also when twenty use it at the same time; who comes late leaves no user behind', async () => {
    const { token } = await invite()
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, (_, place) => use(token, { name: `${place}`, password: chosen })),
    )
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await db.sql.query('select from users')).rowCount).toBe(1)
    await expect(use(token, { name: 'Ali', password: chosen })).rejects.toThrow('has been used')
  })

  test('is over after a week, and when another one is made for the same address', async () => {
    const { token } = await invite()
    await expect(readLink(deps(), { token, now: after(7 * 1440 * minute) })).rejects.toThrow('too old')
    await invite()
    await expect(readLink(deps(), { token, now: begin })).rejects.toThrow('replaced')
  })

  test('survives a weak password', async () => {
    const { token } = await invite()
    await expect(use(token, { name: 'Ali', password: 'password123' })).rejects.toThrow('easy to guess')
    expect(await use(token, { name: 'Ali', password: chosen })).toMatchObject({ outcome: 'used' })
  })

  test('brings someone who is a user already into another shop: with their own password, or in their session', async () => {
    const { id } = await add()
    const invited = () => inviteUser(deps(), { email, organizationId: second, role: 'viewer' })
    const { token } = await invited()
    await expect(use(token)).rejects.toThrow('Write your Jejak password')
    expect(await use(token, { password: 'not this one, surely' })).toEqual({ outcome: 'wrong' })
    expect(await use(token, { password })).toMatchObject({ outcome: 'used' })
    const roles = () => db.sql.query('select role from memberships order by organization_id')
    expect((await roles()).rows).toEqual([{ role: 'owner' }, { role: 'viewer' }])
    await expect(invited()).rejects.toThrow('belongs to the shop already')
    await setRights(deps(), { email, membership: { organizationId: second, role: null } })
    const again = await invited()
    expect(await use(again.token, { signedInAs: id })).toMatchObject({ outcome: 'used' })
    expect((await roles()).rows).toHaveLength(2)
  })

  test('never lowers what someone has become meanwhile', async () => {
    const { id } = await add()
    const { token } = await inviteUser(deps(), { email, organizationId: second, role: 'viewer' })
    await setRights(deps(), { email, membership: { organizationId: second, role: 'owner' } })
    await expect(use(token, { signedInAs: id })).rejects.toThrow('has been used')
  })

  test('gives whoever guesses the password of a user no more attempts than signing in', async () => {
    await add()
    const { token } = await inviteUser(deps(), { email, organizationId: second, role: 'viewer' })
    const all = await Promise.all(Array.from({ length: 12 }, () => use(token, { password: 'not this one, surely' })))
    expect(all.filter(({ outcome }) => outcome === 'wrong')).toHaveLength(5)
  })
})

describe('an invitation that is still open', () => {
  const ali = 'ali@kedai.example'
  const invite = (role: ShopRole = 'admin', to = ali) => inviteUser(deps(), { email: to, organizationId: first, role })

  test('ends with the person’s role in the shop: whoever is taken out does not come back by it', async () => {
    await add()
    const { token } = await invite()
    await add('viewer', first, ali)
    await expect(readLink(deps(), { token, now: begin })).rejects.toThrow('has been used')
    await setRights(deps(), { email: ali, membership: { organizationId: first, role: null } })
    const again = await invite()
    await setRights(deps(), { email: ali, membership: { organizationId: first, role: null } })
    await expect(use(again.token, { password })).rejects.toThrow('has been used')
    expect(await rolesOf()).toEqual([{ email, role: 'owner' }])
  })

  test('keeps others from taking its e-mail address', async () => {
    await add('viewer', second, 'mallory@kedai.example')
    await add()
    const { token } = await invite()
    const mallory = { ...own, email: 'mallory@kedai.example', organizationId: second, sessionId: '0', chosen: ali }
    await expect(changeEmail(deps(), mallory)).rejects.toThrow('someone is invited with it')
    expect(await use(token, { name: 'Ali', password: chosen })).toMatchObject({ outcome: 'used' })
  })

  test('cannot be used by a disabled user', async () => {
    await add()
    await add('viewer', second, ali)
    const { token } = await invite()
    await setDisabled(deps(), { email: ali, disabledAt: begin })
    await expect(use(token, { password })).rejects.toThrow('has been used')
  })

  test('never makes an owner less, also when they change their e-mail address in the same moment', async () => {
    const { id } = await add()
    const { token } = await invite('viewer', 'second@kedai.example')
    await db.sql.query(`update users set email = 'second@kedai.example'`)
    let used: Promise<string> | undefined
    await db.transaction(async (tx) => {
      await lockRights(tx)
      await saveEmail(tx, { userId: id, email: 'third@kedai.example', now: begin })
      const waits = `select from pg_locks where locktype = 'advisory' and not granted`
      used = use(token, { signedInAs: id }).then(
        ({ outcome }) => outcome,
        (refused: Error) => refused.message,
      )
      await expect.poll(async () => (await db.sql.query(waits)).rowCount).toBeGreaterThan(0)
    })
    expect(await used).toMatch('has been used')
    expect(await rolesOf()).toEqual([{ email: 'third@kedai.example', role: 'owner' }])
  })

  test('shows in the audit log as withdrawn when it is taken back', async () => {
    const { id, token } = await invite()
    await withdrawInvitation(deps(), { organizationId: first, id })
    expect(await actsOf()).toEqual(['invitation.created', 'invitation.withdrawn'])
    await expect(use(token, { password })).rejects.toThrow('has been used')
  })
})

describe('a link for another password', () => {
  const isOver = (token: string) => expect(use(token, { password: chosen })).rejects.toThrow('has been used')
  const make = async () => (await makeResetLink(deps(), { email })).token
  const inSession = () => ({ ...own, organizationId: first, sessionId: '0' })

  test.each<[string, () => Promise<unknown>]>([
    ['the user has changed their password', () => changePassword(deps(), { ...inSession(), chosen })],
    ['the user has another e-mail address', () => changeEmail(deps(), { ...inSession(), chosen: 'new@kedai.example' })],
    ['someone gave them another password', () => setPassword(deps(), { email, password: chosen })],
    [
      'another link has been used',
      async () => use((await makeResetLink(deps(), { email })).token, { password: chosen }),
    ],
  ])('is over when %s', async (_, change) => {
    await add()
    const token = await make()
    await change()
    await isOver(token)
  })

  test('is over when the user is disabled, and stays so; there is none for a disabled user', async () => {
    await add()
    await add('owner', first, 'ali@kedai.example')
    const token = await make()
    await setDisabled(deps(), { email, disabledAt: begin })
    await isOver(token)
    await expect(make()).rejects.toThrow('disabled')
    await setDisabled(deps(), { email, disabledAt: null })
    await isOver(token)
    expect((await tryIn()).outcome).toBe('in')
  })

  test('shows in the audit log as used: the change was made by link, in the shop to which the user came first', async () => {
    await add('viewer', second)
    await setRights(deps(), { email, membership: { organizationId: first, role: 'viewer' } })
    await use(await make(), { password: chosen })
    const { rows } = await db.sql.query('select act, detail, organization_id from audit_log order by id desc limit 2')
    expect(rows).toEqual([
      { act: 'user.password_changed', detail: 'by link', organization_id: second },
      { act: 'reset.created', detail: null, organization_id: second },
    ])
  })

  test('ends all sessions when it is used, leaves the old password good until then, and lets the owner in past strangers', async () => {
    await add()
    const token = await open()
    const link = await makeResetLink(deps(), { email })
    expect(await who(token)).toBeDefined()
    const strangers = hashSubject(deps().accessKeys[0], { kind: 'account', text: email })
    await db.sql.query(
      'insert into sign_in_attempts values ($1, 100, $2) on conflict (subject_hmac) do update set attempts = 100',
      [strangers, begin],
    )
    expect((await tryIn({ address: '198.51.100.99' })).outcome).toBe('locked')
    expect(await use(link.token, { password: chosen })).toMatchObject({ outcome: 'used', email })
    expect(await who(token)).toBeUndefined()
    expect(await tryIn()).toEqual({ outcome: 'wrong' })
    expect((await tryIn({ password: chosen, address: '198.51.100.99' })).outcome).toBe('in')
  })

  test('works once, also when twenty use it at the same time', async () => {
    await add()
    const { token } = await makeResetLink(deps(), { email })
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => use(token, { password: chosen })))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('the link that sets Jejak up', () => {
  test('makes the first user owner and operator, once, and is not there once someone is', async () => {
    const made = await makeSetupLink(deps(), { organizationId: first })
    expect(await use(made!.token, { email, name: 'Siti', password })).toEqual({ outcome: 'used', email })
    expect(await who(await open())).toMatchObject({ role: 'owner', isOperator: true })
    expect(await makeSetupLink(deps(), { organizationId: first })).toBeNull()
  })

  test('makes no second first user, when another one was made meanwhile', async () => {
    const made = await makeSetupLink(deps(), { organizationId: first })
    await add()
    await expect(use(made!.token, { email: 'evil@kedai.example', password: chosen })).rejects.toThrow('a user already')
  })
})

describe('the first user', () => {
  test('is one person: a set-up link that is used while a command makes the first user makes no second one', async () => {
    const made = await makeSetupLink(deps(), { organizationId: first })
    let used: Promise<unknown> | undefined
    const whileLinkIsUsed = async () => {
      used = use(made!.token, { email: 'evil@kedai.example', password: chosen }).catch((error: Error) => error.message)
      await expect.poll(async () => (await db.sql.query(waiting)).rowCount).toBe(1)
      return begin
    }
    const user = { email, name: 'Siti', password, isOperator: true, membership: null }
    await createUser({ ...deps(), clock: whileLinkIsUsed }, user)
    expect(await used).toContain('a user already')
    expect((await db.sql.query('select email from users')).rows).toEqual([{ email }])
  })

  test('the audit log tells when a set-up link was made', async () => {
    await makeSetupLink(deps(), { organizationId: first })
    expect(await actsOf()).toEqual(['setup.created'])
  })
})

describe('codes of an authenticator', () => {
  const beginWith = async () => {
    const { id: userId } = await add()
    const session = (await who(await open()))!
    const begun = await beginTotp(deps(), { email, password, address, requestId, organizationId: first, now: begin })
    if (begun.outcome !== 'begun') throw new Error(begun.outcome)
    const confirm = ({ code = codeShown(begun.uri, begin), now = begin } = {}) => {
      const asked = { userId, organizationId: first, code, sessionId: session.id }
      return confirmTotpCode({ ...deps(), clock: async () => now }, asked)
    }
    return { userId, uri: begun.uri, secret: begun.secret, confirm }
  }
  const switchOn = async () => {
    const { confirm, ...begun } = await beginWith()
    return { ...begun, codes: await confirm() }
  }
  const refusals = async () =>
    (await db.sql.query(`select act from audit_log where result = 'refused' order by id`)).rows.map(({ act }) => act)

  test('are asked for at once: also by what was proved by password alone just before', async () => {
    const { confirm } = await beginWith()
    let confirmed: Promise<unknown> | undefined
    const late: Db['transaction'] = async (...work) => {
      confirmed ??= confirm()
      await confirmed
      return db.transaction(...work)
    }
    const lateDeps = { ...deps(), db: { ...db, transaction: late } }
    expect(await signIn(lateDeps, { ...own, replaces: null })).toEqual({ outcome: 'code_missing' })
    expect((await switchTotpOff(lateDeps, { ...own, organizationId: first })).outcome).toBe('code_missing')
    expect((await tryIn()).outcome).toBe('code_missing')
  })

  test('begin with a first code, which five wrong ones keep waiting for five minutes; each is in the audit log', async () => {
    const { confirm, uri } = await beginWith()
    for (let time = 0; time < 5; time++)
      await expect(confirm({ code: '000000' })).rejects.toThrow('This is not the code')
    await expect(confirm()).rejects.toThrow('Too many wrong codes')
    expect(await refusals()).toEqual(Array(5).fill('user.totp_enabled'))
    const now = after(5 * minute)
    expect(await confirm({ code: codeShown(uri, now), now })).toHaveLength(10)
  })

  test('do not begin with a secret that has waited for ten minutes', async () => {
    const { confirm, uri } = await beginWith()
    const now = after(11 * minute)
    await expect(confirm({ code: codeShown(uri, now), now })).rejects.toThrow('Ask for a secret first')
  })

  test('show in the audit log when one has been used before, and when someone guesses a recovery code', async () => {
    const { uri } = await switchOn()
    const now = after(minute)
    const code = codeShown(uri, now)
    expect((await tryIn({ code, now })).outcome).toBe('in')
    expect((await tryIn({ code, now })).outcome).toBe('code_wrong')
    expect((await tryIn({ code: 'aaaa-aaaa-aaaa-aaaa', now })).outcome).toBe('code_wrong')
    expect(await refusals()).toEqual(['session.refused', 'session.refused'])
  })

  test('are asked for once a first one was right; the secret is sealed, the recovery codes are hashes', async () => {
    const { secret, codes, uri } = await switchOn()
    expect(uri).toMatch(/^otpauth:\/\/totp\/Jejak:siti%40kedai.example\?/)
    expect(codes).toHaveLength(10)
    const stored = JSON.stringify([
      (await db.sql.query('select * from user_totp')).rows,
      (await db.sql.query('select * from recovery_codes')).rows,
    ])
    expect(stored).not.toContain(secret)
    expect(stored).not.toContain(codes[0])
    expect(await tryIn()).toEqual({ outcome: 'code_missing' })
    expect((await tryIn({ code: codeShown(uri, after(minute)), now: after(minute) })).outcome).toBe('in')
    expect(await actsOf()).toContain('user.totp_enabled')
  })

  test('are asked for by nothing until a first one has come', async () => {
    await add()
    await beginTotp(deps(), { email, password, address, requestId, organizationId: first, now: begin })
    expect((await tryIn()).outcome).toBe('in')
  })

  test('work once, also when twenty use one at the same time from twenty places', async () => {
    const { uri } = await switchOn()
    const now = after(minute)
    const code = codeShown(uri, now)
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, place) => tryIn({ code, now, address: `198.51.100.${place}` })),
    )
    expect(all.filter(({ outcome }) => outcome === 'in')).toHaveLength(1)
    expect(await tryIn({ code, now, address: '192.0.2.1' })).toEqual({ outcome: 'code_wrong' })
  })

  test('may be half a minute early or late, and no more', async () => {
    const { uri } = await switchOn()
    const now = after(10 * minute)
    const at = (seconds: number) => tryIn({ code: codeShown(uri, after(10 * minute + seconds * 1000)), now })
    expect([(await at(-60)).outcome, (await at(60)).outcome]).toEqual(['code_wrong', 'code_wrong'])
    expect((await at(-30)).outcome).toBe('in')
    expect((await at(30)).outcome).toBe('in')
    expect((await at(0)).outcome).toBe('code_wrong')
  })

  test('cannot be guessed more often than passwords, also by someone who knows the password and begins anew each time', async () => {
    await switchOn()
    const outcomes: string[] = []
    for (let time = 0; time < 8; time++) {
      outcomes.push((await tryIn({ code: '000000', now: after(minute) })).outcome)
      if (time < 4) expect((await tryIn({ now: after(minute) })).outcome).toBe('code_missing')
    }
    expect(outcomes).toEqual([...Array(5).fill('code_wrong'), ...Array(3).fill('locked')])
  })

  test('give way to a recovery code, however it is typed, and each of those works once', async () => {
    const { codes } = await switchOn()
    const [one = '', two = ''] = codes
    expect((await tryIn({ code: one.toUpperCase().replaceAll('-', ' ') })).outcome).toBe('in')
    expect((await tryIn({ code: one })).outcome).toBe('code_wrong')
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, place) => tryIn({ code: two, address: `198.51.100.${place}` })),
    )
    expect(all.filter(({ outcome }) => outcome === 'in')).toHaveLength(1)
  })

  test('are switched off with password and code, and by an operator for whoever lost both', async () => {
    const { uri } = await switchOn()
    const off = (tried: Tried) =>
      switchTotpOff(deps(), {
        email,
        password,
        address,
        requestId,
        organizationId: first,
        now: after(minute),
        ...tried,
      })
    expect((await off({})).outcome).toBe('code_missing')
    expect((await off({ password: 'not this one, surely', code: codeShown(uri, after(minute)) })).outcome).toBe('wrong')
    expect((await off({ code: codeShown(uri, after(minute)) })).outcome).toBe('off')
    expect((await tryIn()).outcome).toBe('in')
    await expect(forceTotpOff(deps(), { email })).rejects.toThrow('does not sign in with codes')
  })

  test('go on when SECRET_KEY changes: their secrets are sealed anew, and codes work without the old key', async () => {
    const { uri } = await switchOn()
    const newKey = 'another secret that only tests know, 32 bytes'
    const rotating = { db, actor: consoleActor, now: () => begin }
    expect(await resealTokens({ ...rotating, secretKeys: [newKey] })).toEqual({ resealed: 0, left: 1 })
    const both = [newKey, secretKey] as const
    expect(await resealTokens({ ...rotating, secretKeys: both })).toEqual({ resealed: 1, left: 0 })
    const now = after(minute)
    const later = { ...deps(), totpSealer: createTotpSealer([newKey]) }
    const code = codeShown(uri, now)
    expect(await signIn(later, { email, password, code, address, replaces: null, requestId, now })).toMatchObject({
      outcome: 'in',
    })
  })

  test('of a clock that was far ahead keep no one out once it is right again', async () => {
    const { uri } = await switchOn()
    const ahead = after(1440 * minute)
    expect((await tryIn({ code: codeShown(uri, ahead), now: ahead })).outcome).toBe('in')
    const now = after(10 * minute)
    expect((await tryIn({ code: codeShown(uri, now), now })).outcome).toBe('in')
    expect((await tryIn({ code: codeShown(uri, now), now })).outcome).toBe('code_wrong')
  })

  test('are not asked for any more once an operator says so', async () => {
    await switchOn()
    await forceTotpOff(deps(), { email })
    expect((await tryIn()).outcome).toBe('in')
  })
})

test('users change their own e-mail address with their password; one that someone has is refused, other sessions end', async () => {
  await add()
  await createUser(deps(), {
    ...{ email: 'ali@kedai.example', name: '', password, isOperator: false },
    membership: { organizationId: first, role: 'viewer' },
  })
  const [here, there] = [await open(), await open()]
  const { id: sessionId } = (await who(here))!
  const change = (given: Partial<{ password: string; chosen: string }>) =>
    changeEmail(deps(), {
      email,
      password,
      address,
      requestId,
      organizationId: first,
      now: begin,
      sessionId,
      chosen: 'Siti@New.example',
      ...given,
    })
  expect((await change({ password: 'not this one, surely' })).outcome).toBe('wrong')
  // A right password is no guess, whatever becomes of the change.
  for (let time = 0; time < 6; time++) await expect(change({ chosen: 'ali@kedai.example' })).rejects.toThrow('already')
  expect((await change({})).outcome).toBe('changed')
  expect([(await who(here))?.email, await who(there)]).toEqual(['siti@new.example', undefined])
  expect(await tryIn()).toEqual({ outcome: 'wrong' })
})

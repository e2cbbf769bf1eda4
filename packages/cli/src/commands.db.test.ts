import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { languages } from '@jejak/contract'
import { sealAudit } from '@jejak/core/audit'
import type { Tx } from '@jejak/db'
import { createTestDatabase, holdTable, openDatabaseLine, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ran, runJejak, startJejak } from './testing/run-jejak.ts'

let database: TestDatabase
let folder: string
let env: Record<string, string>

const envOf = (url: string) => ({
  DATABASE_URL: url,
  SECRET_KEY: 'a secret that only tests know, 32 bytes',
  DATA_DIR: folder,
})
const jejak = (...args: string[]) => runJejak(args, env)
const jejakJson = async (...args: string[]) => JSON.parse((await jejak(...args, '--json')).stdout)
const count = async (table: string) => (await database.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'jejak-commands-'))
  env = envOf(database.url)
  expect(await jejak('migrate')).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

describe('API keys', () => {
  test('a new key is printed once, alone on standard output, is never listed, and ends when it is revoked', async () => {
    const created = await jejak('key:create', '--name', 'my shop', '--expires', '90d')
    const key = created.stdout.trim()
    expect(key).toMatch(/^jejak_[\w-]{43}$/)
    expect(created.stderr).toContain('may trackings:read, trackings:write and ends')
    const prefix = key.slice(0, 11)
    const listed = await jejak('key:list')
    expect(listed.stdout).toMatch(new RegExp(`${prefix} +my shop +trackings:read,trackings:write +active`))
    expect(listed.stdout + listed.stderr).not.toContain(key)
    expect(await jejak('key:revoke', prefix)).toMatchObject({ code: 0, stdout: 'Key 1 "my shop" is revoked.\n' })
    expect(await jejakJson('key:list')).toMatchObject([{ id: '1', prefix, state: 'revoked' }])
    expect(await jejak('key:revoke', '1')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No active key has/),
    })
  })
})

describe('users', () => {
  test('a user is made with a password that is printed once, listed, given another one, demoted and disabled', async () => {
    const created = await jejak('user:create', 'Siti@Kedai.example', '--role', 'owner', '--operator', '--name', 'Siti')
    expect(created).toMatchObject({ code: 0, stdout: expect.stringMatching(/^(?:[\da-zA]{5}-){3}[\da-zA]{5}\n$/) })
    expect(await jejakJson('user:list')).toMatchObject([
      {
        email: 'siti@kedai.example',
        name: 'Siti',
        state: 'active',
        isOperator: true,
        roles: [{ shop: 'default', role: 'owner' }],
      },
    ])
    expect((await jejak('user:list')).stdout).toMatch(/siti@kedai\.example +Siti +active +owner of default, operator/)
    const reset = await jejak('user:reset', 'siti@kedai.example')
    expect(reset.stdout).toMatch(/^http:\/\/localhost:3000\/account\/link#[\w-]{43}\n$/)
    expect(await jejak('user:totp-off', 'siti@kedai.example')).toMatchObject({ code: 1 })
    expect(await jejak('user:role', 'siti@kedai.example', '--role', 'viewer')).toMatchObject({
      code: 1,
      stderr: 'This is the last owner of the shop. Make another user owner first.\n',
    })
    expect(await jejak('user:create', 'ali@kedai.example', '--role', 'owner')).toMatchObject({ code: 0 })
    expect(await jejak('user:remove', 'ali@kedai.example')).toMatchObject({ code: 0 })
    expect((await jejak('user:sessions', 'ali@kedai.example', '--end')).stdout).toBe('Not signed in.\n')
    expect(await jejak('user:disable', 'ali@kedai.example')).toMatchObject({ code: 0 })
    expect(await jejakJson('user:list')).toMatchObject([
      { email: 'ali@kedai.example', state: 'disabled', roles: [] },
      {},
    ])
    expect(await jejak('user:disable', 'nobody@kedai.example')).toMatchObject({ code: 1 })
    expect(await jejak('user:create', 'no address', '--role', 'owner')).toMatchObject({ code: 2 })
    expect(await jejak('user:create', 'x@kedai.example', '--role', 'boss')).toMatchObject({ code: 2 })
  })

  test('someone is invited; the invitation is listed and taken back', async () => {
    const invited = await jejakJson('user:invite', 'new@kedai.example', '--role', 'support')
    expect(invited.link).toMatch(/\/account\/link#[\w-]{43}$/)
    const [waiting] = await jejakJson('user:invitations')
    expect(waiting).toMatchObject({ email: 'new@kedai.example', role: 'support' })
    expect(await jejakJson('user:invitations', '--withdraw', waiting.id)).toEqual([])
    expect(await jejak('user:invitations', '--withdraw', waiting.id)).toMatchObject({ code: 1 })
  })
})

describe('parcels', () => {
  test('a file is imported, its bad lines are told, and the parcels are due for the next tick', async () => {
    const file = join(folder, 'parcels.csv')
    await writeFile(file, 'AWB;Courier;Colour\n632143239945;J&T Express;red\n7.02802E+15;DHL;blue\n')
    const imported = await jejak('import', file)
    expect(imported).toMatchObject({ code: 1, stderr: '' })
    expect(imported.stdout).toMatch(/^line 3: A spreadsheet has shortened[\s\S]*Colour[\s\S]*Lines: 2; new: 1/)
    expect(await jejakJson('import', file)).toMatchObject({ lines: 2, created: 0, exists: 1, invalid: 1 })
    // Nothing is sent for an account that is not connected.
    expect(await jejakJson('tick', 'regular')).toEqual({ tick: 'regular', jobs: 0 })
    await database.pool.query(`update connections set sealed_access_token = 'sealed'`)
    expect(await jejakJson('tick', 'regular')).toEqual({ tick: 'regular', jobs: 1 })
    expect(await jejakJson('tick', 'regular')).toEqual({ tick: 'regular', jobs: 0 })
    await database.pool.query('update connections set sealed_access_token = null')
  })

  test('what a file holds cannot give orders to the terminal that the import is told on', async () => {
    const file = join(folder, 'terminal.csv')
    await writeFile(file, 'awb,\u001b]0;title\u0007\u001b[2J,\u009b31m\n632143239809,,\n')
    const imported = await jejak('import', file)
    expect(imported.code).toBe(0)
    expect(imported.stdout).toContain(']0;title')
    await writeFile(file, '\u001b[2JColour\nred\n')
    const refused = await jejak('import', file)
    expect(refused.stderr).toContain('[2JColour')
    expect(imported.stdout + refused.stderr).not.toMatch(/[^\P{Cc}\n]/u)
  })

  test('a file is named as from the folder where the operator stands, or comes through a pipe', async () => {
    const reportOf = (ran: Ran) => JSON.parse(ran.stdout)
    await writeFile(join(folder, 'rel.csv'), 'awb\n632143239801\n')
    const fromElsewhere = await runJejak(['import', 'rel.csv', '--json'], { ...env, INIT_CWD: folder })
    expect(reportOf(fromElsewhere)).toMatchObject({ lines: 1, created: 1 })

    const piped = startJejak(['import', '-', '--json'], { ...env, INIT_CWD: folder })
    piped.pipe('awb\n632143239802\n632143239803\n')
    expect(reportOf(await piped.ended)).toMatchObject({ lines: 2, created: 2 })

    const fifo = join(folder, 'fifo')
    await promisify(execFile)('mkfifo', [fifo])
    const reading = startJejak(['import', fifo, '--json'], env)
    await writeFile(fifo, 'awb\n632143239804\n')
    expect(reportOf(await reading.ended)).toMatchObject({ lines: 1, created: 1 })
  })

  test.each(['ended', 'silent'])(
    'an import whose database session is %s in the middle says so in one sentence',
    async (trouble) => {
      const file = join(folder, 'cut.csv')
      await writeFile(file, 'awb\n632143239990\n')
      const line = await openDatabaseLine(database.url)
      const held = await holdTable(database.url, 'tracking_cache')
      const running = startJejak(['import', file], {
        ...env,
        DATABASE_URL: line.url,
        DATABASE_STATEMENT_TIMEOUT: '1000',
      })
      await expect.poll(() => held.waiting('jejak-cli'), { timeout: 20_000 }).toHaveLength(1)
      if (trouble === 'ended') await held.cutWaiting('jejak-cli')
      else line.silence()
      const { code, stdout, stderr } = await running.ended
      await held.letGo()
      line.close()
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toBe('The import was cut off. Nothing was saved.\n')
    },
  )

  test('a parcel is shown with its scans, its freshness and the reason of its next check', async () => {
    await database.pool.query(
      `update tracking_cache set status = 'in_transit', registered_at = '2026-03-01', confirmed_at = now(), events = $1 where tracking_number = '632143239945'`,
      [JSON.stringify([aScan])],
    )
    await database.pool.query(
      `update tracking_schedule set due_because = 'in transit 120', checked_at = now(), checked_by = 'scheduled'`,
    )
    const shown = await jejak('track', '6321 4323 9945')
    expect(shown.code).toBe(0)
    for (const part of ['in transit', 'Freshness:', 'because: in transit 120', '2026-03-02 12:00:00 ~', 'Di hab Shah'])
      expect(shown.stdout).toContain(part)
    expect(await jejakJson('track', '632143239945')).toMatchObject({ status: 'in_transit', events: [aScan] })
    expect(await jejak('track', '238725129086')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No parcel'),
    })
  })
})

describe('the shop', () => {
  test('has no name until its operator gives one, and the operator is told how', async () => {
    const { code, stdout } = await jejak('shop')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Name +none\n[\s\S]*\nSlug +default\n\n.*jejak shop --name "Your shop"\n$/)
    expect(stdout).toContain(`Languages  ${languages.join(', ')}\n`)
    expect((await jejak('migrate', '--json')).stderr).toMatch(/no name yet.*jejak shop --name/)
    const named = await jejak('shop', '--name', ' Kedai Kopi ', '--whatsapp', '012-345 6789', '--languages', 'ms, en')
    expect(named).toMatchObject({ code: 0, stdout: expect.not.stringContaining('jejak shop') })
    expect(named.stderr).toMatch(/^To undo it within ten minutes: jejak undo \d+\n$/)
    expect(named.stdout).toMatch(/^Name +Kedai Kopi\n[\s\S]*WhatsApp +\+60123456789\n/)
    expect((await jejak('migrate')).stderr).toBe('')
  })

  test('keeps what is not given; an empty value removes', async () => {
    const face = { name: 'Kedai Kopi', logoUrl: 'https://kopi.example.com/logo.png', color: '#aa5500', email: null }
    const undo = { id: expect.any(String), until: expect.any(String) }
    const rest = { slug: 'default', phone: null, whatsapp: '+60123456789', languages: ['ms', 'en'], undo }
    expect(await jejakJson('shop', '--logo-url', face.logoUrl, '--color', '#AA5500')).toEqual({ ...face, ...rest })
    expect(await jejakJson('shop', '--whatsapp', '')).toEqual({ ...face, ...rest, whatsapp: null })
    expect(await jejakJson('shop', '--name', '')).toEqual({ ...face, ...rest, whatsapp: null, name: null })
    expect(await jejakJson('shop')).toMatchObject({ name: null, color: '#aa5500' })
  })
})

describe('the installation', () => {
  test('its EasyParcel account is shown, and what no one could read', async () => {
    await database.pool.query(`insert into unread_values select id, 'text', 'Zzyzx', 7, now(), now() from connections`)
    const { stdout } = await jejak('easyparcel:status')
    for (const part of ['not connected', '0 of 1000 calls', 'Breaker         closed', '7', 'Zzyzx'])
      expect(stdout).toContain(part)
    expect(await jejakJson('easyparcel:status')).toMatchObject({
      demo: false,
      connections: [{ trouble: 'not_authorised', budget: { used: 0, limit: 1000 }, accessTokenExpiresAt: null }],
      unreadValues: [{ value: 'Zzyzx', times: 7 }],
    })
  })

  test('a broken rule is named, and the check fails', async () => {
    expect(await jejak('check')).toMatchObject({ code: 0, stdout: expect.not.stringContaining('BROKEN') })
    await database.pool.query(`update connections set calls_used = 5, budget_day = current_date`)
    const broken = await jejak('check')
    await database.pool.query(`update connections set calls_used = 0`)
    expect(broken).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^BROKEN {2}the day counter.*\n.*"counted":5/),
    })
  })

  test('a wrong counter is found, left alone until someone says repair, and then right again', async () => {
    await database.pool.query(`update connections set calls_used = 5, budget_day = current_date`)
    const looked = await jejak('consistency:verify')
    expect(looked).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/BROKEN {2}the day counter(?:.|\n)*Add --repair to put it right/),
    })
    expect(await jejakJson('consistency:verify', '--repair')).toMatchObject({
      repaired: { 'the day counter of a connection equals its logged calls': 1 },
    })
    expect(await jejak('consistency:verify')).toMatchObject({ code: 0, stdout: expect.not.stringContaining('BROKEN') })
  })

  test('a job that keeps failing breaks a rule, with its reason', async () => {
    await database.pool.query(
      `insert into job_failures (queue, first_at, last_at, message) values ('maintenance', now(), now(), 'cannot read what is not there')`,
    )
    const broken = await jejak('check')
    await database.pool.query('delete from job_failures')
    expect(broken).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^BROKEN {2}no job of the queue keeps failing\n.*"maintenance".*cannot read what is not there/m,
      ),
    })
  })

  test('scans that were read wrongly are previewed, read again when asked to, and then left alone', async () => {
    await database.pool.query(
      `update tracking_cache set status = 'delivered', ended_at = now(), delivered_at = now(), events = $1 where tracking_number = '632143239945'`,
      [JSON.stringify([{ ...aScan, code: 5, text: 'Delivery attempt failed', status: 'delivered' }])],
    )
    await database.pool.query('update installation set read_with = null, re_reading_with = null, re_read_after = 0')
    const statusOf = async () => (await jejakJson('track', '632143239945')).status
    const moves = { 'delivered → attempt_failed': 1 }
    expect(await jejakJson('re-read')).toMatchObject({ isDryRun: true, statuses: 1, moves })
    expect(await statusOf()).toBe('delivered')
    expect(await jejakJson('re-read', '--apply')).toMatchObject({ isDryRun: false, statuses: 1, moves })
    expect(await statusOf()).toBe('attempt_failed')
    expect((await jejak('re-read', '--apply')).stdout).toMatch(/nothing to do/)
    expect((await jejak('re-read')).stdout).toMatch(/nothing to do/)
  })

  test('a real one is never cleared', async () => {
    const refused = await jejak('demo:clear', '--yes')
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('not a demo') })
    expect(await count('api_keys')).toBeGreaterThan(0)
  })
})

describe('a demo', () => {
  let demo: TestDatabase
  beforeAll(async () => {
    demo = await createTestDatabase()
    const inDemo = { ...envOf(demo.url), JEJAK_DEMO: 'true' }
    await runJejak(['migrate'], inDemo)
    await runJejak(['import', await oneParcel('632143239945')], inDemo)
  })
  afterAll(() => demo.drop())
  const countInDemo = async (table: string) =>
    (await demo.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n
  const clear = (...args: string[]) => runJejak(['demo:clear', ...args], envOf(demo.url))

  test('is not cleared when no one can be asked, nor while a worker uses it', async () => {
    expect(await clear()).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    const client = await demo.pool.connect()
    await client.query(`set application_name = 'jejak-worker'`)
    expect(await clear('--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Stop Jejak first: jejak-worker'),
    })
    client.release(true)
    expect(await countInDemo('tracking_cache')).toBe(1)
  })

  test('is cleared with its parcels, jobs and secrets, even if real credentials are set by now', async () => {
    expect(await countInDemo('pgboss.job')).toBe(1)
    await writeFile(join(folder, 'simulator.json'), '{}')
    await demo.pool.query(`
      insert into own_texts (text, status, set_at, set_by) values ('shelved', 'on_hold', now(), 'console');
      insert into system_days (day, database_bytes) values ('2026-11-28', 1)`)
    const cleared = await runJejak(['demo:clear', '--yes'], { ...envOf(demo.url), EASYPARCEL_ACCESS_TOKEN: 'real' })
    expect(cleared).toMatchObject({ code: 0, stdout: expect.stringContaining('parcels (1)') })
    const { rows } = await demo.pool.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    )
    // The audit log begins again, with who cleared it.
    const stay = ['_prisma_migrations', 'audit_log', 'audit_head']
    for (const table of ['pgboss.job', ...rows.map(({ name }) => name).filter((name) => !stay.includes(name))])
      expect([table, await countInDemo(table)]).toEqual([table, 0])
    await expect(rm(join(folder, 'simulator.json'))).rejects.toThrow('ENOENT')
  })
})

describe('a place without Jejak', () => {
  test('is told to be empty and stays as it is', async () => {
    const empty = await createTestDatabase({ empty: true })
    const outcomes = [
      await runJejak(['key:list'], envOf(empty.url)),
      await runJejak(['key:list'], { DATA_DIR: join(folder, 'nowhere') }),
    ]
    for (const { code, stderr } of outcomes) {
      expect(code).toBe(1)
      expect(stderr).toMatch(/^There is no Jejak yet: .*\n$/)
    }
    const { rows } = await empty.pool.query(`select from information_schema.tables where table_schema = 'public'`)
    await empty.drop()
    expect(rows).toHaveLength(0)
  })

  test('that cannot be reached is one sentence', async () => {
    const { code, stderr } = await runJejak(['check'], { DATABASE_URL: 'postgresql://nobody@127.0.0.1:9/none' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The database none at 127\.0\.0\.1:9 cannot be reached: .*\n$/)
  })
})

const aScan = {
  at: '2026-03-02T04:00:00.000Z',
  rawAt: '2026-03-02 12:00:00',
  zoneGuessed: true,
  code: 4,
  text: 'Di hab Shah Alam',
  status: 'in_transit',
  substatus: null,
  location: 'Shah Alam',
}

const oneParcel = async (trackingNumber: string): Promise<string> => {
  const file = join(folder, `${trackingNumber}.csv`)
  await writeFile(file, `tracking_number\n${trackingNumber}\n`)
  return file
}

describe('shops', () => {
  test('another shop is made and listed, and has people and keys of its own', async () => {
    const made = await jejak('org:create', 'books', '--name', 'Kedai Buku')
    expect(made).toMatchObject({ code: 0, stdout: 'The shop books is created.\n' })
    expect(await jejak('org:create', 'books', '--name', 'Kedai Buku')).toMatchObject({ code: 1 })
    expect(await jejak('org:create', 'No slug', '--name', 'Kedai Buku')).toMatchObject({ code: 2 })
    expect(await jejak('user:create', 'books@kedai.example', '--role', 'owner', '--shop', 'books')).toMatchObject({
      code: 0,
    })
    expect(await jejakJson('org:list')).toMatchObject([{ slug: 'books', members: 1 }, { slug: 'default' }])
    expect((await jejak('shop', '--shop', 'books')).stdout).toMatch(/Kedai Buku[\s\S]*books/)
    const nowhere = await jejak('key:create', '--name', 'x', '--shop', 'nowhere')
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringMatching(/^There is no shop nowhere/) })
  })
})

describe('the audit log', () => {
  test('names who did what at the command line, and says which entry was edited', async () => {
    await jejak('shop', '--name', 'Kedai Kopi')
    const [entry] = await jejakJson('audit:list', '--act', 'shop.changed', '--limit', '1')
    expect(entry).toMatchObject({ actor: 'console', object: 'shop:1', detail: 'name', result: 'done' })
    const db = { transaction: <T>(work: (tx: Tx) => Promise<T>) => inTransaction(work) }
    await sealAudit({ db, clock: async () => new Date() })
    const whole = await jejak('audit:verify')
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining('All entries are as they were sealed.') })
    await database.pool.query(`update audit_log set actor = 'user:7' where id = $1`, [entry.id])
    const broken = await jejak('audit:verify')
    expect(broken).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`(entry ${entry.id}) was changed or moved`),
    })
    expect(broken.stdout).toContain('BROKEN')
  })
})

const inTransaction = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    const done = await work(client as unknown as Tx)
    await client.query('commit')
    return done
  } finally {
    client.release()
  }
}

describe('how it stands', () => {
  test('stats shows a shop’s parcels, calls and reads, system the processes, database and migrations', async () => {
    const stats = await jejak('stats')
    expect(stats).toMatchObject({ code: 0, stdout: expect.stringContaining('0 calls, 0 checks, 0 reads') })
    expect(await jejakJson('stats')).toMatchObject({ callsSaved: 0, easyparcel: { hour: { calls: 0 } } })
    const system = await jejak('system')
    expect(system).toMatchObject({ code: 0, stdout: expect.stringContaining('0 pending') })
    expect(await jejakJson('system')).toMatchObject({ processes: [], migrations: { pending: [] } })
  })
})

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliWorld, createCliWorld } from './testing/cli-world.ts'

// Each command is a process of its own, and several of them take long on a busy machine.
const patienceMs = 300_000

let world: CliWorld
let folder: string
const jejak = (...args: string[]) => world.jejak(...args)

beforeAll(async () => {
  world = await createCliWorld()
  folder = await mkdtemp(join(tmpdir(), 'jejak-lists-'))
  await world.database.pool.query(
    `insert into tracking_cache (organization_id, connection_id, tracking_number, courier, document, document_version, registered_at, changed_at)
     select organization_id, id, 'LIST' || 1000000 + i, case when i % 2 = 0 then 'Pos Laju' else 'J&T Express' end, '{', '1',
            timestamptz '2026-01-01Z' + i * interval '1 hour', now()
       from (select * from connections limit 1) as one, generate_series(1, 1500) i`,
  )
}, patienceMs)
afterAll(async () => {
  await world.close()
  await rm(folder, { recursive: true })
}, patienceMs)

test(
  'parcels are listed by a filter, as many as asked for',
  async () => {
    const { stdout, stderr } = await jejak('trackings', '--courier', 'pos laju', '--sort', 'registered', '--limit', '2')
    expect(stdout).toMatch(/^NUMBER +COURIER.*\nLIST1000002 +Pos Laju .*\nLIST1000004 +Pos Laju /)
    expect(stderr).toContain('These are the first 2')
    const json = await jejak('trackings', '--registered-before', '2026-01-01T02:30:00Z', '--json')
    expect(JSON.parse(json.stdout).map((one: { trackingNumber: string }) => one.trackingNumber)).toEqual([
      ...['LIST1000002', 'LIST1000001'],
    ])
    expect((await jejak('trackings', '--attention')).stdout).toBe('No parcel fits.\n')
  },
  patienceMs,
)

test(
  'all that fit are written as CSV, to standard output or into a file that is not there yet',
  async () => {
    const printed = await jejak('trackings', '--csv', '--courier', 'Pos Laju')
    const lines = printed.stdout.split('\r\n')
    expect([printed.code, lines.length, lines[0]]).toEqual([
      0,
      752,
      expect.stringMatching(/^id,trackingNumber,courier,/),
    ])
    const file = join(folder, 'parcels.csv')
    expect(await jejak('trackings', '--csv', '--to', file)).toMatchObject({ code: 0, stdout: '' })
    expect((await readFile(file, 'utf8')).split('\r\n')).toHaveLength(1502)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await jejak('trackings', '--csv', '--to', file)).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('is there already') },
    })
  },
  patienceMs,
)

test(
  'the audit log is written as CSV, too',
  async () => {
    await jejak('key:create', '--name', 'till')
    const { stdout } = await jejak('audit:list', '--csv', '--act', 'key.created')
    expect(stdout).toMatch(
      /^id,at,actor,act,object,result,detail,requestId,sealedAs\r\n\d+,[^,]+,console,key\.created,/,
    )
  },
  patienceMs,
)

test(
  'what cannot be listed is refused before anything is opened',
  async () => {
    for (const args of [
      ['--status', 'flying'],
      ['--csv', '--json'],
      ['--to', 'x'],
      ['--ended', 'perhaps'],
    ])
      expect(await jejak('trackings', ...args)).toMatchObject({ code: 2 })
    expect(await jejak('trackings', '--csv', '--sort', 'changed')).toMatchObject({ code: 2 })
  },
  patienceMs,
)

test(
  'a filter is kept under a name for the shop, listed, changed and removed',
  async () => {
    const saved = await jejak('views:save', 'Held', '--status', 'on_hold', '--sort', 'registered', '--json')
    expect(JSON.parse(saved.stdout)).toMatchObject({ id: '1', shared: true, filter: { status: ['on_hold'] } })
    expect((await jejak('views:change', '1', '--name', 'Held back')).stdout).toBe('View 1, Held back: changed.\n')
    const { stdout } = await jejak('views')
    expect(stdout).toMatch(/^VIEW +NAME.*\nwaiting +Not on the way yet +1500 +status pending,info_received\n/)
    expect(stdout).toMatch(/\n1 +Held back +- +status on_hold\n$/)
    expect((await jejak('views:remove', '1')).stdout).toBe('Removed.\n')
    expect(await jejak('views:remove', '1')).toMatchObject({ code: 1, stderr: 'There is no view with this id.\n' })
  },
  patienceMs,
)

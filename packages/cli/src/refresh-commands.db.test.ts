import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startJejak } from './testing/run-jejak.ts'

// Each command is a process of its own, and a dozen of them take long on a busy machine.
const patienceMs = 300_000

let database: TestDatabase
const jejak = (args: readonly string[], input = '') => {
  const env = {
    DATABASE_URL: database.url,
    DATA_DIR: '/nowhere',
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
  }
  const running = startJejak(args, env)
  running.pipe(input)
  return running.ended
}
const json = async (...args: string[]) => JSON.parse((await jejak([...args, '--json'])).stdout)
const file = 'awb,order_number\nJT0000000012,2002\nJT0000000013,2003\n7.02802E+15,1\n'

beforeAll(async () => {
  database = await createTestDatabase()
  expect(await jejak(['migrate'])).toMatchObject({ code: 0 })
})
afterAll(() => database.drop())

test(
  'a file is told about before it is imported, and nothing of it is saved then',
  async () => {
    const told = await jejak(['import', '-', '--dry-run'], file)
    expect(told).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Lines: 3; new: 2, known already: 0, unreadable: 1.'),
    })
    expect(told.stdout).toMatch(/^Nothing is saved; .*\nline 4: A spreadsheet/)
    expect((await database.pool.query('select from tracking_cache')).rowCount).toBe(0)
    expect((await jejak(['import', '-'], file)).stdout).toContain('new: 2')
  },
  patienceMs,
)

test(
  'many parcels are refreshed from the command line: told before, started, listed, paused, resumed, cancelled',
  async () => {
    const dry = await jejak(['refresh', '--all', '--dry-run'])
    expect(dry).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Parcels: 2; calls: 1; minutes: 1\.\nAccount \d+: 1 calls/),
    })
    expect(await jejak(['refresh'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Say which parcels') })
    expect(await jejak(['refresh', '--status', 'flying'])).toMatchObject({ code: 2 })
    const chosen = async (...filter: string[]) => (await json('refresh', '--dry-run', ...filter)).parcels
    expect(await chosen('--assignee', 'none', '--courier', 'Pos Laju')).toBe(0)
    expect(await chosen('--order', '2002', '--registered-before', '2099-01-01T00:00:00Z')).toBe(1)
    expect(await jejak(['refresh', '--dry-run', '--assignee', 'me'])).toMatchObject({ code: 2 })
    expect(await jejak(['refresh', 'JT0000000012', 'JT0000000099', '--dry-run'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Parcels: 1;.*\nLeft out: 1 are not known/),
      stderr: 'The shop has no parcel with the number JT0000000099.\n',
    })
    expect(await jejak(['refresh', 'JT0000000099', '--dry-run'])).toMatchObject({ code: 1 })
    const run = await json('refresh', 'JT0000000012')
    expect(run).toMatchObject({ state: 'running', parcels: 1, askedBy: 'console', progress: { waiting: 1 } })
    expect((await jejak(['refresh:runs'])).stdout).toMatch(/^run +state.*\n1 +running +1 +1 /)
    expect((await jejak(['refresh:pause', '1'])).stdout).toContain('; paused')
    expect(await json('refresh:resume', '1')).toMatchObject({ state: 'running' })
    expect(await json('refresh:cancel', '1')).toMatchObject({ state: 'cancelled', progress: { cancelled: 1 } })
    expect(await jejak(['refresh:resume', '1'])).toMatchObject({ code: 1, stderr: 'This run is cancelled already.\n' })
    const watched = await jejak(['refresh:runs', '1', '--watch'])
    expect(watched).toMatchObject({ code: 0, stderr: expect.stringContaining('100 %  1 of 1') })
  },
  patienceMs,
)

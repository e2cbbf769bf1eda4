import { tmpdir } from 'node:os'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runJejak } from './testing/run-jejak.ts'

let database: TestDatabase
const jejak = (...args: string[]) =>
  runJejak(args, {
    DATABASE_URL: database.url,
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
    DATA_DIR: tmpdir(),
    TRACKING_EXCEPTION_FREQ: '45',
  })

beforeAll(async () => {
  database = await createTestDatabase()
  expect(await jejak('migrate')).toMatchObject({ code: 0 })
}, 120_000)
afterAll(() => database.drop())

test('a setting of the shop is shown, changed within its bounds, and taken back to the default', async () => {
  const listed = await jejak('settings')
  expect(listed.stdout).toMatch(/^in_transit_freq +120 minutes {2,}Time between checks of a parcel on its way\.$/m)
  expect(listed.stdout).toMatch(/^exception_freq +45 minutes +environment/m)
  const changed = await jejak('settings', 'TRACKING_IN_TRANSIT_FREQ', '90')
  expect(changed).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^In force within 5 seconds, without a restart\.\nTo undo it .*: jejak undo \d+\n$/),
  })
  expect(changed.stdout).toMatch(/^in_transit_freq +90 minutes +the shop +120 minutes/m)
  expect(await jejak('settings', 'in_transit_freq', 'soon')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('in_transit_freq must be a number of minutes from 0.001 to 43200'),
  })
  expect(await jejak('settings', 'port', '80')).toMatchObject({ code: 2 })
  expect((await jejak('settings', 'name', 'Kedai')).stderr).toContain('`jejak shop` or PATCH /v1/shop changes it.')
  expect((await jejak('settings', '--shop', 'nope')).stderr).toBe('There is no shop nope: org:list shows the shops.\n')
  expect(await jejak('settings', '--default')).toMatchObject({ code: 2 })
  const back = await jejak('settings', 'in_transit_freq', '--default', '--json')
  const { data, undo } = JSON.parse(back.stdout)
  expect(data).toMatchObject([{ value: 120, source: 'default', setBy: 'console' }])
  expect(await jejak('undo', undo.id)).toMatchObject({ stdout: 'Undone: setting.changed, 1 restored.\n' })
  expect((await jejak('settings', 'in_transit_freq')).stdout).toMatch(/^in_transit_freq +90 minutes/m)
}, 300_000)

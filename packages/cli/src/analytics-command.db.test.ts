import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, type TestDatabase } from '@jejak/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runJejak } from './testing/run-jejak.ts'

let database: TestDatabase
let folder: string
const jejak = (...args: string[]) =>
  runJejak(args, {
    DATABASE_URL: database.url,
    SECRET_KEY: 'a secret that only tests know, 32 bytes',
    DATA_DIR: folder,
  })

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'jejak-analytics-'))
  expect(await jejak('migrate')).toMatchObject({ code: 0 })
  await database.pool.query(
    `insert into parcel_weeks select id, '2026-03-02', 'J&T Express', 'MY-10', 9, 1, 0, 0, 0, 9, 6, 0, 0, array[0, 9] || array_fill(0, array[32]) from organizations`,
  )
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

const span = ['--from', '2026-03-04', '--to', '2026-03-05']

test('how parcels fared is printed as a table, as JSON and as CSV', async () => {
  const { stdout, stderr } = await jejak('analytics', 'transit', '--by', 'state', ...span)
  expect(stdout).toMatch(/Selangor +10 +9 +4\.5 +5\.7 +66\.7 % +- +10\.0 % +0\.0 %/)
  expect(stdout).toMatch(/in all +10 +9/)
  expect(stderr).toContain('from 2026-03-02 to 2026-03-08')
  expect(JSON.parse((await jejak('analytics', 'transit', '--json', ...span)).stdout)).toMatchObject({
    ...{ from: '2026-03-02', to: '2026-03-08' },
    data: [{ courier: 'J&T Express', delivered: 9, p90Hours: 5.7 }],
  })
  expect((await jejak('analytics', 'reads', '--csv', ...span)).stdout).toBe(
    'way,reads,missing,refused,readsPerDelivered\n',
  )
})

test('a way of grouping that there is not is refused with those that there are', async () => {
  expect(await jejak('analytics', 'reads', '--by', 'state')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('way, hour, language, day'),
  })
})

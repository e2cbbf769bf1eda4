import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliWorld, createCliWorld } from './testing/cli-world.ts'

let world: CliWorld
const jejak = (...args: string[]) => world.jejak(...args)

beforeAll(async () => {
  world = await createCliWorld()
  await world.database.pool.query(
    `insert into parcel_weeks select id, '2026-03-02', 'J&T Express', 'MY-10', 9, 1, 0, 0, 0, 9, 6, 0, 0, array[0, 9] || array_fill(0, array[32]) from organizations`,
  )
})
afterAll(() => world.close())

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

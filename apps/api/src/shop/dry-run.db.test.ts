import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
  await send('/v1/trackings/bulk', {
    trackings: ['DRYRUN001', 'DRYRUN002', 'DRYRUN003'].map((trackingNumber) => ({ trackingNumber, orderNumber: 'A' })),
  })
  await world.query(
    `update tracking_cache set status = 'lapsed', ended_at = now() - interval '1 day' where tracking_number = 'DRYRUN002'`,
  )
  await world.query(
    `update tracking_cache set status = 'delivered', ended_at = $1 where tracking_number = 'DRYRUN003'`,
    [new Date(world.clock.now().getTime() - 40 * 86_400_000)],
  )
})
afterAll(() => world.close())

const send = async (url: string, payload: object | string, type = 'application/json') =>
  (
    await world.app.inject({
      ...{ method: 'POST', url, payload, headers: { ...withKey(world.shop.key), 'content-type': type } },
    })
  ).json()

const tables = [
  'tracking_cache',
  'tracking_orders',
  'tracking_schedule',
  'tracking_update_logs',
  'audit_log',
  'pgboss.job',
]
const everything = () =>
  Promise.all(
    tables.map((table) => world.query(`select to_jsonb(t) as row from ${table} t order by to_jsonb(t)::text`)),
  )

const items = [
  { trackingNumber: 'DRYRUN001', orderNumber: 'A' },
  { trackingNumber: 'DRYRUN001', orderNumber: 'B' },
  { trackingNumber: 'DRYRUN002', orderNumber: 'A' },
  { trackingNumber: 'DRYRUN003', orderNumber: 'C' },
  { trackingNumber: 'DRYRUN004', orderNumber: 'D' },
  { trackingNumber: 'DRYRUN004', orderNumber: 'D' },
  { trackingNumber: '7.02802E+15' },
]
const outcomes = ['exists', 'order_added', 'reopened', 'renewed', 'created', 'exists', 'invalid']

test('a dry run of registering tells what is new, what is here and what cannot be read, and changes no row', async () => {
  const before = await everything()
  const answer = await send('/v1/trackings/bulk?dryRun=true', { trackings: items })
  expect(answer.dryRun).toBe(true)
  expect(answer.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(outcomes)
  expect(answer.results[0].id).toBe('1')
  expect(answer.results[4].id).toBeNull()
  expect(answer.results[6].problem.detail).toContain('spreadsheet')
  expect(await everything()).toEqual(before)
})

test('a dry run of an import tells the same of a file', async () => {
  const before = await everything()
  const lines = items.map(({ trackingNumber, orderNumber = '' }) => `${trackingNumber},${orderNumber}`)
  const file = `tracking_number,order_number\n${lines.join('\n')}\n`
  const report = await send('/v1/trackings/import?dryRun=true', file, 'text/csv')
  expect(report).toMatchObject({
    ...{ dryRun: true, lines: 7, created: 1, exists: 2, orderAdded: 1, renewed: 1, reopened: 1, invalid: 1 },
    problems: [{ line: 8 }],
  })
  expect(await everything()).toEqual(before)
  expect((await send('/v1/trackings/import?dryRun=maybe', file, 'text/csv')).code).toBe('validation')
})

test('what is done afterwards is what the dry run told', async () => {
  const { results } = await send('/v1/trackings/bulk', { trackings: items })
  expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(outcomes)
})

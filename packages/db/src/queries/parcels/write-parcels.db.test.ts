import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { aParcel, createTestShop, numbers, type TestShops } from '../../testing/create-test-shop.ts'
import { insertTrackings } from './write-parcels.ts'

const now = new Date('2026-11-17T02:00:00Z')
let shop: TestShops
beforeAll(async () => {
  shop = await createTestShop()
})
afterAll(() => shop.close())
beforeEach(() =>
  shop.query('truncate tracking_cache, tracking_orders, tracking_schedule, tracking_update_logs cascade'),
)

const insert = (trackingNumbers: readonly string[]) =>
  shop.db.transaction((tx) =>
    insertTrackings(tx, { ...shop, now, trackings: trackingNumbers.map((trackingNumber) => aParcel(trackingNumber)) }),
  )
const shuffled = (all: readonly string[], seed: number) =>
  all.toSorted((a, b) => ((Number(a) * seed) % 997) - ((Number(b) * seed) % 997))

test('a new parcel is due at once and urgent', async () => {
  const [registered] = await insert(numbers(1))
  expect(registered).toMatchObject({ trackingNumber: numbers(1)[0], isNew: true })
  expect(
    await shop.query(
      'select tracking_id as id, next_update_due as due, update_priority as class from tracking_schedule',
    ),
  ).toEqual([{ id: registered!.id, due: now, class: 70 }])
})

test('a number that is registered already keeps its row, its schedule and its news', async () => {
  const [first] = await insert(numbers(1))
  await shop.reschedule([first!.id], `next_update_due = next_update_due + interval '2 hours', update_priority = 100`)
  const before = await shop.query(
    'select t.*, s.* from tracking_cache t join tracking_schedule s on s.tracking_id = t.id',
  )
  const again = await insert(numbers(2))
  expect(again.map(({ trackingNumber, isNew }) => [trackingNumber, isNew]).toSorted()).toEqual([
    [numbers(2)[0], false],
    [numbers(2)[1], true],
  ])
  expect(again.find(({ isNew }) => !isNew)!.id).toBe(first!.id)
  expect(
    await shop.query(
      'select t.*, s.* from tracking_cache t join tracking_schedule s on s.tracking_id = t.id where t.id = $1',
      [first!.id],
    ),
  ).toEqual(before)
})

test('two shops may hold the same number, each its own row', async () => {
  const other = await shop.addShop('second')
  const [mine] = await shop.register(numbers(1), now)
  const [theirs] = await shop.register(numbers(1), now, other)
  expect(mine).not.toBe(theirs)
})

test('batches that overlap, in any order and at the same moment, neither deadlock nor register anything twice', async () => {
  const all = numbers(400)
  const batches = Array.from({ length: 8 }, (_, seed) => shuffled(all, seed + 2).slice(0, 300))
  const results = await Promise.all(batches.map((batch) => insert(batch)))
  const created = results.flat().filter(({ isNew }) => isNew)
  const rows = await shop.query<{ number: string }>('select tracking_number as number from tracking_cache')
  expect(created).toHaveLength(rows.length)
  expect(new Set(created.map(({ trackingNumber }) => trackingNumber)).size).toBe(rows.length)
  expect(new Set(batches.flat()).size).toBe(rows.length)
  const [scheduled] = await shop.query('select count(*)::int as amount from tracking_schedule')
  expect(scheduled).toEqual({ amount: rows.length })
})

test('what another batch commits meanwhile is left out of the answer, and found by asking again', async () => {
  const [one, two] = numbers(2) as [string, string]
  let second: ReturnType<typeof insert> | undefined
  await shop.db.transaction(async (tx) => {
    await insertTrackings(tx, { ...shop, now, trackings: [aParcel(one)] })
    second = insert([one, two])
    const waiting = async () =>
      (await shop.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
        .length
    while ((await waiting()) === 0);
  })
  expect(await second).toMatchObject([{ trackingNumber: two, isNew: true }])
  expect((await insert([one, two])).every(({ isNew }) => !isNew)).toBe(true)
})

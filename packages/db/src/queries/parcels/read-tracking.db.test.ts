import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestShop, numbers, type TestShop, type TestShops } from '../../testing/create-test-shop.ts'
import { findFaceOfNumber } from '../shops/shop.ts'
import { findTrackingDocuments, wakeTrackings } from './read-tracking.ts'

const now = new Date('2026-11-17T02:00:00Z')
const minutes = (amount: number) => new Date(now.getTime() + amount * 60_000)
const [awb] = numbers(1) as [string]

let shop: TestShops
let other: TestShop
beforeAll(async () => {
  shop = await createTestShop()
  other = await shop.addShop('other')
})
afterAll(() => shop.close())
beforeEach(() =>
  shop.query('truncate tracking_cache, tracking_orders, tracking_schedule, tracking_update_logs cascade'),
)

const find = async (trackingNumber = awb) => (await findTrackingDocuments(shop.db.sql, [trackingNumber]))[0]
const confirm = (id: string, at: Date) =>
  shop.query('update tracking_cache set confirmed_at = $2 where id = $1', [id, at])
const deliver = (id: string, at: Date) =>
  shop.query(`update tracking_cache set status = 'delivered', ended_at = $2 where id = $1`, [id, at])
const archive = async (id: string) => {
  await shop.query('delete from tracking_schedule where tracking_id = $1', [id])
  await shop.query('update tracking_cache set archived_at = $2 where id = $1', [id, now])
}

describe('a number that two shops hold', () => {
  test('shows the parcel of the shop that EasyParcel confirmed first, whoever registered it first', async () => {
    const [squatter] = await shop.register([awb], minutes(-900), other)
    const [owner] = await shop.register([awb], minutes(-600))
    await confirm(owner!, minutes(-500))
    expect(await find()).toMatchObject({ id: owner })
    await confirm(squatter!, minutes(-400))
    expect(await find()).toMatchObject({ id: owner, confirmedAt: minutes(-500) })
  })

  test('shows the one registered first as long as EasyParcel confirmed neither', async () => {
    const [first] = await shop.register([awb], minutes(-900), other)
    await shop.register([awb], minutes(-600))
    expect(await find()).toMatchObject({ id: first, confirmedAt: null })
  })

  test('shows the confirmed parcel of a shop, though it is archived, before another shop’s new one that EasyParcel does not know', async () => {
    const [old] = await shop.register([awb], minutes(-9000))
    await confirm(old!, minutes(-8000))
    await deliver(old!, minutes(-7000))
    await archive(old!)
    const [squatter] = await shop.register([awb], minutes(-5), other)
    expect(await find()).toMatchObject({ id: old })
    expect((await findFaceOfNumber(shop.db.sql, awb))?.slug).toBe('first')
    await confirm(squatter!, minutes(-4))
    expect(await find()).toMatchObject({ id: squatter })
    const [again] = await shop.register([awb], minutes(-3))
    await confirm(again!, minutes(-2))
    expect(await find()).toMatchObject({ id: squatter })
  })

  test('shows the one that is still on its way before one that was archived', async () => {
    const [old] = await shop.register([awb], minutes(-9000))
    await confirm(old!, minutes(-8000))
    await deliver(old!, minutes(-7000))
    await archive(old!)
    expect(await find()).toMatchObject({ id: old, nextCheckAt: null })
    const [fresh] = await shop.register([awb], minutes(-5))
    expect(await find()).toMatchObject({ id: fresh })
  })
})

test('many numbers are answered at once, unknown ones not at all', async () => {
  const ids = await shop.register(numbers(20), now)
  const found = await findTrackingDocuments(shop.db.sql, [...numbers(20), '999999999999'])
  expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  expect(await findTrackingDocuments(shop.db.sql, [])).toEqual([])
})

describe('someone who looks at an expired parcel', () => {
  const wake = (trackingId: string, at = now) =>
    wakeTrackings(shop.db.sql, {
      trackingIds: [trackingId],
      now: at,
      checkedBefore: new Date(at.getTime() - 24 * 3_600_000),
      wokenBefore: new Date(at.getTime() - 15 * 60_000),
    })
  const sleeping = async () => {
    const [id] = await shop.register([awb], minutes(-3000))
    await shop.reschedule([id!], 'next_update_due = $2, update_priority = 100', [minutes(60)])
    return id!
  }

  test('makes it urgent and due now, and no one else does for 15 minutes, however many look at once', async () => {
    const id = await sleeping()
    const woken = await Promise.all(Array.from({ length: 20 }, () => wake(id)))
    expect(woken.reduce((sum, one) => sum + one, 0)).toBe(1)
    expect(await find()).toMatchObject({ nextCheckAt: now, wokenAt: now })
    await shop.reschedule([id], 'next_update_due = $2, update_priority = 100', [minutes(60)])
    expect(await wake(id, minutes(15))).toBe(0)
    expect(await wake(id, minutes(16))).toBe(1)
  })

  test('moves one that waits in a slower class ahead, and only notes it for one that is urgent and due already', async () => {
    const id = await sleeping()
    const schedule = () =>
      shop.query(
        'select next_update_due as due, update_priority as class, due_because as because from tracking_schedule',
      )
    await shop.reschedule([id], 'next_update_due = $2', [minutes(-60)])
    expect(await wake(id)).toBe(1)
    const moved = await schedule()
    expect(moved).toMatchObject([{ due: now, class: 70 }])
    await shop.reschedule([id], 'woken_at = null')
    expect(await wake(id, minutes(1))).toBe(1)
    expect(await schedule()).toEqual(moved)
    expect(await find()).toMatchObject({ wokenAt: minutes(1) })
  })

  test('wakes it once the last answer is older than a day', async () => {
    const id = await sleeping()
    await shop.reschedule([id], `checked_at = '2026-11-16T01:59:59Z'`)
    expect(await wake(id)).toBe(1)
  })

  test('finds it asleep however far ahead a wrong clock noted that it was woken', async () => {
    const id = await sleeping()
    await shop.reschedule([id], 'woken_at = $2', [minutes(1_000_000)])
    expect(await wake(id)).toBe(1)
  })

  test.each([
    ['is being asked about', 'call_id = 3'],
    ['only waits for its confirmation', 'update_priority = 110'],
    ['is never asked about again', 'next_update_due = null'],
    ['was answered less than a day ago', `checked_at = '2026-11-16T02:00:00Z'`],
  ])('changes nothing when it %s', async (_, set) => {
    const id = await sleeping()
    await shop.reschedule([id], set)
    expect(await wake(id)).toBe(0)
  })
})

import { orderAnswer, trackingView } from '@jejak/contract'
import { workerActor as actor } from '@jejak/core/changes'
import { archiveEnded } from '@jejak/core/retention'
import { findBrokenRules } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())
beforeEach(() => world.clock.advance(1_000))

let last = 0
const nextNumber = () => `JT${String(++last).padStart(10, '0')}`
const day = 24 * 3_600_000
const aisyah = 'aisyah@example.com'
const bala = 'bala@example.com'

const send = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object) =>
  world.app.inject({ method, url, headers: withKey(world.shop.key), ...(payload && { payload }) })
const register = async (payload: object) => {
  const response = await send('POST', '/v1/trackings', payload)
  return { status: response.statusCode, ...response.json() }
}
const view = async (id: string) => trackingView.strict().parse((await send('GET', `/v1/trackings/${id}`)).json())
const ask = (orderNumber: string, contact: string) =>
  world.app.inject({ method: 'POST', url: '/v1/track', payload: { orderNumber, contact } })
const end = (id: string, status: string, daysAgo: number) =>
  world.query(
    `with ended as (update tracking_cache set status = $2, ended_at = $3 where id = $1)
     update tracking_schedule set next_update_due = null where tracking_id = $1`,
    [id, status, new Date(world.clock.now().getTime() - daysAgo * day)],
  )
/** Scans of its delivery, as a courier told them so many days ago. */
const scansOf = (daysAgo: readonly number[]) =>
  daysAgo.map((days, position) => ({
    at: new Date(world.clock.now().getTime() - days * day).toISOString(),
    ...{
      rawAt: '',
      zoneGuessed: false,
      location: null,
      source: 'open',
      code: 5,
      text: 'Delivered',
      toldAt: '',
      position,
    },
  }))
const tell = (id: string, daysAgo: readonly number[]) =>
  world.query('update tracking_cache set events = $2 where id = $1', [id, JSON.stringify(scansOf(daysAgo))])
const rowOf = async (id: string) =>
  (
    await world.query<{
      status: string
      archived: boolean
      counts_from: Date | null
      booked_at: Date | null
      due: Date | null
    }>(
      `select status, archived_at is not null as archived, counts_from, booked_at, next_update_due as due
         from tracking_cache t left join tracking_schedule s on s.tracking_id = t.id where t.id = $1`,
      [id],
    )
  )[0]

/** A parcel of two orders of different buyers. */
const shared = async () => {
  const trackingNumber = nextNumber()
  const first = await register({ trackingNumber, orderNumber: `#C1-${last}`, contact: { email: aisyah } })
  world.clock.advance(1_000)
  const second = await register({ trackingNumber, orderNumber: `#C2-${last}`, contact: { email: bala } })
  expect(second).toMatchObject({ status: 200, outcome: 'order_added', id: first.id })
  return { trackingNumber, id: String(first.id), c1: `C1-${last}`, c2: `C2-${last}` }
}

describe('two orders in one parcel', () => {
  test('both find it, and a reader sees only the order he proved', async () => {
    const { trackingNumber, c1, c2 } = await shared()
    for (const [order, contact] of [
      [c1, aisyah],
      [c2, bala],
    ] as const) {
      const response = await ask(order, contact)
      const { trackings } = orderAnswer.parse(response.json())
      expect(trackings).toMatchObject([{ trackingNumber, orderNumber: `#${order}` }])
    }
    expect((await ask(c1, aisyah)).body).not.toContain(c2)
    expect((await ask(c1, bala)).statusCode).toBe(404)
    expect((await ask(c2, aisyah)).statusCode).toBe(404)
  })

  test('are listed for staff, newest first, and a list finds the parcel by each', async () => {
    const { id, c1, c2 } = await shared()
    const { orderNumber, orders } = await view(id)
    expect(orderNumber).toBe(`#${c2}`)
    expect(orders.map((order) => [order.orderNumber, order.hasContact])).toEqual([
      [`#${c2}`, true],
      [`#${c1}`, true],
    ])
    for (const typed of [c1, `%23${c2.toLowerCase()}`, `Order%20${c1}.`]) {
      const { data } = (await send('GET', `/v1/trackings?orderNumber=${typed}`)).json()
      expect(data.map((row: { id: string }) => row.id)).toEqual([id])
    }
  })

  test('each have links of their own: for the order that is named, else for the newest', async () => {
    const { trackingNumber, id, c1, c2 } = await shared()
    const linkOf = async (payload?: object) => {
      const response = await send('POST', `/v1/trackings/${id}/link`, payload)
      const { search } = new URL(response.json().url)
      return world.app.inject({ url: `/v1/track/${trackingNumber}${search}` })
    }
    expect((await linkOf()).json().orderNumber).toBe(`#${c2}`)
    expect((await linkOf({ orderNumber: c1 })).json().orderNumber).toBe(`#${c1}`)
    expect((await send('POST', `/v1/trackings/${id}/link`, { orderNumber: 'other' })).statusCode).toBe(404)
    const kept = new URL((await send('POST', `/v1/trackings/${id}/link`, { orderNumber: c1 })).json().url).search
    expect((await send('PATCH', `/v1/trackings/${id}`, { contact: { email: 'new@example.com' } })).statusCode).toBe(200)
    expect((await world.app.inject({ url: `/v1/track/${trackingNumber}${kept}` })).statusCode).toBe(200)
    await send('PATCH', `/v1/trackings/${id}`, { order: c1, contact: { email: 'new@example.com' } })
    expect((await world.app.inject({ url: `/v1/track/${trackingNumber}${kept}` })).statusCode).toBe(403)
  })

  test('are changed one at a time: the newest, or the one that is named', async () => {
    const { id, c1, c2 } = await shared()
    await send('PATCH', `/v1/trackings/${id}`, { contact: { phone: '012-345 6789' } })
    expect((await ask(c2, '0123456789')).statusCode).toBe(200)
    expect((await ask(c2, bala)).statusCode).toBe(404)
    expect((await ask(c1, aisyah)).statusCode).toBe(200)
    await send('PATCH', `/v1/trackings/${id}`, { order: c1, orderNumber: `NEW-${c1}` })
    expect((await ask(`new-${c1}`, aisyah)).statusCode).toBe(200)
    expect((await send('PATCH', `/v1/trackings/${id}`, { order: 'none', contact: null })).statusCode).toBe(404)
    expect((await send('PATCH', `/v1/trackings/${id}`, { orderNumber: `new-${c1}` })).statusCode).toBe(409)
  })

  test('may come in one list, and the same order is never there twice', async () => {
    const trackingNumber = nextNumber()
    const trackings = ['1', '#1', '2', 'Order 2', '3'].map((orderNumber) => ({ trackingNumber, orderNumber }))
    const { results } = (await send('POST', '/v1/trackings/bulk', { trackings })).json()
    const outcomes = results.map(({ outcome }: { outcome: string }) => outcome)
    expect(outcomes).toEqual(['created', 'exists', 'order_added', 'exists', 'order_added'])
    expect((await view(results[0].id)).orders).toHaveLength(3)
  })

  test('and more may be there, up to fifty; one more is named in a warning', async () => {
    const trackingNumber = nextNumber()
    const trackings = Array.from({ length: 51 }, (_, order) => ({ trackingNumber, orderNumber: `M-${order}` }))
    const { results } = (await send('POST', '/v1/trackings/bulk', { trackings })).json()
    expect(results.at(-2)).toMatchObject({ outcome: 'order_added' })
    expect(results.at(-1)).toMatchObject({ outcome: 'exists', warnings: [{ path: 'orderNumber' }] })
  })

  test('that are added from many sides at once are each there once', async () => {
    const trackingNumber = nextNumber()
    const orders = Array.from({ length: 8 }, (_, order) => `R-${last}-${order}`)
    await Promise.all([...orders, ...orders].map((orderNumber) => register({ trackingNumber, orderNumber })))
    const { data } = (await send('GET', `/v1/trackings?trackingNumber=${trackingNumber}`)).json()
    expect(data).toHaveLength(1)
    expect(data[0].orders.map(({ orderNumber }: { orderNumber: string }) => orderNumber).toSorted()).toEqual(orders)
  })
})

describe('the same order sent again', () => {
  test('with the contact that it came without can be looked up by it, and the feed of changes tells so', async () => {
    const trackingNumber = nextNumber()
    const orderNumber = `L-${last}`
    const { id } = await register({ trackingNumber, orderNumber })
    expect((await ask(orderNumber, aisyah)).statusCode).toBe(404)
    world.clock.advance(1_000)
    const again = { trackingNumber, orderNumber: `#${orderNumber}`, contact: { email: aisyah, phone: '012-345 6789' } }
    expect(await register(again)).toMatchObject({ status: 200, outcome: 'exists', id })
    for (const contact of [aisyah, '0123456789']) expect((await ask(orderNumber, contact)).statusCode).toBe(200)
    const feed = `/v1/trackings?changedAfter=${new Date(world.clock.now().getTime() - 1).toISOString()}`
    expect((await send('GET', feed)).json().data).toMatchObject([{ id, orders: [{ hasContact: true }] }])
    const given = `select detail from tracking_update_logs where kind = 'shop_changed' and tracking_id = $1`
    expect(await world.query(given, [id])).toEqual([{ detail: 'contact' }])
    await register(again)
    expect(await world.query(given, [id])).toHaveLength(1)
  })

  test('with another contact keeps the one it has, and gets only what is missing', async () => {
    const trackingNumber = nextNumber()
    const orderNumber = `L-${last}`
    await register({ trackingNumber, orderNumber, contact: { email: aisyah } })
    await register({ trackingNumber, orderNumber, contact: { email: bala, phone: '012-345 6789' } })
    await register({ trackingNumber, orderNumber, contact: { phone: '019-876 5432' } })
    const found = async (contact: string) => (await ask(orderNumber, contact)).statusCode
    expect([await found(aisyah), await found('0123456789')]).toEqual([200, 200])
    expect([await found(bala), await found('0198765432')]).toEqual([404, 404])
  })

  test('in one list, in overlapping lists from many sides, and for a parcel that was given up brings its contact as well', async () => {
    const lapsed = { trackingNumber: nextNumber(), orderNumber: `L-${last}` }
    const { id } = await register(lapsed)
    await end(id, 'lapsed', 9)
    expect(await register({ ...lapsed, contact: { email: aisyah } })).toMatchObject({ outcome: 'reopened' })
    const trackings = Array.from({ length: 20 }, () => ({ trackingNumber: nextNumber(), orderNumber: `L-${last}` }))
    await send('POST', '/v1/trackings/bulk', {
      trackings: [...trackings, { ...trackings[0], contact: { phone: '0123456789' } }],
    })
    const withContact = trackings.map((tracking) => ({ ...tracking, contact: { email: aisyah } }))
    const lists = Array.from({ length: 6 }, (_, list) => (list % 2 ? withContact : withContact.toReversed()))
    const answers = await Promise.all(lists.map((list) => send('POST', '/v1/trackings/bulk', { trackings: list })))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(6).fill(200))
    const asked = [lapsed, ...trackings].map(({ orderNumber }) => ask(orderNumber, aisyah))
    expect((await Promise.all(asked)).every(({ statusCode }) => statusCode === 200)).toBe(true)
    expect((await ask(trackings[0]!.orderNumber, '0123456789')).statusCode).toBe(200)
  })
})

describe('registering a number again after its end', () => {
  test('with another order within 14 days adds the order to the ended parcel', async () => {
    const trackingNumber = nextNumber()
    const { id } = await register({ trackingNumber, orderNumber: 'A' })
    await end(id, 'delivered', 13)
    expect(await register({ trackingNumber, orderNumber: 'B' })).toMatchObject({ outcome: 'order_added', id })
    expect(await rowOf(id)).toMatchObject({ status: 'delivered', archived: false })
  })

  test.each(['delivered', 'returned', 'cancelled', 'lapsed'])(
    'with another order long after it was %s begins a new life, and keeps the old one as archived',
    async (status) => {
      const trackingNumber = nextNumber()
      const old = await register({ trackingNumber, orderNumber: 'A', contact: { email: aisyah } })
      await end(old.id, status, 15)
      const endedAt = new Date(world.clock.now().getTime() - 15 * day)
      const bookedAt = '2026-03-01T00:00:00.000Z'
      const renewed = await register({ trackingNumber, orderNumber: `B-${last}`, contact: { email: bala }, bookedAt })
      expect(renewed).toMatchObject({ status: 201, outcome: 'renewed', trackingNumber })
      expect(renewed.id).not.toBe(old.id)
      expect(await rowOf(renewed.id)).toMatchObject({
        ...{ status: 'pending', archived: false, counts_from: endedAt },
        ...{ booked_at: new Date(bookedAt), due: world.clock.now() },
      })
      expect(await rowOf(old.id)).toMatchObject({ status, archived: true, due: null })
      expect((await ask(`B-${last}`, bala)).json().trackings).toMatchObject([{ status: 'pending' }])
      expect(await register({ trackingNumber, orderNumber: `B-${last}` })).toMatchObject({
        outcome: 'exists',
        id: renewed.id,
      })
    },
  )

  test('with the same order asks again about a parcel that was given up, and counts its silence from the start', async () => {
    const trackingNumber = nextNumber()
    const { id } = await register({ trackingNumber, orderNumber: 'A' })
    const [{ registered_at: registeredAt } = {}] = await world.query<{ registered_at: Date }>(
      'select registered_at from tracking_cache where id = $1',
      [id],
    )
    world.clock.advance(40 * day)
    await end(id, 'lapsed', 9)
    for (const again of [{ trackingNumber, orderNumber: '#a' }, { trackingNumber }]) {
      await end(id, 'lapsed', 9)
      expect(await register(again)).toMatchObject({ status: 200, outcome: 'reopened', id })
    }
    expect(await rowOf(id)).toMatchObject({ status: 'pending', booked_at: registeredAt, due: world.clock.now() })
    expect((await view(id)).registeredAt).toBe(world.clock.now().toISOString())
    expect((await world.app.inject(`/v1/track/${trackingNumber}`)).json().status).toBe('pending')
  })

  test('asks again even when the rules of today would read an end in what was scanned long ago', async () => {
    const trackingNumber = nextNumber()
    const { id } = await register({ trackingNumber })
    const scan = {
      at: '2026-02-01T00:00:00Z',
      rawAt: '2026-02-01 08:00:00',
      zoneGuessed: true,
      location: null,
      source: 'open',
    }
    const scans = [{ ...scan, code: 5, text: 'Delivered', toldAt: '2026-02-01T01:00:00.000Z', position: 0 }]
    await world.query('update tracking_cache set events = $2 where id = $1', [id, JSON.stringify(scans)])
    await end(id, 'lapsed', 9)
    expect(await register({ trackingNumber })).toMatchObject({ outcome: 'reopened', id })
    expect(await rowOf(id)).toMatchObject({ status: 'pending', due: world.clock.now() })
  })

  test('with the same order leaves a delivered parcel as it is', async () => {
    const trackingNumber = nextNumber()
    const { id } = await register({ trackingNumber, orderNumber: 'A' })
    await end(id, 'delivered', 40)
    expect(await register({ trackingNumber, orderNumber: 'a.' })).toMatchObject({ outcome: 'exists', id })
    expect(await register({ trackingNumber })).toMatchObject({ outcome: 'exists', id })
  })

  test('begins a life that counts nothing told of the one before, the proof of delivery of that evening neither', async () => {
    const trackingNumber = nextNumber()
    const { id } = await register({ trackingNumber, orderNumber: 'A' })
    await tell(id, [-5, 39.7, 40])
    await end(id, 'delivered', 40)
    const renewed = await register({ trackingNumber, orderNumber: 'B' })
    expect(renewed.outcome).toBe('renewed')
    const countsFrom = new Date(world.clock.now().getTime() - 39.7 * day)
    expect(await rowOf(renewed.id)).toMatchObject({ status: 'pending', counts_from: countsFrom })
  })

  test('that was archived meanwhile begins a life of its own too, whatever order is named', async () => {
    for (const orderNumber of ['A', undefined]) {
      const trackingNumber = nextNumber()
      const old = await register({ trackingNumber, orderNumber: 'A' })
      await tell(old.id, [99.7, 100])
      await end(old.id, 'delivered', 100)
      const now = world.clock.now()
      const olderThan = new Date(now.getTime() - 90 * day)
      expect(await archiveEnded({ db: world.db }, { actor, now, olderThan, limit: 10 })).toBe(1)
      const again = await register({ trackingNumber, orderNumber })
      expect(again).toMatchObject({ status: 201, outcome: 'created' })
      expect(again.id).not.toBe(old.id)
      const countsFrom = new Date(now.getTime() - 99.7 * day)
      expect(await rowOf(again.id)).toMatchObject({ status: 'pending', counts_from: countsFrom, due: now })
    }
  })

  test('and removing the new life removes the archived ones before it: readers find nothing, and the log tells of each', async () => {
    const trackingNumber = nextNumber()
    const old = await register({ trackingNumber, orderNumber: 'A', contact: { email: aisyah } })
    await end(old.id, 'delivered', 40)
    const renewed = await register({ trackingNumber, orderNumber: 'B' })
    const elsewhere = nextNumber()
    const kept = await register({ trackingNumber: elsewhere, orderNumber: 'A' })
    expect((await send('DELETE', `/v1/trackings/${renewed.id}`)).statusCode).toBe(204)
    expect((await world.app.inject(`/v1/track/${trackingNumber}`)).statusCode).toBe(404)
    expect(
      await world.query('select id from tracking_cache where id = any ($1)', [[old.id, renewed.id, kept.id]]),
    ).toEqual([{ id: kept.id }])
    expect(await world.query('select from tracking_orders where tracking_id = $1', [old.id])).toEqual([])
    const removed = `select tracking_id as id from tracking_update_logs where kind = 'removed' and tracking_number = $1 order by 1`
    expect(await world.query(removed, [trackingNumber])).toEqual([{ id: old.id }, { id: renewed.id }])
  })

  test('and removing an archived life leaves the parcel of today alone', async () => {
    const trackingNumber = nextNumber()
    const old = await register({ trackingNumber, orderNumber: 'A' })
    await end(old.id, 'delivered', 40)
    const renewed = await register({ trackingNumber, orderNumber: 'B' })
    await send('DELETE', `/v1/trackings/${old.id}`)
    expect(await rowOf(old.id)).toBeUndefined()
    expect(await rowOf(renewed.id)).toMatchObject({ status: 'pending', archived: false })
  })

  test('from many sides at once begins one new life', async () => {
    const trackingNumber = nextNumber()
    const { id } = await register({ trackingNumber, orderNumber: 'A' })
    await end(id, 'delivered', 40)
    const answers = await Promise.all(Array.from({ length: 8 }, () => register({ trackingNumber, orderNumber: 'B' })))
    expect(answers.map(({ outcome }) => outcome).toSorted()).toEqual([...Array(7).fill('exists'), 'renewed'])
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1)
  })

  test('never breaks a rule of the database, nor brings an archived parcel back', async () => {
    expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
    const living = `select tracking_number from tracking_cache where archived_at is null group by 1 having count(*) > 1`
    expect(await world.query(living)).toEqual([])
  })
})

test('a cell with several numbers is as many parcels, each named in the answer', async () => {
  const [one, two] = [nextNumber(), nextNumber()]
  const { status, outcome, id, others } = await register({ trackingNumber: `${one}\n${two}`, orderNumber: 'S' })
  expect([status, outcome]).toEqual([201, 'created'])
  expect(others).toMatchObject([{ outcome: 'created', trackingNumber: two }])
  expect((await view(id)).trackingNumber).toBe(one)
})

test('what cannot be read of an item is named in its answer, and the parcel is registered', async () => {
  const trackings = [
    { trackingNumber: nextNumber(), contact: { phone: '******89' }, estimatedDelivery: '0000-01-01' },
    { trackingNumber: nextNumber(), courier: null, contact: { email: '', phone: '' }, orderNumber: 1001 },
  ]
  const { results } = (await send('POST', '/v1/trackings/bulk', { trackings })).json()
  expect(results[0]).toMatchObject({
    outcome: 'created',
    warnings: [{ path: 'estimatedDelivery' }, { path: 'contact.phone' }],
  })
  expect(results[1]).toEqual({
    outcome: 'created',
    id: expect.any(String),
    trackingNumber: trackings[1]!.trackingNumber,
  })
})

test('what the release before still writes into a parcel is found as well', async () => {
  const trackingNumber = nextNumber()
  await world.query(
    `insert into tracking_cache (organization_id, connection_id, tracking_number, order_number, contact_email_hmac, document, document_version, registered_at, changed_at)
     values ($1, $2, $3, 'Order #OLD-1', (select contact_email_hmac from tracking_orders where contact_email_hmac is not null limit 1), '{}', 'x', now(), now())`,
    [world.shop.organizationId, world.shop.connectionId, trackingNumber],
  )
  const { data } = (await send('GET', '/v1/trackings?orderNumber=old-1')).json()
  expect(data).toMatchObject([{ trackingNumber, orderNumber: 'Order #OLD-1', hasContact: true }])
})

test('the release before finds a parcel by its newest order, and follows what a shop changes of it', async () => {
  const { id, trackingNumber, c1, c2 } = await shared()
  const old = async () => {
    const [row] = await world.query<Record<'number' | 'email' | 'phone', string | null>>(
      `select order_number as number, contact_email_hmac as email, contact_phone_hmac as phone from tracking_cache where id = $1`,
      [id],
    )
    return row!
  }
  const first = await old()
  expect(first).toMatchObject({ number: `#${c2}`, email: expect.any(String), phone: null })
  await send('PATCH', `/v1/trackings/${id}`, { contact: { phone: '012-345 6789' } })
  expect(await old()).toMatchObject({ number: `#${c2}`, email: null, phone: expect.any(String) })
  await send('PATCH', `/v1/trackings/${id}`, { order: c1, contact: null })
  expect(await old()).toMatchObject({ number: `#${c2}`, phone: expect.any(String) })
  await send('PATCH', `/v1/trackings/${id}`, { orderNumber: null, contact: null })
  expect(await old()).toEqual({ number: null, email: null, phone: null })
  await register({ trackingNumber, orderNumber: 'C3' })
  expect(await old()).toMatchObject({ number: 'C3' })
  expect((await view(id)).orders).toHaveLength(3)
  await world.query(`update tracking_cache set order_number = 'C4' where id = $1`, [id])
  expect((await view(id)).orders.map(({ orderNumber }) => orderNumber)).toEqual(['C4', null, `#${c1}`])
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { couriers } from './data/couriers.ts'
import { hourMs, type Stage, startStage } from './testing/start.ts'

const dhl = '7028021894371796'
const cityLink = '960301021838937'
const jnt = '632143239945'

const naive = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/
const isoZ = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/
const date = z.string().refine((value) => naive.test(value) || isoZ.test(value))
const entry = z.strictObject({
  event_date: date,
  shipment_status_code: z.int(),
  tracking_status: z.string().min(1),
  location: z.string().nullable(),
})
/** Fact sheet §3.2, to the letter. */
const answerShape = z.strictObject({
  status_code: z.literal(200),
  request_id: z.string().regex(/^\d{13}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  message: z.string(),
  data: z.strictObject({
    results: z.array(
      z.union([
        z.strictObject({
          status: z.literal('success'),
          awb_number: z.string(),
          shipment_number: z.string().regex(/^ES-\d{4}-[A-Z0-9]{5}$/),
          order_number: z.string().regex(/^EI-\d{4}-[A-Z0-9]{5}$/),
          latest_shipment_status_code: z.int(),
          latest_tracking_status: z.string(),
          latest_event_date: date,
          status_log: z.array(entry).min(1),
        }),
        z.strictObject({
          awb_number: z.string(),
          status: z.literal('not_found'),
          message: z.literal('AWB number not found'),
        }),
      ]),
    ),
  }),
})

let stage: Stage
beforeAll(async () => {
  stage = await startStage({
    accounts: [
      { id: 'demo', clientId: 'demo', clientSecret: 's', accessToken: 'demo-access-token' },
      { id: 'other', clientId: 'other', clientSecret: 's', accessToken: 'other-access-token' },
      { id: 'sandbox', clientId: 'sandbox', clientSecret: 's', accessToken: 'sandbox-token', environment: 'sandbox' },
    ],
    bookings: [
      { awb: dhl, scenario: 'normal' },
      { awb: cityLink, scenario: 'normal' },
      { awb: jnt, scenario: 'unknown_codes' },
      { awb: 'NEVERKNOWN1', scenario: 'never_known' },
      { awb: 'ER665997516MY', account: 'other' },
      { awb: 'EPSAMPLE1765856399891', account: 'sandbox', scenario: 'normal' },
    ],
  })
  stage.pass(60 * hourMs)
})
afterAll(() => stage.simulator.close())

const call = (path: string, body?: unknown, token = 'demo-access-token', method = 'POST') =>
  stage.http.request({
    url: `/open_api/2026-06/${path}`,
    method,
    data: body,
    headers: { authorization: `Bearer ${token}` },
  })

describe('tracking_status', () => {
  test('answers every booked number in the documented shape, and says which it does not know', async () => {
    const { status, data } = await stage.track([dhl, cityLink, jnt, 'NOBODY123'])
    expect(status).toBe(200)
    const answer = answerShape.parse(data)
    expect(answer.data.results.map((item) => [item.awb_number, item.status])).toEqual([
      [dhl, 'success'],
      [cityLink, 'success'],
      [jnt, 'success'],
      ['NOBODY123', 'not_found'],
    ])
    expect(answer.message).toBe('3 requests success, 1 request error.')
  })

  test('latest_* repeat the last entry of the log, which for DHL is not the newest', async () => {
    const answer = answerShape.parse((await stage.track([dhl])).data)
    const item = answer.data.results[0]!
    if (item.status !== 'success') throw new Error('not found')
    expect(item.latest_tracking_status).toBe(item.status_log.at(-1)!.tracking_status)
    expect(item.latest_shipment_status_code).toBe(7)
    expect(item.status_log[0]!.shipment_status_code).toBe(5)
  })

  test('EasyParcel’s own event comes in UTC, the courier’s on a Kuala Lumpur clock, for the same truth', async () => {
    const answer = answerShape.parse((await stage.track([cityLink, dhl])).data)
    const logs = answer.data.results.map((item) => (item.status === 'success' ? item.status_log : []))
    const truth = stage.simulator.truth({ awb: cityLink })[0]!
    const inKualaLumpur = (at: string) =>
      new Date(Date.parse(at) + 8 * hourMs).toISOString().slice(0, 19).replace('T', ' ')
    expect(logs[0]![0]!.event_date).toBe(truth.events[0]!.at.slice(0, 19).replace('T', ' '))
    expect(logs[0]!.slice(1).map((one) => one.event_date)).toEqual(
      truth.events.slice(1).map((one) => inKualaLumpur(one.at)),
    )
    expect(logs[1]!.find((one) => one.location === null)!.event_date).toMatch(isoZ)
  })

  test('codes no one documented stand in the middle of a life without hiding its end', async () => {
    const item = answerShape.parse((await stage.track([jnt])).data).data.results[0]!
    if (item.status !== 'success') throw new Error('not found')
    const codes = item.status_log.map((one) => one.shipment_status_code)
    expect(codes).toEqual(expect.arrayContaining([99, 10, 9, 1]))
    expect(codes.at(-1)).toBe(5)
  })

  test('an account answers for its own bookings only', async () => {
    const ask = async (token: string) => (await stage.track(['ER665997516MY'], token)).data.data.results[0].status
    expect(await ask('demo-access-token')).toBe('not_found')
    expect(await ask('other-access-token')).toBe('success')
  })

  test('in a sandbox every parcel stays at 7', async () => {
    const item = (await stage.track(['EPSAMPLE1765856399891'], 'sandbox-token')).data.data.results[0]
    expect(item.status_log).toHaveLength(1)
    expect(item.latest_shipment_status_code).toBe(7)
  })

  test('a number that is never known is pending in truth and not found in the answer', async () => {
    expect((await stage.track(['NEVERKNOWN1'])).data.data.results[0].status).toBe('not_found')
    expect(stage.simulator.truth({ awb: 'NEVERKNOWN1' })).toMatchObject([
      { status: 'pending', ended: true, eventCount: 0 },
    ])
  })

  test('a bad list is a 400 in the documented shape', async () => {
    const missing = await call('shipment/tracking_status', {})
    expect(missing.status).toBe(400)
    expect(missing.data).toEqual({
      status_code: 400,
      message: 'Validation error',
      data: { errors: ['The awb_numbers field is required'] },
    })
    const hundredAndOne = Array.from({ length: 101 }, (_, index) => `AWB${1000 + index}`)
    expect((await stage.track(hundredAndOne)).status).toBe(400)
    expect((await stage.track(hundredAndOne.slice(1))).status).toBe(200)
    expect((await call('shipment/tracking_status', '{"awb_numbers":[')).status).toBe(400)
  })

  test('a missing or wrong token is a 401 that names its reason', async () => {
    const none = await stage.http.post('/open_api/2026-06/shipment/tracking_status', {})
    expect(none.status).toBe(401)
    expect(none.data).toEqual({
      error: { statusCode: 401, status: 401, code: 401, name: 'missing_token' },
      status_code: 401,
    })
    expect((await stage.track([dhl], 'nonsense')).data.error.name).toBe('invalid_token')
  })

  test('any dated version works, a bad version and unknown paths are 404', async () => {
    const at = (path: string) =>
      stage.http.post(path, { awb_numbers: [dhl] }, { headers: { authorization: 'Bearer demo-access-token' } })
    expect((await at('/open_api/2025-09/shipment/tracking_status')).status).toBe(200)
    expect((await at('/open_api/v1/shipment/tracking_status')).status).toBe(404)
    expect((await at('/nowhere')).status).toBe(404)
  })

  test('answers are compressed as asked, and carry no header EasyParcel does not send', async () => {
    for (const encoding of ['br', 'gzip']) {
      const response = await fetch(`${stage.simulator.url}/open_api/2026-06/shipment/tracking_status`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer demo-access-token',
          'content-type': 'application/json',
          'accept-encoding': encoding,
        },
        body: JSON.stringify({ awb_numbers: [dhl] }),
      })
      expect(response.headers.get('content-encoding')).toBe(encoding)
      expect(answerShape.safeParse(await response.json()).success).toBe(true)
      expect([...response.headers.keys()].filter((name) => /ratelimit|retry-after|signature/i.test(name))).toEqual([])
    }
  })
})

describe('the other endpoints', () => {
  test('shipment/list pages through an account’s parcels and details finds each', async () => {
    const first = (await call('shipment/list', { limit: 2 })).data
    expect(first.data).toHaveLength(2)
    expect(first.pagination).toMatchObject({
      has_more: true,
      limit: 2,
      next_shipment_number: first.data[1].shipment_number,
    })
    const rest = (
      await call('shipment/list', { limit: 2, before_shipment_number: first.pagination.next_shipment_number })
    ).data
    expect(rest.pagination.has_more).toBe(false)
    const all = [...first.data, ...rest.data].map((item: { awb_number: string }) => item.awb_number)
    expect(all.toSorted()).toEqual([cityLink, jnt, dhl].toSorted())
    const details = (await call('shipment/details', { shipment_number: first.data[0].shipment_number })).data
    expect(details.data).toHaveLength(1)
    expect(details.data[0].shipment_details.awb_number).toBe(first.data[0].awb_number)
    expect(first.data[0].coll_date).toMatch(/^\d{4}-\d{2}-\d{2} 00:00:00$/)
  })

  test('receivers, references and sizes differ, and are the same in list and details', async () => {
    const listed = (await call('shipment/list', { limit: 3 })).data.data
    expect(
      new Set(listed.map((item: { receiver_details: { email: string } }) => item.receiver_details.email)).size,
    ).toBe(3)
    for (const { shipment_number, receiver_details } of listed) {
      const [{ receiver, shipment_details }] = (await call('shipment/details', { shipment_number })).data.data
      expect(receiver).toMatchObject({ email: receiver_details.email, postal_code: receiver_details.postal_code })
      expect(receiver.contact).toBe(receiver_details.contact.replace('MY', '+60'))
      expect(shipment_details.weight).toBeGreaterThan(0)
    }
  })

  test('a booking has no tracking number until its time has come, nor does tracking know it', async () => {
    const awb = '6300000000017'
    stage.simulator.book([
      { awb, scenario: 'sandbox', numberedAfterMs: 600 * hourMs, bookedAt: '2026-03-01T00:00:00Z' },
    ])
    const numberOf = async () =>
      (await call('shipment/list', {})).data.data
        .filter((item: { coll_date: string }) => item.coll_date.startsWith('2026-03-01'))
        .map((item: { awb_number: string | null }) => item.awb_number)
    expect(await numberOf()).toEqual([null])
    expect((await stage.track([awb])).data.data.results[0].status).toBe('not_found')
    stage.pass(600 * hourMs)
    expect(await numberOf()).toEqual([awb])
    expect((await stage.track([awb])).data.data.results[0].status).toBe('success')
  })

  test('faults befall lists, too', async () => {
    stage.simulator.forceFault({ name: '429_json' })
    expect((await call('shipment/list', {})).status).toBe(429)
    expect((await call('shipment/list', {})).status).toBe(200)
    expect(stage.simulator.stats().shipmentCalls.list).toBeGreaterThan(1)
  })

  test('shipment/list filters by code and collection date', async () => {
    const delivered = (await call('shipment/list', { shipment_status_code: '5' })).data.data
    expect(delivered.map((item: { awb_number: string }) => item.awb_number).toSorted()).toEqual(
      [cityLink, jnt, dhl].toSorted(),
    )
    expect((await call('shipment/list', { date_from: '2026-03-03' })).data.data).toEqual([])
    expect((await call('shipment/list', { limit: 251 })).status).toBe(400)
  })

  test('details of a shipment from elsewhere is the documented 404', async () => {
    const { status, data } = await call('shipment/details', { shipment_number: 'ES-2603-ZZZZZ' })
    expect(status).toBe(404)
    expect(data).toEqual({
      status_code: 404,
      message: 'No Order with shipment_number ES-2603-ZZZZZ found from this account',
      data: [],
    })
  })

  test('courier/list is a GET with a JSON body', async () => {
    const { data } = await call('courier/list', { country_code: 'MY' }, undefined, 'GET')
    expect(data.data).toHaveLength(couriers.length)
    const wrong = await call('courier/list', { country_code: 'XX' }, undefined, 'GET')
    expect([wrong.status, wrong.data.message]).toEqual([400, 'Invalid country code'])
  })

  test('wallet tells a good token from a bad one', async () => {
    expect((await call('wallet', undefined, undefined, 'GET')).status).toBe(200)
    expect((await call('wallet', undefined, 'bad', 'GET')).data).toEqual({
      status_code: 401,
      message: 'Unauthorized access',
      data: null,
    })
  })
})

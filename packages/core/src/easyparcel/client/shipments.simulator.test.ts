import { type FaultName, type Simulator, startSimulator } from '@jejak/easyparcel-simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answer, startLocalServer } from '../testing/local-server.ts'
import type { EasyParcelClient } from './easyparcel-client.ts'
import { createOpenClient } from './open-client.ts'

const now = () => new Date('2026-02-10T00:00:00Z')
const dateFrom = '2025-11-12'
const asking = { signal: new AbortController().signal, now: now() }
const amount = 600
const numbers = Array.from({ length: amount }, (_, place) => String(7_028_021_894_000_000 + place))

let simulator: Simulator
beforeAll(async () => {
  const bookings = numbers.map((awb, place) => ({
    ...{ awb, scenario: 'short' as const },
    bookedAt: new Date(now().getTime() - (place + 1) * 3_600_000).toISOString(),
    ...(place === 0 && { numberedAfterMs: 10 * 86_400_000 }),
  }))
  simulator = await startSimulator({ now, bookings })
})
afterAll(() => simulator.close())

const clientOf = (baseUrl: string): EasyParcelClient =>
  createOpenClient({
    ...{ baseUrl, version: '2026-06', defaultZone: '+08:00', batchMax: 50, concurrencyMax: 3 },
    ...{ timeoutMs: 3_000, responseLimitBytes: 5_000_000 },
    tokens: { accessToken: async () => 'demo-access-token', refresh: async () => 'refreshed' },
  })
const list = (before: string | null, from = dateFrom) =>
  clientOf(simulator.url).listShipments!({ before, dateFrom: from }, asking)

test('an account is listed page by page, newest first, each booking once', async () => {
  const listed: (string | null)[] = []
  let before: string | null = null
  for (let hasMore = true; hasMore; ) {
    const page = await list(before)
    listed.push(...page.shipments.map(({ trackingNumber }) => trackingNumber))
    before = page.shipments.at(-1)!.shipmentNumber
    hasMore = page.hasMore
  }
  expect(listed).toEqual([null, ...numbers.slice(1)])
})

test('a booking says courier, status, day of collection and where it goes, and no address', async () => {
  const { shipments } = await list(null)
  expect(shipments.at(-1)).toEqual({
    shipmentNumber: expect.stringMatching(/^ES-2601-[A-Z0-9]{5}$/),
    trackingNumber: numbers[249],
    courier: 'DHLeC',
    ...{ code: 5, text: 'Delivered', collectionDay: '2026-01-30' },
    destination: {
      country: 'MY',
      state: expect.stringMatching(/^MY-\d\d$/),
      postcodeArea: expect.stringMatching(/^\d\d$/),
    },
  })
})

test('only what was collected since the day is listed', async () => {
  const { shipments, hasMore } = await list(null, '2026-02-09')
  expect(shipments.length).toBeLessThan(50)
  expect(hasMore).toBe(false)
})

test('details say order, reference, size and contact', async () => {
  const { shipments } = await list(null)
  const all = await Promise.all(
    shipments
      .slice(0, 20)
      .map(({ shipmentNumber }) => clientOf(simulator.url).shipmentDetails!(shipmentNumber, asking)),
  )
  for (const { details } of all)
    expect(details).toMatchObject({
      orderNumber: expect.stringMatching(/^EI-26/),
      weight: expect.any(Number),
      contact: { email: expect.stringContaining('@example.com'), phone: expect.stringMatching(/^\+6012\d{7}$/) },
    })
  expect(all.map(({ details }) => details?.reference)).toContain(null)
  expect(all.map(({ details }) => details?.reference)).toContainEqual(expect.stringMatching(/^SO-/))
})

test('a booking that is not of this account is no failure', async () => {
  const { details } = await clientOf(simulator.url).shipmentDetails!('ES-2602-ZZZZZ', asking)
  expect(details).toBeNull()
})

test.each([
  ['429_json', 'rate-limited'],
  ['html_502', 'server'],
  ['not_found_all', 'server'],
  ['unauthorised', 'unauthorised'],
  ['truncated_json', 'malformed'],
  ['reset_mid_body', 'network'],
] satisfies [FaultName, string][])('a list or details with %s fails as %s', async (name, kind) => {
  simulator.forceFault({ name })
  if (name !== 'not_found_all') await expect(list(null)).rejects.toMatchObject({ kind })
  else expect(await list(null)).toMatchObject({ isNone: true, shipments: [] })
  const [first] = (await list(null)).shipments
  simulator.forceFault({ name })
  await expect(clientOf(simulator.url).shipmentDetails!(first!.shipmentNumber, asking)).rejects.toMatchObject({ kind })
})

const answered = async <T>(data: unknown, work: (client: EasyParcelClient) => Promise<T>) => {
  const server = await startLocalServer()
  server.replyWith(answer(200, { status_code: 200, message: 'success', data }))
  try {
    return await work(clientOf(server.baseUrl))
  } finally {
    await server.close()
  }
}

test('what a booking lacks, or writes in another way, is read as far as it goes', async () => {
  const page = await answered(
    {
      0: { shipment_number: 'ES-2602-AAAAA', awb: '7028021894371796', shipment_status_code: '0' },
      1: { shipment_number: 'ES-2602-BBBBB', awb_number: 'Awb not available', shipment_status_code: {}, courier: '' },
      2: { shipment_number: '' },
    },
    (client) => client.listShipments!({ before: null, dateFrom }, asking),
  )
  expect(page.shipments).toMatchObject([
    { shipmentNumber: 'ES-2602-AAAAA', trackingNumber: '7028021894371796', code: 0, collectionDay: null },
    { shipmentNumber: 'ES-2602-BBBBB', trackingNumber: null, code: null, courier: null },
  ])
  expect(page.unread).toEqual([
    { kind: 'code', value: 'an object' },
    { kind: 'status', value: 'no tracking number: Awb not available' },
    { kind: 'status', value: 'a booking that cannot be read' },
  ])
})

test.each([
  ['no list', 'nothing'],
  ['a list of nothing that can be read', [{ a: 1 }, 'b']],
])('%s is no answer', async (_, data) => {
  await answered(data, (client) =>
    expect(client.listShipments!({ before: null, dateFrom }, asking)).rejects.toMatchObject({ kind: 'malformed' }),
  )
})

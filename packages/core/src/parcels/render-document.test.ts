import { type Freshness, trackingDocument, trackingStatuses } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { finishDocument, type RenderableTracking, renderDocument } from './render-document.ts'
import { anyScan, scan } from './testing/events.ts'

const fresh: Freshness = {
  state: 'fresh',
  checkedAt: '2026-01-23T10:00:00.000Z',
  changedAt: '2026-01-23T08:00:00.000Z',
  nextCheckAt: '2026-01-23T12:00:00.000Z',
  source: 'scheduled',
  reason: null,
}

const parcel: RenderableTracking = {
  trackingNumber: '632143239945',
  courier: 'J&T Express',
  status: 'in_transit',
  substatus: 'departed',
  deliveredAt: null,
  estimatedDelivery: '2026-01-25',
  isDemo: false,
  events: [
    scan('collected', '08:00', { text: 'Collected from Ahmad 012-3456789', location: 'PUCHONG DC' }),
    scan('in_transit', '10:00', { substatus: 'departed', zoneGuessed: true, location: 'Ahmad 012-3456789' }),
  ],
}

const read = (tracking: RenderableTracking): unknown =>
  JSON.parse(finishDocument({ ...renderDocument(tracking), registeredAt: new Date(0) }, fresh))

describe('the public document', () => {
  test('shows a guest our words and known places, newest scan first', () => {
    expect(read(parcel)).toEqual({
      trackingNumber: '632143239945',
      courier: 'J&T Express',
      status: 'in_transit',
      substatus: 'departed',
      deliveredAt: null,
      estimatedDelivery: '2026-01-25',
      events: [
        {
          at: '2026-01-23T10:00:00.000Z',
          zoneGuessed: true,
          status: 'in_transit',
          substatus: 'departed',
          location: null,
        },
        {
          at: '2026-01-23T08:00:00.000Z',
          zoneGuessed: false,
          status: 'collected',
          substatus: null,
          location: 'Puchong',
        },
      ],
      freshness: fresh,
    })
  })

  test('says that it is a demo in a demo, and says nothing otherwise', () => {
    expect(read({ ...parcel, isDemo: true })).toHaveProperty('demo', true)
    expect(read(parcel)).not.toHaveProperty('demo')
  })

  test('a parcel without any scan has a document too', () => {
    expect(trackingDocument.parse(read({ ...parcel, status: 'pending', substatus: null, events: [] })).events).toEqual(
      [],
    )
  })

  test('has another version when something in it changed, and the same when only private words did', () => {
    const { version } = renderDocument(parcel)
    expect(renderDocument(parcel).version).toBe(version)
    expect(renderDocument({ ...parcel, status: 'delivered' }).version).not.toBe(version)
    const reworded = parcel.events.map((event) => ({ ...event, text: `${event.text}!` }))
    expect(renderDocument({ ...parcel, events: reworded }).version).toBe(version)
  })

  const secret = fc.uuid()
  const anyParcel = fc.record({
    status: fc.constantFrom(...trackingStatuses),
    deliveredAt: fc.option(fc.constant(new Date('2026-01-23T10:00:00Z'))),
    estimatedDelivery: fc.option(fc.constant('2026-01-25')),
    isDemo: fc.boolean(),
    courier: fc.option(fc.string()),
    events: fc.array(
      fc
        .record({ event: anyScan, text: secret, rawAt: secret, location: secret, code: fc.constant(987_654_321) })
        .map(({ event, ...words }) => ({ ...event, ...words })),
      { maxLength: 6 },
    ),
  })

  test('is always what the contract promises, whatever the parcel', () => {
    fc.assert(
      fc.property(anyParcel, (some) => {
        const text = finishDocument(
          { ...renderDocument({ ...parcel, ...some, substatus: null }), registeredAt: new Date(0) },
          fresh,
        )
        expect(trackingDocument.strict().safeParse(JSON.parse(text)).success).toBe(true)
      }),
    )
  })

  test('never holds a word that a courier wrote, nor its code', () => {
    fc.assert(
      fc.property(anyParcel, (some) => {
        const { document } = renderDocument({ ...parcel, ...some })
        for (const { text, rawAt, location, code } of some.events)
          for (const word of [text, rawAt, location, String(code)]) expect(document).not.toContain(word)
      }),
    )
  })
})

import { type TrackingEvent, type TrackingStatus, trackingStatuses } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deriveStatus, milestonesOf } from './derive-status.ts'
import { anyScans, scan } from './testing/events.ts'

const statusOf = (...events: TrackingEvent[]) => deriveStatus(events).status
const guessed = { zoneGuessed: true }

describe('the status of a parcel', () => {
  test('a parcel without any scan is pending', () => {
    expect(deriveStatus([])).toMatchObject({ status: 'pending', substatus: null, decidedBy: null })
  })

  test('the newest scan decides, with its substatus', () => {
    const departed = scan('in_transit', '10:00', { substatus: 'departed' })
    expect(deriveStatus([departed, scan('collected', '08:00')])).toMatchObject({
      status: 'in_transit',
      substatus: 'departed',
      decidedBy: departed,
    })
  })

  test('a scan no one can read does not hide what is known', () => {
    expect(statusOf(scan('collected', '08:00'), scan('unknown', '12:00'))).toBe('collected')
    expect(statusOf(scan('delivered', '08:00'), scan('unknown', '12:00'))).toBe('delivered')
  })

  test('a parcel with nothing but unreadable scans is unknown, not pending', () => {
    expect(statusOf(scan('unknown', '08:00'), scan('unknown', '12:00'))).toBe('unknown')
  })

  test('two scans of the same instant, of which nothing says which is newer: the later stage of life wins', () => {
    expect(statusOf(scan('out_for_delivery', '08:00'), scan('in_transit', '08:00'))).toBe('out_for_delivery')
  })

  test('a parcel may go back from out for delivery to a hub', () => {
    expect(statusOf(scan('out_for_delivery', '08:00'), scan('in_transit', '20:00'))).toBe('in_transit')
  })

  test('the order in which scans arrive never matters', () => {
    const inAnyOrder = anyScans.chain((scans) =>
      fc.tuple(fc.constant(scans), fc.shuffledSubarray(scans, { minLength: scans.length })),
    )
    fc.assert(
      fc.property(inAnyOrder, ([scans, shuffled]) => {
        expect(deriveStatus(shuffled)).toEqual(deriveStatus(scans))
        expect(milestonesOf(shuffled)).toEqual(milestonesOf(scans))
      }),
    )
  })

  test.each<Partial<TrackingEvent>>([
    { substatus: 'departed' },
    { text: 'another' },
    { code: 4 },
    { location: 'Nilai' },
    { zoneGuessed: true },
  ])(
    'two scans of the same instant and stage that differ in %j: the same one decides in either order',
    (difference) => {
      for (const status of ['in_transit', 'delivered'] as const) {
        const [one, other] = [scan(status, '08:00'), scan(status, '08:00', difference)]
        expect(deriveStatus([one, other])).toEqual(deriveStatus([other, one]))
      }
    },
  )

  test('that we stopped asking is never read out of a scan', () => {
    expect(statusOf(scan('collected', '08:00'), scan('lapsed', '12:00'))).toBe('collected')
  })

  test('the status is always that of one of the scans, and never that we gave up', () => {
    fc.assert(
      fc.property(anyScans, (scans) => {
        const { status, decidedBy } = deriveStatus(scans)
        if (decidedBy && status !== 'unknown') expect(scans).toContain(decidedBy)
        if (scans.length > 0 && status !== 'unknown') expect(decidedBy?.status).toBe(status)
        expect(status).not.toBe('lapsed')
      }),
    )
  })
})

describe('a time whose zone is a guess', () => {
  test('within eight hours of a certain one, the later stage of life wins', () => {
    const booked = scan('pending', '12:00')
    expect(statusOf(booked, scan('collected', '05:00', guessed))).toBe('collected')
    expect(statusOf(booked, scan('collected', '04:00', guessed))).toBe('collected')
    expect(statusOf(scan('in_transit', '12:00', guessed), scan('out_for_delivery', '05:00'))).toBe('out_for_delivery')
  })

  test('more than eight hours away, the later time wins', () => {
    expect(statusOf(scan('pending', '12:00:01'), scan('collected', '04:00', guessed))).toBe('pending')
    expect(statusOf(scan('in_transit', '20:00'), scan('out_for_delivery', '05:00', guessed))).toBe('in_transit')
  })

  test('within eight hours and at the same stage, the later time wins', () => {
    const later = scan('in_transit', '12:00', { ...guessed, substatus: 'arrived' })
    expect(deriveStatus([scan('in_transit', '10:00', { substatus: 'departed' }), later]).decidedBy).toEqual(later)
  })

  test('between two guessed times the later one wins', () => {
    expect(statusOf(scan('out_for_delivery', '10:00', guessed), scan('in_transit', '12:00', guessed))).toBe(
      'in_transit',
    )
  })

  test('a failed attempt that may have come before the delivery does not undo it', () => {
    expect(statusOf(scan('delivered', '10:00', guessed), scan('attempt_failed', '18:00:01'))).toBe('delivered')
    expect(statusOf(scan('delivered', '10:00', guessed), scan('attempt_failed', '22:00'))).toBe('attempt_failed')
  })

  test('a return that reads as earlier than the delivery does not undo it', () => {
    expect(statusOf(scan('delivered', '10:00'), scan('returning', '05:00', guessed))).toBe('delivered')
    expect(statusOf(scan('delivered', '10:00'), scan('returning', '11:00', guessed))).toBe('returning')
  })
})

describe('the end of a parcel', () => {
  const ends = ['delivered', 'returned', 'cancelled'] as const
  const inHand = ['collected', 'in_transit', 'out_for_delivery', 'ready_for_pickup', 'attempt_failed'] as const
  const after = (end: TrackingStatus, next: TrackingStatus) => statusOf(scan(end, '10:00'), scan(next, '12:00'))

  test.each(ends)('a parcel that is %s is either that or what came later, never something else', (end) => {
    fc.assert(fc.property(fc.constantFrom(...trackingStatuses), (next) => [end, next].includes(after(end, next))))
  })

  test.each(ends)('a booking that is entered late does not undo that a parcel is %s', (end) => {
    for (const paper of ['pending', 'info_received', 'unknown'] as const) expect(after(end, paper)).toBe(end)
  })

  test('a parcel in the courier’s hands was not cancelled', () => {
    for (const next of [...inHand, 'delivered', 'returning', 'returned'] as const)
      expect(after('cancelled', next)).toBe(next)
  })

  test('a parcel that is back with its shop stays there, unless it is out for delivery again', () => {
    for (const next of ['collected', 'in_transit', 'on_hold', 'exception', 'returning', 'cancelled'] as const)
      expect(after('returned', next)).toBe('returned')
    expect(after('returned', 'out_for_delivery')).toBe('out_for_delivery')
  })

  test('a delivered parcel whose delivery is disputed is no longer delivered', () => {
    for (const next of ['on_hold', 'exception', 'returning', 'returned'] as const)
      expect(after('delivered', next)).toBe(next)
    for (const echo of inHand) expect(after('delivered', echo)).toBe('delivered')
  })

  test.each(ends)('nothing that happened before a parcel was %s, or at the same instant, undoes it', (end) => {
    for (const other of trackingStatuses.filter((status) => !ends.some((known) => known === status))) {
      expect(statusOf(scan(end, '10:00'), scan(other, '10:00'))).toBe(end)
      expect(statusOf(scan(end, '10:00'), scan(other, '09:00'))).toBe(end)
    }
  })

  test('a parcel has ended when nothing was told after one of its ends', () => {
    fc.assert(
      fc.property(anyScans, (scans) => {
        const newest = Math.max(...scans.map(({ at }) => Date.parse(at)))
        const last = scans.filter(({ at, status }) => Date.parse(at) === newest && ends.some((end) => end === status))
        if (last.length > 0) expect(ends).toContain(deriveStatus(scans).status)
      }),
    )
  })

  test('a parcel that went out again after its return was cancelled is delivered the second time', () => {
    const second = scan('delivered', '2026-01-26T10:00:00Z')
    const life = [scan('delivered', '10:00'), scan('returning', '2026-01-24T10:00:00Z'), second]
    expect(deriveStatus(life).decidedBy).toEqual(second)
    expect(milestonesOf(life).deliveredAt).toEqual(new Date(second.at))
  })

  test('hub scans on the way back do not bring back the delivery that was undone', () => {
    expect(
      statusOf(scan('delivered', '10:00'), scan('returning', '11:00', guessed), scan('in_transit', '12:00', guessed)),
    ).toBe('in_transit')
  })

  test('a second scan of the same delivery does not move its time', () => {
    const first = scan('delivered', '10:00', { text: 'Delivered' })
    expect(deriveStatus([scan('delivered', '18:00', { text: 'Signature uploaded' }), first]).decidedBy).toEqual(first)
  })
})

describe('a parcel that was delivered and then moved', () => {
  const day = (date: number, time: string) => `2026-01-${date}T${time}:00Z`
  const first = scan('delivered', day(20, '10:00'))

  test.each(['out_for_delivery', 'attempt_failed', 'collected'] as const)(
    '%s four hours after the delivery, or twelve where a zone is a guess, takes it back',
    (status) => {
      const after = (time: string, delivery = first, more: Partial<TrackingEvent> = {}) =>
        deriveStatus([delivery, scan(status, day(20, time), more)])
      expect(after('13:59')).toMatchObject({ status: 'delivered', movedOn: false })
      expect(after('14:00')).toMatchObject({ status, movedOn: true })
      expect(after('21:59', first, guessed)).toMatchObject({ status: 'delivered' })
      expect(after('22:00', first, guessed)).toMatchObject({ status, movedOn: true })
      expect(after('21:59', { ...first, ...guessed })).toMatchObject({ status: 'delivered' })
    },
  )

  test('what was delivered 40 hours ago, came to a hub and went out again is out for delivery', () => {
    const life = [first, scan('in_transit', day(21, '02:00')), scan('out_for_delivery', day(22, '00:00'))]
    expect(deriveStatus(life)).toMatchObject({ status: 'out_for_delivery', movedOn: true })
    expect(milestonesOf(life).deliveredAt).toBeNull()
  })

  test('the second delivery is the one that stands, and its later scans do not move it', () => {
    const second = scan('delivered', day(22, '03:00'))
    const life = [first, scan('out_for_delivery', day(22, '00:00')), second, scan('delivered', day(22, '18:00'))]
    expect(deriveStatus(life)).toMatchObject({ status: 'delivered', decidedBy: second, movedOn: true })
    expect(milestonesOf(life).deliveredAt).toEqual(new Date(second.at))
  })

  test('a signature uploaded just before the parcel moved again is of the delivery it belongs to', () => {
    const uploaded = scan('delivered', day(20, '18:00'), { text: 'Signature uploaded' })
    expect(deriveStatus([first, uploaded, scan('out_for_delivery', day(20, '19:00'))]).status).toBe('out_for_delivery')
  })

  test('two moving scans, the last half a day later, change nothing but ask for a look; one scan, or an earlier one, does not', () => {
    const hubs = (...times: string[]) =>
      deriveStatus([first, ...times.map((time) => scan('in_transit', day(20, time)))])
    expect(hubs('12:00', '22:00')).toMatchObject({ status: 'delivered', decidedBy: first, movedOn: true })
    expect(hubs('12:00', '21:59')).toMatchObject({ status: 'delivered', movedOn: false })
    expect(hubs('23:00')).toMatchObject({ status: 'delivered', movedOn: false })
    expect(hubs('09:00', '23:00')).toMatchObject({ status: 'delivered', movedOn: false })
  })

  test('a scan the courier took back decides nothing', () => {
    const moved = scan('out_for_delivery', day(20, '18:00'))
    expect(deriveStatus([{ ...first, gone: true }, scan('in_transit', day(20, '08:00'))]).status).toBe('in_transit')
    expect(deriveStatus([first, { ...moved, gone: true }]).status).toBe('delivered')
    expect(deriveStatus([{ ...first, gone: true }])).toMatchObject({ status: 'pending', decidedBy: null })
  })
})

describe('milestones', () => {
  test('each is the first time the parcel got there', () => {
    const life = [
      scan('delivered', '2026-01-24T09:00:00Z'),
      scan('out_for_delivery', '2026-01-24T01:00:00Z'),
      scan('attempt_failed', '15:00'),
      scan('out_for_delivery', '09:00'),
      scan('collected', '08:00'),
    ]
    expect(milestonesOf(life)).toEqual({
      collectedAt: new Date('2026-01-23T08:00:00Z'),
      outForDeliveryAt: new Date('2026-01-23T09:00:00Z'),
      deliveredAt: new Date('2026-01-24T09:00:00Z'),
    })
  })

  test('a parcel that never got there has no milestone', () => {
    expect(milestonesOf([])).toEqual({ collectedAt: null, outForDeliveryAt: null, deliveredAt: null })
  })

  test('a delivery that was undone is no milestone any more', () => {
    expect(milestonesOf([scan('delivered', '10:00'), scan('returning', '12:00')]).deliveredAt).toBeNull()
  })
})

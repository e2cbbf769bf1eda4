import { substatusesOf, trackingStatuses } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { html } from '../html.ts'
import { createTimes } from '../words/times.ts'
import { createSay } from '../words/words.ts'
import { courierLinks, courierName } from './couriers.ts'
import type { Given } from './given.ts'
import { helpLinks } from './help-links.ts'
import { inkOn } from './looks.ts'
import { nextReadMs } from './next-read.ts'
import { adviceFor, waitingNotice } from './notices.ts'
import type { ShownDocument } from './shown-document.ts'
import { stepsOf } from './steps.ts'
import { arrivalOf, calendarUrl } from './summary.ts'

const now = new Date('2026-03-02T02:40:00Z')
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString()
const freshness = {
  state: 'fresh',
  checkedAt: at(-12),
  changedAt: at(-60),
  nextCheckAt: at(60),
  source: 'scheduled',
  reason: null,
} as const
const document = (more: Partial<ShownDocument>): ShownDocument => ({
  ...{ trackingNumber: '632143239945', courier: null, status: 'in_transit', substatus: null, deliveredAt: null },
  ...{ estimatedDelivery: null, events: [], freshness },
  ...more,
})
const scan = (status: ShownDocument['status']) => ({
  at: at(-30),
  zoneGuessed: false,
  status,
  substatus: null,
  location: null,
})

describe('the steps', () => {
  const states = (more: Partial<ShownDocument>) => stepsOf(document(more)).map(({ state }) => state)

  test('a parcel on its way stands on the third', () => {
    expect(states({ status: 'in_transit' })).toEqual(['done', 'done', 'current', 'todo', 'todo'])
  })
  test('a delivered one has them all', () => {
    expect(states({ status: 'delivered' })).toEqual(Array(5).fill('done'))
  })
  test('one on hold stands where its scans have shown it', () => {
    expect(states({ status: 'on_hold', events: [scan('on_hold'), scan('collected')] })).toEqual([
      'done',
      'problem',
      'todo',
      'todo',
      'todo',
    ])
  })
  test('one on its way back has other last steps', () => {
    expect(
      stepsOf(document({ status: 'returning' }))
        .map(({ word }) => word)
        .slice(3),
    ).toEqual(['step_returning', 'step_returned'])
  })
  test('one that was to be collected, and was, never went out for delivery', () => {
    const words = (status: ShownDocument['status'], ...scanned: ShownDocument['status'][]) =>
      stepsOf(document({ status, events: scanned.map(scan) })).map(({ word }) => word)[3]
    expect(words('delivered', 'delivered', 'ready_for_pickup', 'attempt_failed')).toBe('step_ready_for_pickup')
    expect(words('exception', 'exception', 'ready_for_pickup')).toBe('step_ready_for_pickup')
    expect(words('delivered', 'delivered', 'out_for_delivery', 'ready_for_pickup')).toBe('step_out_for_delivery')
    expect(words('delivered')).toBe('step_out_for_delivery')
  })
  test('a cancelled or unreadable one has none', () => {
    expect([states({ status: 'cancelled' }), states({ status: 'unknown' })]).toEqual([[], []])
  })
  test('no step is done after one that is not, and only an end has nothing left', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...trackingStatuses),
        fc.array(fc.constantFrom(...trackingStatuses)),
        (status, scanned) => {
          const shown = states({ status, events: scanned.map(scan) })
          expect(shown.join()).toMatch(/^((done,?)*((current|problem),?)?(todo,?)*)$/)
          if (shown.length > 0 && shown.every((state) => state === 'done'))
            expect(['delivered', 'returned']).toContain(status)
        },
      ),
    )
  })
})

test('whenever something is needed of the customer, the page says what', () => {
  for (const status of ['attempt_failed', 'ready_for_pickup', 'on_hold'] as const)
    for (const substatus of [null, ...substatusesOf[status]])
      expect(adviceFor(status, substatus), `${status} ${substatus}`).not.toBeNull()
  expect(adviceFor('in_transit', 'departed')).toBeNull()
})

describe('the day it is expected', () => {
  const given: Given = {
    ...{ say: createSay('en'), times: createTimes({ language: 'en', timeZone: 'Asia/Kuala_Lumpur', now }), now },
    ...{ html, language: 'en', api: 'https://jejak.example', shop: 'aroma' },
  }
  const promised = (more: Partial<ShownDocument>) => document({ estimatedDelivery: '2026-03-04', ...more })

  test('is said, with a calendar for it, and is past the day after', () => {
    expect(arrivalOf(promised({}), given)).toBe('Expected Wednesday 4 March')
    expect(calendarUrl(promised({}), given)).toBe(
      'https://jejak.example/v1/track/632143239945/calendar.ics?lang=en&shop=aroma',
    )
    const past = promised({ estimatedDelivery: '2026-03-01' })
    expect([arrivalOf(past, given), calendarUrl(past, given)]).toEqual(['Was expected Sunday 1 March', null])
  })
  test.each<[ShownDocument['status'], ShownDocument['substatus']]>([
    ['returning', null],
    ['attempt_failed', 'refused'],
    ['on_hold', 'intercepted'],
    ['exception', 'lost'],
  ])('is not promised any more of what does not come: %s %s', (status, substatus) => {
    const parcel = promised({ status, substatus })
    expect([arrivalOf(parcel, given), calendarUrl(parcel, given)]).toEqual([null, null])
  })
})

describe('a parcel without a history', () => {
  const pending = (more: Partial<ShownDocument['freshness']>, registeredAt?: string) =>
    waitingNotice(
      document({ status: 'pending', freshness: { ...freshness, ...more }, ...(registeredAt && { registeredAt }) }),
      now,
    )

  test.each([
    ['no one has asked yet', pending({ checkedAt: null }), 'not_checked_yet'],
    ['the courier does not know it', pending({ reason: 'number_unknown' }, at(-60)), 'not_known_yet'],
    ['for three days', pending({ reason: 'number_unknown' }, at(-72 * 60)), 'not_found_long'],
    ['it is booked, and known', pending({}), null],
  ])('%s', (_, notice, expected) => {
    expect(notice).toBe(expected)
  })
})

describe('the courier’s own page', () => {
  const links = (courier: string | null) => courierLinks({ courier, trackingNumber: 'ER665997516MY' }, createSay('en'))

  test('is linked by the courier’s name, with its hotline where that is known', () => {
    expect(links('Pos Laju')).toEqual([
      { label: 'Track with Pos Laju', href: 'https://tracking.pos.com.my/tracking/ER665997516MY' },
      { label: 'Pos Laju 1-300-300-300', href: 'tel:1-300-300-300' },
    ])
  })
  test('is EasyParcel’s where the courier’s is not known, and says so', () => {
    const href = 'https://app.easyparcel.com/tools/easytrack/details?courier=Skynet&awb=ER665997516MY'
    expect(links('Skynet Express (M)')).toEqual([{ label: 'Track with EasyParcel', href }])
  })
  test.each([
    ['J&T Express (Malaysia)', 'www.jtexpress.my'],
    ['Ninja Logistics Sdn Bhd', 'www.ninjavan.co'],
    ['Ninjavan MY', 'www.ninjavan.co'],
    ['DHL eCommerce', 'www.dhl.com'],
    ['DHLeC', 'www.dhl.com'],
    ['City-Link Express (M)', 'www.citylinkexpress.com'],
    ['SPX Xpress (Malaysia)', 'spx.com.my'],
    ['GDEX', 'gdexpress.com'],
    ['Aramex International', 'www.aramex.com'],
    ['Flash Malaysia Express', 'app.easyparcel.com'],
  ])('of %s is at %s', (courier, host) => {
    const [link] = links(courier)
    expect(new URL(link?.href ?? '').host).toBe(host)
    expect(link?.href).toMatch(/ER665997516MY$/)
  })
  test.each([
    [null, null],
    ['J&T Cargo', 'J&T Cargo'],
    ['J&amp;T Cargo', 'J&T Cargo'],
    ['Flashy Goods', 'Flashy Goods'],
    ['DHL Express', 'DHL Express'],
    ['DHL Economy', 'DHL Economy'],
    ['Post Haste', 'Post Haste'],
    ['City Cargo', 'City Cargo'],
  ])('of %s is not guessed, nor its name', (courier, name) => {
    expect(links(courier)).toEqual([])
    expect(courierName(courier)).toBe(name)
  })
})

test.each([
  [
    'J&T Express',
    [
      'J&T',
      'J&amp;T Express',
      'J&#038;T Express',
      'JT Express',
      'j & t',
      'JNT',
      'J and T Express',
      'J&T Express (Malaysia)',
    ],
  ],
  ['Pos Laju', ['Poslaju National Courier', 'PosLaju', 'POS LAJU', 'Pos']],
  ['Pos Malaysia', ['pos malaysia', 'Pos Malaysia Berhad', 'EMS (Pos Malaysia)', 'EMS']],
  ['Ninja Van', ['Ninjavan', 'NINJA VAN', 'Ninja Logistics Sdn Bhd']],
  ['DHL eCommerce', ['DHLeC', 'DHL e-Commerce', 'dhl ecommerce asia', 'DHL EC']],
  ['City-Link Express', ['City Link', 'CityLink', 'CITY-LINK EXPRESS (M) SDN BHD']],
  ['SPX Express', ['Shopee Xpress', 'Shopee Express', 'ShopeeXpress', 'SPX', 'SPX Xpress (Malaysia)']],
  ['GDEX', ['GD Express', 'gdex', 'GDex Berhad']],
  ['Flash Express', ['Flash', 'FlashExpress', 'Flash Malaysia Express']],
  ['Skynet', ['SkyNet Express', 'SKYNET']],
])('%s is called so and linked, however its name is written', (name, spellings) => {
  for (const courier of spellings) {
    expect(courierName(courier), courier).toBe(name)
    expect(courierLinks({ courier, trackingNumber: '632143239945' }, createSay('en'))[0]?.href, courier).toMatch(
      /^https:.*632143239945$/,
    )
  }
})

test('a shop’s contact that cannot be one gives no button', () => {
  const shop = { name: 'Shop', logoUrl: null, color: null, whatsapp: '-', phone: null, email: 'javascript:alert(1)' }
  expect(helpLinks(document({ shop }), createSay('en'))).toEqual([])
  expect(helpLinks(document({}), createSay('en'))).toEqual([])
})

test('text on the shop’s colour can be read', () => {
  expect([inkOn('#ffffff'), inkOn('#ffd400'), inkOn('#7a3b12'), inkOn('#000000')]).toEqual([
    '#000',
    '#000',
    '#fff',
    '#fff',
  ])
})

describe('an open page reads again', () => {
  const next = (more: Partial<Parameters<typeof nextReadMs>[0]>) =>
    nextReadMs({ freshness, failures: 0, isLive: false, now, ...more })

  test('after the next check, within limits; rarely while a live stream brings changes', () => {
    expect([next({}), next({ isLive: true })]).toEqual([5 * 60_000, 30 * 60_000])
    expect(next({ freshness: { ...freshness, nextCheckAt: at(2) } })).toBe(140_000)
    expect(next({ freshness: { ...freshness, nextCheckAt: at(-9) } })).toBe(60_000)
  })
  test('soon while no one has asked yet, ever later the longer that takes, and never once it has ended', () => {
    const unasked = (minutes: number) => ({
      ...freshness,
      checkedAt: null,
      nextCheckAt: at(0),
      changedAt: at(-minutes),
    })
    const waits = (isLive: boolean) => [0, 8, 40, 60 * 24].map((age) => next({ freshness: unasked(age), isLive }))
    expect(waits(false)).toEqual([15_000, 60_000, 300_000, 300_000])
    expect(waits(true)).toEqual([60_000, 60_000, 300_000, 1_800_000])
    expect(next({ freshness: { ...freshness, state: 'final' } })).toBeNull()
  })
  test('ever more patiently after failures', () => {
    expect([1, 2, 3, 9].map((failures) => next({ failures }))).toEqual([15_000, 30_000, 60_000, 300_000])
  })
})

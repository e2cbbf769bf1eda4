import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readGiven, readSearch } from './read-search.ts'

const found = (typed: string) => {
  const searched = readSearch(typed)
  return searched.kind === 'number' ? searched.number : searched.notice
}

describe('the number is found in what people paste:', () => {
  test.each([
    ['https://www.jtexpress.my/tracking/632143239945', '632143239945'],
    ['https://tracking.pos.com.my/tracking/ER665997516MY', 'ER665997516MY'],
    ['https://www.ninjavan.co/en-my/tracking?id=NVMYABC123456789', 'NVMYABC123456789'],
    ['https://www.dhl.com/my-en/home/tracking.html?tracking-id=7028021894371796&submit=1', '7028021894371796'],
    ['https://www.citylinkexpress.com/tracking-result/?track0=960301021838937', '960301021838937'],
    ['https://spx.com.my/track?SPXMY041234567890', 'SPXMY041234567890'],
    ['https://spx.com.my/#/detail/SPXMY041234567890', 'SPXMY041234567890'],
    ['https://gdexpress.com/tracking/?consignmentno=MY1234567890', 'MY1234567890'],
    ['https://www.aramex.com/track/results?mode=0&ShipmentNumber=1234567890', '1234567890'],
    ['https://app.easyparcel.com/tools/easytrack/details?courier=DHLeC&awb=7028021894371796', '7028021894371796'],
    ['https://easyparcel.com/my/en/track/details/?courier=Skynet%20Express&awb=238000123456', '238000123456'],
    ['https://track.kopi.example/t/HT00000001?k=AbC1234567890-1234567890xyz&lang=ms', 'HT00000001'],
    ['track.kopi.example/t/HT00000001', 'HT00000001'],
    ['www.jtexpress.my/tracking/632143239945', '632143239945'],
    ['https://www.jtexpress.my/tracking/632143239945?utm_source=20261127&fbclid=IwAR01234567890123', '632143239945'],
    [
      'https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.jtexpress.my%2Ftracking%2F632143239945&h=AT012345678901',
      '632143239945',
    ],
    ['Parcel on its way: https://track.kopi.example/t/HT00000001.', 'HT00000001'],
    ['https://shop.example/track?order=20261127001&tracking_number=HT00000001', 'HT00000001'],
    ['http://192.168.1.10:3000/t/HT00000001', 'HT00000001'],
    ['https://courier.example/track#632143239945', '632143239945'],
    ['https://courier.example/track?lang=ms#awb=632143239945', '632143239945'],
    ['https://shop.example/2026/11/27/632143239945/', '632143239945'],
    ['HT00000001.', 'HT00000001'],
    ['"HT00000001"', 'HT00000001'],
    ['“HT00000001”,', 'HT00000001'],
    ['(HT00000001)', 'HT00000001'],
    ['Tracking: HT00000001', 'HT00000001'],
    ['tracking no. ht00000001', 'HT00000001'],
    ['No. penjejakan 632143239945', '632143239945'],
    ['运单号：632143239945', '632143239945'],
    ['J&T Express 632143239945', '632143239945'],
    ['ER 665 997 516 MY', 'ER665997516MY'],
    ['Pos Laju ER665997516MY', 'ER665997516MY'],
    ['6321 4323 9945', '632143239945'],
    ['HT 0000 0001', 'HT00000001'],
    ['６３２１４３２３９９４５', '632143239945'],
    ['\u200e632143239945\ufeff', '632143239945'],
    ['Order 1001, tracking 632143239945', '632143239945'],
    ['order 20261127001: HT00000001', 'HT00000001'],
    ['HT00000001 HT00000002', 'HT00000001'],
    ['call 012-3456789 about HT00000001', 'HT00000001'],
    ['Call 0123456789, https://track.kopi.example/t/HT00000001', 'HT00000001'],
  ])('%s', (typed, number) => {
    expect(found(typed)).toBe(number)
  })
})

describe('an order, a phone or an e-mail address leads to the order form, filled in:', () => {
  test.each([
    ['Order 1001', { order: '1001' }],
    ['order no. #1001', { order: '1001' }],
    ['#1001', { order: '1001' }],
    ['INV/1001', { order: 'INV/1001' }],
    ['1001.', { order: '1001.' }],
    ['No. 1001', { order: 'No. 1001' }],
    ['KK-12', { order: 'KK-12' }],
    ['Pesanan saya 20261127001', { order: '20261127001' }],
    ['订单号：1001', { order: '1001' }],
    ['EI-2602-4P2SK', { order: 'EI-2602-4P2SK' }],
    [' es-2602-vc4kv', { order: 'es-2602-vc4kv' }],
    ['EP-NIB9C', { order: 'EP-NIB9C' }],
    ['ES-2601-ABCDE1', { order: 'ES-2601-ABCDE1' }],
    ['012-345 6789', { contact: '012-3456789' }],
    ['0123456789', { contact: '0123456789' }],
    ['+60 12-345 6789', { contact: '+6012-3456789' }],
    ['60123456789', { contact: '60123456789' }],
    ['03-1234 5678', { contact: '03-12345678' }],
    ['13800138000', { contact: '13800138000' }],
    ['447911123456', { contact: '447911123456' }],
    ['14155552671', { contact: '14155552671' }],
    ['919876543210', { contact: '919876543210' }],
    ['8801712345678', { contact: '8801712345678' }],
    ['1300-88-2525', { contact: '1300-88-2525' }],
    ['6591234567', { contact: '6591234567' }],
    ['Phone: 012-345 6789', { contact: '012-3456789' }],
    ['call me at 012-3456789 please', { contact: '012-3456789' }],
    ['(012) 345.6789', { contact: '0123456789' }],
    ['+60 (12) 345-6789', { contact: '+6012345-6789' }],
    ['https://shop.example/?phone=0123456789', { contact: '0123456789' }],
    ['０１２３４５６７８９', { contact: '0123456789' }],
    ['aisyah@example.com', { contact: 'aisyah@example.com' }],
    ['aisyah99887766@example.com', { contact: 'aisyah99887766@example.com' }],
  ])('%s', (typed, filled) => {
    expect(readSearch(typed)).toMatchObject({ kind: 'notice', typed: filled })
  })
})

test.each(['', '6.32E+11', 'where is my parcel', '-----', '你好', 'https://shop.example/'])(
  'nothing is made of “%s”',
  (typed) => {
    expect(found(typed)).toBe('wrong_shape')
  },
)

test('no phone becomes a number, however it is written', () => {
  const digits = fc.oneof(
    fc.stringMatching(/^01\d{8,9}$/),
    fc.stringMatching(/^0[3-9][1-9]\d{6,7}$/),
    fc.stringMatching(/^\+?601\d{8,9}$/),
    fc.stringMatching(/^\+\d{9,14}$/),
  )
  const separated = fc
    .tuple(digits, fc.constantFrom('', '-', ' ', '.'), fc.constantFrom('', 'Tel: ', 'HP ', '(', '📱'))
    .map(
      ([phone, between, label]) => label + phone.slice(0, 4) + between + phone.slice(4, 7) + between + phone.slice(7),
    )
  fc.assert(fc.property(separated, (typed) => found(typed) === 'by_order'))
})

test('whatever is typed, what is found is a number that the API takes, and is found in itself again', () => {
  const typed = fc
    .tuple(fc.constantFrom('', 'https://courier.example/', 'order ', '%20', '+'), fc.string({ maxLength: 60 }))
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(typed, (text) => {
      const searched = readSearch(text)
      if (searched.kind !== 'number') return
      expect(searched.number).toMatch(/^(?=.*\d)[A-Z0-9][A-Z0-9-]{5,34}$/)
      expect(readGiven(searched.number)).toEqual(searched)
    }),
  )
})

test('nothing that is typed keeps the page busy', () => {
  for (const part of ['1', 'A', '1 ', 'AB 1', ' 1A', '-', '·', '@', '\ufdfa', '%25', 'a@', '(', 'ER 1 ', '&a=1', '1.'])
    for (const typed of [part.repeat(1_000), `AB ${part.repeat(1_000)}!`, `order ${part.repeat(300)}:/`]) {
      expect(readGiven(typed.repeat(20)).kind).toMatch(/number|notice/)
      // What grows with each character would not end within the test's time.
      expect(readSearch(typed).kind).toMatch(/number|notice/)
    }
})

test('in a link a number that looks like a phone is a number', () => {
  expect(readGiven('0123456789')).toEqual({ kind: 'number', number: '0123456789' })
})

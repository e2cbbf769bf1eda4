import { isTerminal, substatusesOf, type TrackingStatus } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCorpus } from '../testing/courier-texts.ts'
import { foldText } from './fold-text.ts'
import { readText, vocabulary } from './read-text.ts'
import { readingLines } from './text-readings.ts'

const corpus = readCorpus()
const published = new Set(corpus.map((row) => row.text))
const meaning = (text: string) => readText(text)?.line[0]

describe('the lines by which texts are read', () => {
  test.each(readingLines.map((line) => [...line, line] as const))(
    '"%s" when %s, not %s, is shown by "%s"',
    (...[, , , proof, line]) => {
      expect(readText(proof)?.line).toBe(line)
    },
  )

  test('a line without a published text never ends a parcel', () => {
    const ofOurOwn = readingLines.filter(([, , , proof]) => !published.has(proof))
    expect(ofOurOwn.filter(([means]) => isTerminal(means.split(' ')[0] as TrackingStatus))).toEqual([])
  })

  test('each names concepts that have words, and a substatus that fits its status', () => {
    for (const [means, when, unless] of readingLines) {
      expect(Object.keys(vocabulary)).toEqual(
        expect.arrayContaining(`${when} ${unless}`.split(/[ |]+/).filter(Boolean)),
      )
      const [status, substatus] = means.split(' ') as [keyof typeof substatusesOf, string?]
      if (substatus) expect(substatusesOf[status] as readonly string[]).toContain(substatus)
    }
  })

  test('no word of an ending leaves room for others inside it', () => {
    const ofEndings = Object.keys(vocabulary).filter((name) => /^(?:delivered|returned|cancelled)$|plain$/i.test(name))
    expect(ofEndings).toHaveLength(7)
    expect(
      ofEndings.flatMap((name) => vocabulary[name] ?? []).filter((word) => /~|\.|\\[wS][*+]?[)} ]/.test(word)),
    ).toEqual([])
  })
})

describe('what is said of the way back', () => {
  test.each([
    'Parcel is out for delivery to sender',
    'Out for delivery to seller',
    'Delivering to shipper',
    'In transit to the merchant',
    'Bungkusan sedang dihantar kepada pengirim',
    'Bungkusan dalam penghantaran balik kepada pengirim',
    'Parcel dalam perjalanan ke penjual',
    '快件正在派送给寄件人',
    '正在送往寄件人',
    '快件正在派送給寄件人',
    '包裹派送至卖家途中',
    'Out for delivery to return address',
    'Out for delivery to origin',
    'Kurier sedang menghantar kepada peniaga',
    'Delivering to the origin address',
    'In transit to return address',
  ])('"%s" is returning', (text) => expect(meaning(text)).toBe('returning'))

  test.each([
    'Delivered to sender',
    'Parcel has been delivered to the seller',
    'Returned to Shipper',
    'Bungkusan telah dipulangkan kepada pengirim',
    'Parcel telah diserahkan kepada pengirim',
    'Telah dikembalikan kepada penjual',
    '退件已签收',
    '退件已簽收',
    '寄件人已签收',
  ])('"%s" is returned', (text) => expect(meaning(text)).toBe('returned'))
})

describe('what is said beside "out for delivery"', () => {
  test.each([
    'Out for Delivery (2nd attempt)',
    'Out for delivery – not home? Reschedule here',
    'Out&nbsp;for&nbsp;delivery',
    'J&amp;T Express: <b>Out for delivery</b>',
    'Parcel out for delivery. Not home? Reschedule here',
    'Out for delivery. If you are not home, the parcel will be returned to sender.',
    'Out for delivery! Please prepare COD payment.',
    'Delivering by J&T rider',
    'Courier will deliver your parcel today',
    'Rider is delivering your parcel',
    'Bungkusan keluar untuk penghantaran. Tiada di rumah? Hubungi kami.',
    '快件正在派送中，请保持电话畅通',
    'OFD',
    'OutForDelivery',
    'Out for delivery (failed yesterday)',
    'Out for delivery again after failed attempt',
    '派送中，如不在家请联系',
    'Out for delivery after a missed attempt',
    '派送中，若无人在家请致电',
  ])('"%s" does not hide it', (text) => expect(meaning(text)).toBe('out_for_delivery'))
})

describe('thoughts that were once read only in the words of a list', () => {
  test.each([
    ['Premises vacant', 'attempt_failed'],
    ['Wrong postcode', 'attempt_failed'],
    ['No one answers', 'attempt_failed'],
    ['Company unknown at address', 'attempt_failed'],
    ['Rumah kosong', 'attempt_failed'],
    ['公司已搬迁', 'attempt_failed'],
    ['Parcel is at the counter', 'ready_for_pickup'],
    ['Your parcel is waiting for you at the shop', 'ready_for_pickup'],
    ['Bungkusan di dalam loker', 'ready_for_pickup'],
    ['包裹已存放至驿站', 'ready_for_pickup'],
    ['Parcel destroyed on the way back', 'exception'],
    ['Returned shipment lost', 'exception'],
    ['退件途中丢失', 'exception'],
    ['Rekod tidak dijumpai', 'unknown'],
    ['没有查询到物流信息', 'unknown'],
    ['Awaiting customs clearance', 'on_hold'],
    ['Menunggu pelepasan kastam', 'on_hold'],
    ['Customs clearance completed', 'in_transit'],
    ['Pelepasan kastam selesai', 'in_transit'],
    ['清关完成', 'in_transit'],
    ['Recipient asked to deliver on another day', 'on_hold'],
    ['Pelanggan minta hantar hari lain', 'on_hold'],
    ['客户要求改期派送', 'on_hold'],
  ])('"%s" is %s', (text, expected) => expect(readText(text)?.status).toBe(expected))
})

describe('words that tell an ending or not', () => {
  test.each([
    ['Delivered', 'delivered'],
    ['Parcel has been delivered to the recipient.', 'delivered to_recipient'],
    ['Delivered, left with neighbour', 'delivered to_someone_else'],
    ['Berjaya dihantar — diterima oleh penerima', 'delivered to_recipient'],
    ['快件已签收', 'delivered'],
    ['Order cancelled by seller', 'cancelled'],
    ['订单已取消', 'cancelled'],
  ])('"%s" is %s', (text, expected) => expect(meaning(text)).toBe(expected))

  test.each(['Telah dihantar', 'Barang telah dihantar', 'Deliverd To Suntech', 'Sudah sampai', 'Delivered to KUL'])(
    '"%s" decides nothing, and names a delivery',
    (text) => expect(readText(text)).toMatchObject({ status: 'unknown', names: 'delivered' }),
  )

  test('a text too long to be read whole ends nothing', () => {
    expect(meaning(`Delivered. ${'Thank you. '.repeat(40)}`)).toBe('delivered')
    expect(meaning(`Delivered. ${'Thank you. '.repeat(50)} Not.`)).toBe('unknown')
  })

  test('any word that is not plain keeps an ending from being one', () => {
    const ended = corpus.map(({ text }) => text).filter((text) => isTerminal(readText(text)?.status ?? 'unknown'))
    expect(ended.length).toBeGreaterThan(80)
    for (const text of ended)
      for (const doubt of [
        `Not ${text}`,
        `${text} qwertz`,
        `${text}?`,
        `❌ ${text}`,
        `未${text}`,
        `belum ${text}`,
        `${text} to...`,
      ])
        expect([doubt, isTerminal(readText(doubt)?.status ?? 'unknown')]).toEqual([doubt, false])
  })
})

const upper = (text: string) => text.toUpperCase()
const lower = (text: string) => text.toLowerCase()
const spaced = (text: string) => `  ${text}\n`
const quoted = (text: string) => `"${text}"!!`
const fullWidth = (text: string) =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0))

const anyText = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 300 })
  .map((all) => String.fromCodePoint(...all))

describe('folding', () => {
  test('case, outer spaces, full-width letters and punctuation do not change what a text says', () => {
    const changes = [upper, lower, spaced, fullWidth, quoted]
    for (const [index, { text }] of corpus.entries()) {
      const change = changes[index % changes.length] as (text: string) => string
      expect([text, meaning(change(text))]).toEqual([text, meaning(text)])
    }
  })

  test('folding twice is folding once, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text))
      }),
    )
  })

  test('a traditional Chinese text says what the simplified one says', () => {
    expect(meaning('快件已簽收')).toBe('delivered')
    expect(meaning('派送不成功，聯繫不上收件人')).toBe(meaning('派送不成功，联系不上收件人'))
  })

  test('a text written for a page is read as the page would show it', () => {
    expect(foldText('Out&nbsp;for&#32;delivery<br/>J&amp;T')).toBe('out for delivery j t')
    expect(foldText('&#x110000; &nonsense; < 5 kg')).toBe('x110000 nonsense 5 kg')
  })

  test('even a text made to be slow, 600,000 characters of it, is read by its first 500 in no time', () => {
    const wordsOf = [
      'to be ',
      'delivery ',
      'customs ',
      'held at ',
      'received in a ',
      'return ',
      '派件',
      '未',
      'a ',
      '&amp;',
      '. ',
      ',',
      '1',
      '\u0301',
      'Delivered',
    ]
    for (const word of wordsOf) {
      const startedAt = performance.now()
      expect(meaning(word.repeat(100_000))).toBe(meaning(word.repeat(500).slice(0, 501)))
      expect(performance.now() - startedAt).toBeLessThan(2000)
    }
  })
})

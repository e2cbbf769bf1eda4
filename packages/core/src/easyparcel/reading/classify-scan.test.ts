import { isTerminal } from '@jejak/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ScanSource } from '../client/easyparcel-client.ts'
import { readCorpus } from '../testing/courier-texts.ts'
import { classifyScan } from './classify-scan.ts'

const corpusTexts = readCorpus().map((row) => row.text)
const sources: ScanSource[] = ['open', 'classic', 'webhook']
const anySource = fc.constantFrom(...sources)
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.constantFrom(...corpusTexts), fc.lorem())
const says = (source: ScanSource, code: number | null, text: string) => {
  const { status, substatus, flags } = classifyScan({ source, code, text })
  return [status, substatus, ...flags].filter((word) => word !== null).join(' ')
}

describe('the code decides how far a text may go', () => {
  test.each([
    [7, 'Schedule In Arrangement', 'pending booked'],
    [7, 'Shipment information sent to City-Link', 'info_received'],
    [7, 'Shipment data received - Awaiting Parcel Handover to DHL', 'info_received'],
    [11, 'Parcel Drop Off at Point', 'collected dropped_off'],
    [11, 'Pending for Drop Off', 'pending awaiting_drop_off'],
    [3, 'Parcel has been collected at Penang', 'collected'],
    [4, 'Parcel has been collected', 'collected'],
    [4, 'Item is out for delivery', 'out_for_delivery'],
    [8, 'Delivery attempted - Consignee not available', 'attempt_failed recipient_absent'],
    [4, 'Ready for collection at Pos Laju counter', 'ready_for_pickup at_counter'],
    [8, 'Held by customs', 'on_hold customs_hold'],
    [8, 'Return to sender initiated', 'returning'],
    [5, 'Deliverd To Suntech', 'delivered'],
    [6, 'Returned To Shipper', 'returned'],
    [0, 'Cancelled', 'cancelled'],
    [4, 'Parcel Measurements Update', 'in_transit'],
    [4, '', 'in_transit'],
    [5, '', 'delivered'],
    [7, 'Item is out for delivery', 'pending booked code_text_mismatch'],
  ])('code %i with "%s" is %s', (code, text, expected) => {
    expect(says('open', code, text)).toBe(expected)
    expect(says('webhook', code, text)).toBe(expected)
  })

  test('a text no one can read leaves the decision to the code and is counted', () => {
    expect(says('open', 4, 'Qwertz 77')).toBe('in_transit unknown_text')
    expect(says('open', 5, 'Qwertz 77')).toBe('delivered unknown_text')
    expect(says('open', null, 'Qwertz 77')).toBe('unknown unknown_text')
  })
})

describe('where code and text contradict each other', () => {
  test.each([
    [8, 'Cancelled', 'cancelled'],
    [8, 'Cancelled by customer', 'cancelled'],
    [8, 'Cancellation request rejected', 'on_hold'],
    [8, 'Return to Sender: Cancelled by Shipper', 'returning'],
    [4, 'Cancelled', 'in_transit text_claims_an_end'],
    [4, 'Package Delivered', 'in_transit text_claims_an_end'],
    [2, 'Package Delivered', 'pending awaiting_pickup text_claims_an_end'],
    [5, 'In Transit to Hub', 'in_transit kept_alive_against_code'],
    [5, 'Out for Delivery', 'in_transit kept_alive_against_code'],
    [5, 'Received at Shah Alam hub', 'in_transit kept_alive_against_code'],
    [6, 'Processing at Hub', 'in_transit kept_alive_against_code'],
    [5, 'Item received by customer at hub', 'delivered'],
    [5, 'Delivery failed', 'attempt_failed kept_alive_against_code'],
    [5, 'Delivery attempt failed', 'attempt_failed kept_alive_against_code'],
    [5, 'Undelivered', 'attempt_failed kept_alive_against_code'],
    [5, 'Held by customs', 'on_hold customs_hold kept_alive_against_code'],
    [6, 'Return to sender initiated', 'returning kept_alive_against_code'],
    [5, 'Delivered to sender', 'returned end_in_doubt'],
    [5, 'Returned to sender', 'returned end_in_doubt'],
    [6, 'Package Delivered', 'delivered end_in_doubt'],
    [5, 'Order cancelled', 'delivered end_in_doubt'],
    [0, 'Item is out for delivery', 'cancelled end_in_doubt'],
    [9, 'Delivered', 'unknown unknown_code text_claims_an_end'],
    [9, 'Not delivered', 'attempt_failed unknown_code'],
    [10, 'Delivery Failed', 'attempt_failed unknown_code'],
    [1, 'Order Created', 'info_received unknown_code'],
    [99, 'Returned to sender', 'unknown unknown_code text_claims_an_end'],
    [99, '', 'unknown unknown_code'],
  ])('code %i with "%s" is %s', (code, text, expected) => {
    expect(says('open', code, text)).toBe(expected)
  })
})

describe('an end that its own text denies, doubts or still awaits', () => {
  test.each([
    'Belum diterima oleh penerima',
    'Bungkusan belum diserahkan kepada penerima',
    'Penghantaran dibatalkan',
    'To be delivered',
    'Yet to be delivered',
    'Expected to be delivered on 3 Dec',
    'Delivered: No',
    'Delivered ❌',
    'Delivered 1 of 2',
    'Delivered scan cancelled',
    'Undo delivered',
    'Signature required',
    'No signature',
    '未送达',
    '尚未签收',
    '待签收',
    '等待收件人签收',
    'Rider cancelled',
    'Customer denies receipt',
    '客户未收到',
    '收件人未收到快件',
    'Penghantaran belum berjaya',
    'Belum selesai',
    'False delivery',
    'Delivery pending',
    '等待签收',
    'Delivered?',
    'Marked as delivered by mistake',
    'Awaiting proof of delivery',
    'Delivery reversed',
    'Delivery estimated tomorrow',
    'Recipient claims not received',
    'Tidak diterima pelanggan',
    'Akan diserahkan kepada penerima',
    'Menunggu penerima tandatangan',
    'Penghantaran tertangguh',
    'Delivered 2 out of 3 pieces',
    'Dihantar 1 daripada 2',
    '虚假签收',
    '误签收',
    '预计明日送达',
    '签收取消',
    '派送未成功',
    'Not signed',
    'Delivered: pending',
    'Delivered ⏳',
    'Will be delivered tomorrow',
    'Is it delivered',
    'Signature missing',
    'Never received',
    'Delivered to SUNTECH, customer says not received',
    'Fake delivery scan',
    '即将派送',
    '已取消签收',
    'Delivered 1/2',
    'Delivery in doubt',
    'Non-receipt claimed',
    'Parcel not with customer',
    'Receiver did not get the parcel',
    'Only 1 delivered',
    'Delivered partially',
    '部分签收',
    'Delivery aborted',
    'Delivered 1 piece of 2',
    'If delivered, thank you',
    'Kindly confirm delivered',
    '今日送达',
    '<del>Delivered</del>',
    'Delivered (x)',
    'Delivered [ ]',
  ])('code 5 with "%s" keeps the parcel alive, flagged', (text) => {
    for (const source of sources) {
      const { status, flags } = classifyScan({ source, code: 5, text })
      expect([isTerminal(status), flags]).toEqual([false, ['kept_alive_against_code']])
    }
  })

  test.each([
    'Return cancelled',
    'Return pending',
    'Not returned to sender',
    'To be returned',
    'Sender refused the return',
    'Belum dipulangkan',
    '退件失败',
    '退件未签收',
    '寄件人拒收退件',
    'Returned?',
    'Return failed, seller not available',
    'Pemulangan dibatalkan',
  ])('code 6 with "%s" keeps the parcel alive, flagged', (text) => {
    for (const source of ['open', 'webhook'] as const) {
      const { status, flags } = classifyScan({ source, code: 6, text })
      expect([isTerminal(status), flags]).toEqual([false, ['kept_alive_against_code']])
    }
  })

  test.each([
    'Delivered to SUNTECH',
    'Delivered to Ng Tak Wai',
    'Delivered. Was it on time?',
    'Delivered after wait, signed by Ali',
    'Delivered to Will Tan',
    'Delivered to NO 5 JALAN AMAN',
    'Delivered. If not received, contact us',
    'Delivered 2 of 2',
    'Delivered at 12:30',
    'Delivered on 5 May, signed by John',
    'Delivered, no signature required',
    'Delivered to reception, signature not required',
    'Left at front door',
    'Delivered 🎉',
    'Delivered to ???',
    'Delivered to neighbour',
    'Item received by customer at hub',
    'Signed by TAN',
    'Delivered to Non Stop Cafe',
    'Penghantaran selesai',
    '已签收',
    '快件已签收，签收人：王',
    'Delivered to Ahmad...',
    'Signed for by John at WAITROSE',
    'Diterima oleh AHMAD',
    'Delivered due to request',
  ])('code 5 with "%s" is delivered all the same', (text) => {
    for (const source of sources) expect(classifyScan({ source, code: 5, text }).status).toBe('delivered')
  })

  test.each([
    'delivered to mail carrier',
    'Left with mail carrier',
    'Was your parcel delivered',
    'Has your parcel been delivered',
    'Is it delivered',
    'Delivered—or is it',
    'Delivered :(',
    '!Delivered',
    'Signed by sender',
    'Have they delivered',
    'Did you receive it - delivered',
    'Handed to mail carrier',
    'Delivered or not',
    'Delivered 👎',
    'Delivered =(',
    'Delivered [ ]',
    '~~Delivered~~',
    'Delivered!=',
    'Is the order cancelled',
  ])('"%s" ends nothing without a code', (text) =>
    expect(isTerminal(classifyScan({ source: 'open', code: null, text }).status)).toBe(false),
  )
})

describe('an end that names the sender as the one who has the parcel', () => {
  test.each([
    'Signed by sender',
    'Signed for by shipper',
    'Diterima oleh pengirim',
    '已送达卖家',
    '寄件方已签收',
    'Delivered to Shopee seller',
    'Delivered to return address',
    'Collected by shipper',
    'Picked up by seller',
    'Sender collected parcel',
    '寄件人已收件',
    '卖家已收货',
    'Seller received the parcel',
    'Received by sender',
    'Handed over to merchant',
    '商家签收',
    '退件已送达',
    'Return to seller completed',
    'Delivered (RTS)',
    'Diambil oleh peniaga',
    'Diterima oleh penjual',
    'Accepted by vendor',
    'Merchant has collected the item',
    'Given back to the consignor',
    '发货人已签收',
    '已退还商家',
    'Telah diserahkan semula kepada peniaga',
    'RTS completed',
    'Parcel is back with the sender',
    'Seller confirmed receipt',
    'Signature by sender',
    'Delivered to origin',
  ])('code 5 with "%s" is returned, flagged', (text) => {
    expect(says('open', 5, text)).toBe('returned end_in_doubt')
    expect(classifyScan({ source: 'classic', code: 5, text }).status).toBe('returned')
  })

  test.each([
    'Signed by sender',
    'Delivered (RTS)',
    'Returned To Shipper',
    '商家签收',
    'Seller received the parcel',
    'Delivered to sender',
    '退件已签收',
    'Return to sender accepted',
  ])('code 6 with "%s" is returned', (text) => expect(says('open', 6, text)).toBe('returned'))
})

describe('under code 8 only the order, booking or shipment itself can be cancelled', () => {
  test.each([
    'Cancelled',
    'Canceled',
    'Cancelled by customer',
    'Cancel By Admin',
    'Order Cancelled',
    'Shipment was cancelled by customer',
    'The package is canceled before delivering.',
    'Logistics order was cancelled before courier pick up the package.',
    'Seller cancelled order',
    'Cancellation of booking',
    'Item Cancel',
    'Pesanan dibatalkan',
    'Tempahan dibatalkan',
    '订单已取消',
    '运单已取消',
    'Pesanan telah dibatalkan oleh pembeli',
    'Dibatalkan',
    '已取消',
    '包裹已取消',
  ])('"%s" ends the parcel', (text) => expect(classifyScan({ source: 'open', code: 8, text }).status).toBe('cancelled'))

  test.each([
    'Flight cancelled',
    'Flight delayed/cancelled',
    'Delivery cancelled',
    'Trip cancelled',
    'Driver cancel trip',
    'Cancelled by driver',
    'Cancellation of delivery by receiver, redelivery on 4 Mar',
    'Delivery attempt cancelled',
    'Pickup cancelled',
    'Scan cancelled',
    'Departure cancelled',
    'Parcel delivery cancelled, new date to follow',
    'Order cancellation requested',
    'Penghantaran dibatalkan',
    'Permintaan pembatalan pesanan',
    '派送已取消',
    '取消派送',
    '航班取消',
    'Penerbangan dibatalkan',
    '申请取消订单',
    '订单取消失败',
    'Pembatalan pesanan ditolak',
    'Kutipan pesanan dibatalkan',
  ])('"%s" does not', (text) => expect(isTerminal(classifyScan({ source: 'open', code: 8, text }).status)).toBe(false))
})

describe('the classic API', () => {
  test.each([
    [5, 'Deliverd To Suntech', 'delivered'],
    [5, 'Returned', 'returned'],
    [5, 'Delivered to sender', 'returned'],
    [5, '', 'unknown unknown_text'],
    [5, 'Item is out for delivery', 'out_for_delivery kept_alive_against_code'],
    [5, 'Cancelled', 'unknown code_text_mismatch'],
    [4, 'On Hold', 'on_hold'],
    [4, 'Delivering (in transit)', 'in_transit'],
    [null, 'Delivering(in transit)', 'in_transit'],
    [null, 'SUCCESSFULLY  DELIVERED', 'delivered'],
    [null, 'Cancel By Admin', 'cancelled'],
    [null, 'Other Status', 'unknown'],
    [null, '', 'unknown'],
  ])('code %s with "%s" is %s', (code, text, expected) => {
    expect(says('classic', code, text)).toBe(expected)
  })
})

describe('a name whose letters were lost on the way', () => {
  test.each(['Delivered to ???', 'Delivered to ??? KL', 'Signed by ?? at KLANG', 'Dihantar kepada ????, Ipoh'])(
    '"%s" is a delivery where the code says so, and nothing alone',
    (text) => {
      for (const source of sources) {
        expect(says(source, 5, text)).toBe('delivered')
        expect(says(source, null, text)).toBe('unknown')
      }
    },
  )

  test.each(['Delivered?', 'Delivered to?', 'Has it been delivered to ?'])('"%s" asks, and is none', (text) => {
    for (const source of sources) expect(says(source, 5, text)).toBe('in_transit kept_alive_against_code')
  })
})

describe('without a code, only plain words end a parcel', () => {
  test.each([
    ['Delivered', 'delivered'],
    ['快件已签收', 'delivered'],
    ['Berjaya dihantar — diterima oleh penerima', 'delivered'],
    ['The package has been delivered to the original sender.', 'returned'],
    ['退件妥投', 'returned'],
    ['Could not be delivered', 'attempt_failed'],
  ])('"%s" is %s', (text, expected) =>
    expect(classifyScan({ source: 'classic', code: null, text }).status).toBe(expected),
  )

  test.each([
    'Parcel will be delivered tomorrow',
    'Not yet delivered',
    'Delivery not completed',
    'Delivered to wrong address',
    'Delivered to local post office',
    'Delivery signature required',
    'Signed in at hub',
    'Cancellation requested',
    'Return cancelled',
    'To be returned to sender',
    'Return received at hub',
    'Successful delivery attempt not made',
    'Successfully delivered on second attempt failed',
    'Belum dihantar',
    'Telah dihantar ke hab',
    'Pesanan telah diterima',
    '收件人未签收',
    '预计今日送达',
    '请及时签收',
    '是否已签收',
    '快件已送达菜鸟驿站，请及时取件',
    '退件签收失败',
  ])('"%s" is no ending', (text) =>
    expect(isTerminal(classifyScan({ source: 'classic', code: null, text }).status)).toBe(false),
  )
})

describe('whatever the text', () => {
  test('no code and no text makes it fail', () => {
    const anyCode = fc.option(fc.oneof(fc.integer(), fc.double(), fc.integer({ min: 0, max: 12 })))
    fc.assert(
      fc.property(anySource, anyCode, anyText, (source, code, text) => void classifyScan({ source, code, text })),
    )
  })

  test('a code under which a parcel lives ends it only by saying "cancel" in one of the three languages under code 8', () => {
    const living = fc.constantFrom(1, 2, 3, 4, 7, 8, 9, 10, 11, 99)
    fc.assert(
      fc.property(fc.constantFrom('open', 'webhook') as typeof anySource, living, anyText, (source, code, text) => {
        const { status } = classifyScan({ source, code, text })
        if (isTerminal(status))
          expect([code, status, /\bcancel|batal|取消/i.test(text)]).toEqual([8, 'cancelled', true])
      }),
      { numRuns: 2000 },
    )
  })

  test('a code that ends a parcel keeps it alive only with a flag', () => {
    fc.assert(
      fc.property(anySource, fc.constantFrom(0, 5, 6), anyText, (source, code, text) => {
        const { status, flags } = classifyScan({ source, code, text })
        if (!isTerminal(status)) expect(flags).not.toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  test('case and outer spaces do not change the result', () => {
    const anyCode = fc.option(fc.integer({ min: 0, max: 12 }))
    fc.assert(
      fc.property(anySource, anyCode, fc.constantFrom(...corpusTexts), (source, code, text) => {
        const result = classifyScan({ source, code, text })
        expect(classifyScan({ source, code, text: ` ${text.toUpperCase()} \t` })).toEqual(result)
        expect(classifyScan({ source, code, text: text.normalize('NFKD') })).toEqual(result)
      }),
      { numRuns: 1000 },
    )
  })
})

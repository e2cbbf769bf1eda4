import type { Substatus, TrackingStatus } from '@jejak/contract'

/**
 * One upstream code. `status` is what the code says alone; a text may make it one of `refinesTo`, never anything else.
 * `source` names the vendor page: OA = easyparcel/OpenAPI docs, PUB = EasyParcel Public API, 3P = third-party summary of the PDF.
 */
export type CodeLine = {
  code: number
  name: string
  status: TrackingStatus
  substatus: Substatus | null
  refinesTo: readonly TrackingStatus[]
  source: string
}

const beforeHandover = ['pending', 'info_received', 'collected'] as const
const underWay = [
  'collected',
  'in_transit',
  'out_for_delivery',
  'ready_for_pickup',
  'attempt_failed',
  'on_hold',
  'exception',
  'returning',
] as const

const OA = 'OA _tracking_status.md; OA _webhooks.md; PUB'

/** Open API polling and every webhook, the public one included: the current table. */
export const openApiCodes: readonly CodeLine[] = [
  { code: 0, name: 'Cancel', status: 'cancelled', substatus: null, refinesTo: [], source: OA },
  {
    code: 2,
    name: 'To Be Collected',
    status: 'pending',
    substatus: 'awaiting_pickup',
    refinesTo: beforeHandover,
    source: OA,
  },
  {
    code: 3,
    name: 'Collected',
    status: 'collected',
    substatus: null,
    refinesTo: ['collected', 'in_transit'],
    source: OA,
  },
  { code: 4, name: 'Delivery In Transit', status: 'in_transit', substatus: null, refinesTo: underWay, source: OA },
  { code: 5, name: 'Delivered', status: 'delivered', substatus: null, refinesTo: [], source: OA },
  { code: 6, name: 'Returned', status: 'returned', substatus: null, refinesTo: [], source: OA },
  {
    code: 7,
    name: 'Schedule In Arrangement',
    status: 'pending',
    substatus: 'booked',
    refinesTo: beforeHandover,
    source: OA,
  },
  { code: 8, name: 'On Hold', status: 'on_hold', substatus: null, refinesTo: ['pending', ...underWay], source: OA },
  { code: 11, name: 'Drop Off', status: 'pending', substatus: null, refinesTo: beforeHandover, source: OA },
]

/** A meaning that a code had on the tracking page until 5 June 2026. It decides nothing; it only shows when a code and its text contradict each other. */
type SupersededLine = Pick<CodeLine, 'code' | 'name' | 'status' | 'source'>

const OLD = 'OA _tracking_status.md before 5dea566, 463bc49, e0fa485; CLI src/reference/index.ts'

export const supersededCodes: readonly SupersededLine[] = [
  { code: 1, name: 'Order Created', status: 'info_received', source: OLD },
  { code: 2, name: 'Payment Confirmed', status: 'pending', source: OLD },
  { code: 3, name: 'Ready for Collection', status: 'pending', source: OLD },
  { code: 4, name: 'Item Collected', status: 'collected', source: OLD },
  { code: 5, name: 'In Transit to Hub', status: 'in_transit', source: OLD },
  { code: 6, name: 'Processing at Hub', status: 'in_transit', source: OLD },
  { code: 7, name: 'Schedule In Arrangement', status: 'pending', source: OLD },
  { code: 8, name: 'Out for Delivery', status: 'out_for_delivery', source: OLD },
  { code: 9, name: 'Delivered', status: 'delivered', source: OLD },
  { code: 10, name: 'Delivery Failed', status: 'attempt_failed', source: OLD },
  { code: 11, name: 'Return to Sender', status: 'returning', source: OLD },
]

const IND = '3P summaries of "Individual 1.4.0.0" and its Marketplace twin: ep_status_code'

/** Classic `ep_status_code`. Code 5 means delivered or returned, so it ends nothing by itself: the text must say which. */
export const classicCodes: readonly CodeLine[] = [
  {
    code: 1,
    name: 'Schedule In Arrangement',
    status: 'pending',
    substatus: 'booked',
    refinesTo: beforeHandover,
    source: IND,
  },
  {
    code: 2,
    name: 'To Be Collected',
    status: 'pending',
    substatus: 'awaiting_pickup',
    refinesTo: beforeHandover,
    source: IND,
  },
  {
    code: 3,
    name: 'Collected',
    status: 'collected',
    substatus: null,
    refinesTo: ['collected', 'in_transit'],
    source: IND,
  },
  {
    code: 4,
    name: 'In Transit/On Hold',
    status: 'in_transit',
    substatus: null,
    refinesTo: ['pending', ...underWay],
    source: IND,
  },
  {
    code: 5,
    name: 'Delivered/Returned',
    status: 'unknown',
    substatus: null,
    refinesTo: ['delivered', 'returned'],
    source: IND,
  },
]

/** A whole status word of the classic API, compared after folding (see fold-text.ts). */
type WordLine = { word: string; status: TrackingStatus; substatus: Substatus | null; source: string }

const SHIP = '3P summary of the classic PDF and client code: ship_status'

/** Classic `ship_status` words, which also turn up as texts of `EPTrackingBulk`. */
export const classicWords: readonly WordLine[] = [
  { word: 'Waiting Payment', status: 'pending', substatus: null, source: SHIP },
  { word: 'Expired (Unpaid)', status: 'pending', substatus: null, source: SHIP },
  { word: 'Schedule In Arrangement', status: 'pending', substatus: 'booked', source: SHIP },
  { word: 'Pending For Collection', status: 'pending', substatus: 'awaiting_pickup', source: SHIP },
  { word: 'Pending for Drop Off', status: 'pending', substatus: 'awaiting_drop_off', source: SHIP },
  { word: 'Parcel Drop Off at Point', status: 'collected', substatus: 'dropped_off', source: SHIP },
  { word: 'Parcel has been collected', status: 'collected', substatus: 'picked_up', source: SHIP },
  { word: 'Collected', status: 'collected', substatus: null, source: SHIP },
  { word: 'Delivering (in transit)', status: 'in_transit', substatus: null, source: SHIP },
  { word: 'Successfully Delivered', status: 'delivered', substatus: null, source: SHIP },
  { word: 'Returned', status: 'returned', substatus: null, source: SHIP },
  { word: 'On Hold', status: 'on_hold', substatus: null, source: SHIP },
  { word: 'Cancelled', status: 'cancelled', substatus: null, source: SHIP },
  { word: 'Cancel By Admin', status: 'cancelled', substatus: null, source: SHIP },
  { word: 'Other Status', status: 'unknown', substatus: null, source: SHIP },
]

import type { Contact } from '@jejak/contract'
import type { EasyParcelError } from './easyparcel-error.ts'

/** Where a scan came from: Open API polling, the classic API, any webhook, the shop's own people, who stated it, or its earlier system. */
export type ScanSource = 'open' | 'classic' | 'webhook' | 'staff' | 'import'

/**
 * One scan as an answer tells it: `at` is our reading of the instant, `rawAt` what the courier wrote; `zoneGuessed` tells that the courier wrote no
 * time zone; `code` and `text` are the upstream's own words. `position` is its place in the log, counted from the oldest end.
 */
export type ToldScan = {
  at: string
  rawAt: string
  zoneGuessed: boolean
  code: number | null
  text: string
  location: string | null
  source: ScanSource
  position: number
}

/** Something about a scan that a person may want to see; none of them changes a status by itself. */
export type AnswerFlag =
  | 'unknown_code'
  | 'unknown_text'
  | 'code_text_mismatch'
  | 'kept_alive_against_code'
  | 'text_claims_an_end'
  | 'end_in_doubt'

/** A code or text no one could read, kept raw so that it can be counted and shown to staff. */
export type UnreadValue = { kind: 'code' | 'text' | 'status'; value: string }

/** What EasyParcel said about one number of a batch. `isWhole` log: what it lacks has not happened. `unreadable` is an item whose shape we could not parse. */
export type ItemAnswer =
  | { kind: 'found'; scans: readonly ToldScan[]; isWhole: boolean }
  | { kind: 'not_found' }
  | { kind: 'unreadable'; problem: string }

/** One call's answer: every number asked for has an entry in `items`, whatever upstream left out. */
export type BatchAnswer = {
  items: Map<string, ItemAnswer>
  requestId: string | null
  httpStatus: number
  unread: UnreadValue[]
}

/** Where a parcel goes, as far as it is kept: `state` by ISO 3166-2, of a Malaysian postcode the first two digits. */
export type Destination = { country: string | null; state: string | null; postcodeArea: string | null }

/**
 * One booking of an account's list. `trackingNumber` is null until EasyParcel has one; `code` and `text` are EasyParcel's own status; `collectionDay`
 * is a local day.
 */
export type ListedShipment = {
  shipmentNumber: string
  trackingNumber: string | null
  courier: string | null
  code: number | null
  text: string
  collectionDay: string | null
  destination: Destination
}

/** A page of the list, newest first. `isNone`: EasyParcel said that nothing fits what was asked. */
export type ShipmentPage = {
  shipments: ListedShipment[]
  hasMore: boolean
  isNone: boolean
  requestId: string | null
  httpStatus: number
  unread: UnreadValue[]
}

/** What only the details of a booking tell; measures are as declared, in EasyParcel's units. */
export type ShipmentDetails = {
  orderNumber: string | null
  reference: string | null
  weight: number | null
  length: number | null
  width: number | null
  height: number | null
  contact: Contact | null
  destination: Destination
}

/** Null when the account has no such booking. */
export type DetailsAnswer = { details: ShipmentDetails | null; requestId: string | null; httpStatus: number }

type Asking = { signal: AbortSignal; now: Date }

/** What EasyParcel is asked through. `trackMany` makes exactly one tracking request and throws `EasyParcelError` when the call as a whole failed. */
export type EasyParcelClient = {
  trackMany(trackingNumbers: readonly string[], options: Asking): Promise<BatchAnswer>
  /** One request for up to 250 bookings collected since a day, those older than `before`; the classic API has no list. */
  listShipments?(asked: { before: string | null; dateFrom: string }, options: Asking): Promise<ShipmentPage>
  /** One request for what the list lacks of one booking. */
  shipmentDetails?(shipmentNumber: string, options: Asking): Promise<DetailsAnswer>
  /** Where access expires: makes sure of it before a call is opened, since an opened call is charged. */
  prepare?(signal: AbortSignal): Promise<void>
  /** Where access expires: gets new access after `refusal` (an `unauthorised` error of `trackMany`), so that one more call may be opened. Throws `unauthorised` when only a person can help. */
  renewAccess?(refusal: EasyParcelError, signal: AbortSignal): Promise<void>
}

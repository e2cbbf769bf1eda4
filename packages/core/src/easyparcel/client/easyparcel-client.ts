import type { EasyParcelError } from './easyparcel-error.ts'

/** Where a scan came from: Open API polling, the classic API, any webhook, or the shop's own people, who stated it. */
export type ScanSource = 'open' | 'classic' | 'webhook' | 'staff'

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

/** What EasyParcel is asked through. `trackMany` makes exactly one tracking request and throws `EasyParcelError` when the call as a whole failed. */
export type EasyParcelClient = {
  trackMany(trackingNumbers: readonly string[], options: { signal: AbortSignal; now: Date }): Promise<BatchAnswer>
  /** Where access expires: makes sure of it before a call is opened, since an opened call is charged. */
  prepare?(signal: AbortSignal): Promise<void>
  /** Where access expires: gets new access after `refusal` (an `unauthorised` error of `trackMany`), so that one more call may be opened. Throws `unauthorised` when only a person can help. */
  renewAccess?(refusal: EasyParcelError, signal: AbortSignal): Promise<void>
}

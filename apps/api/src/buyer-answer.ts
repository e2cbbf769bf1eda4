import type { BuyerDocument, TrackingDocument } from '@jejak/contract'
import { readEvents, toBuyerEvents } from '@jejak/core/tracking'
import type { BuyerTrackingRow } from '@jejak/db'
import type { PublicAnswer } from './public-answer.ts'

/** On every answer that only the buyer may see. */
export const privateHeaders = { 'cache-control': 'private, no-store' }

/** The public answer of a row with what its buyer may see beyond it. */
export const toBuyerDocument = ({ text }: PublicAnswer, row: BuyerTrackingRow): BuyerDocument => ({
  ...(JSON.parse(text()) as TrackingDocument),
  orderNumber: row.orderNumber,
  registeredAt: row.registeredAt.toISOString(),
  shop: row.shop,
  events: toBuyerEvents(readEvents(row.events)),
})

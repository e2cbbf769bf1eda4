import type { BuyerDocument, TrackingDocument } from '@jejak/contract'
import { readRow, toBuyerEvents } from '@jejak/core/parcels'
import type { BuyerTrackingRow } from '@jejak/db'
import type { Deps } from '../api-deps.ts'
import type { PublicAnswer } from './public-answer.ts'

/** On every answer that only the buyer may see. */
export const privateHeaders = { 'cache-control': 'private, no-store' }

/** The public answer of a row with what its buyer may see beyond it. */
export const toBuyerDocument = (
  { config, now }: Pick<Deps, 'config' | 'now'>,
  { row, answer }: { row: BuyerTrackingRow; answer: PublicAnswer },
): BuyerDocument => ({
  ...(JSON.parse(answer.text()) as TrackingDocument),
  orderNumber: row.orderNumber,
  registeredAt: row.registeredAt.toISOString(),
  shop: row.shop,
  events: toBuyerEvents(readRow(row, { now: now(), rules: config.tracking }).events),
})

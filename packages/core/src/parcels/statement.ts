import { type StatementKind, statements } from '../easyparcel/reading/statements.ts'
import type { StoredScan } from './merge-scans.ts'

/** What the shop's people state of a parcel, stored beside what couriers tell. No answer told it, so it takes no part in comparing answers. */
export const statement = (kind: StatementKind, at: Date): StoredScan => ({
  at: at.toISOString(),
  rawAt: at.toISOString(),
  zoneGuessed: false,
  code: null,
  text: statements[kind].text,
  location: null,
  source: 'staff',
  position: 0,
  toldAt: '',
})

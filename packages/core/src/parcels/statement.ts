import { oldEnds, type StatementKind, statements } from '../easyparcel/reading/statements.ts'
import type { StoredScan } from './merge-scans.ts'

const said = (source: 'staff' | 'import', { text, at }: { text: string; at: string }): StoredScan => ({
  ...{ at, rawAt: at, zoneGuessed: false, code: null, text, location: null },
  ...{ source, position: 0, toldAt: '' },
})

/** What the shop's people state of a parcel, stored beside what couriers tell. No answer told it, so it takes no part in comparing answers. */
export const statement = (kind: StatementKind, at: Date): StoredScan =>
  said('staff', { text: statements[kind].text, at: at.toISOString() })

/** How a parcel ended that was brought along from an earlier system. */
export const oldEnd = ({ status, at }: { status: keyof typeof oldEnds; at: string }): StoredScan =>
  said('import', { text: oldEnds[status].text, at })

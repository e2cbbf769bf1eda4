import type { Substatus, TrackingStatus } from '@jejak/contract'

type Statement = { text: string; status: TrackingStatus; substatus: Substatus | null }

/** What the people of a shop may state of a parcel themselves, in the words that are stored and shown as said by the shop. */
export const statements = {
  returned: { text: 'Marked as returned by the shop', status: 'returned', substatus: null },
  lost: { text: 'Marked as lost by the shop', status: 'exception', substatus: 'lost' },
} as const satisfies Record<string, Statement>

export type StatementKind = keyof typeof statements

/** What an earlier system of the shop may tell of the end of a parcel that is brought along. */
export const oldEnds = {
  delivered: { text: 'Delivered, as an earlier system says', status: 'delivered', substatus: null },
  returned: { text: 'Returned, as an earlier system says', status: 'returned', substatus: null },
  cancelled: { text: 'Cancelled, as an earlier system says', status: 'cancelled', substatus: null },
} as const satisfies Record<string, Statement>

const all: readonly Statement[] = [...Object.values(statements), ...Object.values(oldEnds)]
const byText = new Map<string, Statement>(all.map((statement) => [statement.text, statement]))

/** What a stored statement means. */
export const statementOf = (text: string): Pick<Statement, 'status' | 'substatus'> => {
  const { status, substatus } = byText.get(text) ?? { status: 'unknown', substatus: null }
  return { status, substatus }
}

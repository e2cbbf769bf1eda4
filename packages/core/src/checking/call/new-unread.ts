import type { UnreadValue } from '../../easyparcel/client/easyparcel-client.ts'
import { maskUnread } from '../../easyparcel/texts/mask-unread.ts'
import { mapInTurns } from '../../in-turns.ts'

type Said = { rawAt: string; code: number | null; text: string }

/** The stored scans of one parcel, as JSON, before and after an answer. */
export type StoredChange = { before: string; after: string }

const keyOf = ({ rawAt, code, text }: Said): string => JSON.stringify([rawAt, code, text])

const newScans = ({ before, after }: StoredChange): Said[] => {
  const known = new Set((JSON.parse(before) as Said[]).map(keyOf))
  return (JSON.parse(after) as Said[]).filter((scan) => !known.has(keyOf(scan)))
}

/**
 * What is worth counting of an answer's unread values, masked: texts only of scans that were not stored before, so that a parcel which is asked about
 * often counts no more than another. Codes, dates and statuses are counted once a day by the statement that writes them.
 */
export const newUnread = async (
  unread: readonly UnreadValue[],
  changes: readonly StoredChange[],
): Promise<UnreadValue[]> => {
  const scans = await mapInTurns(unread.length === 0 ? [] : changes, newScans)
  const texts = new Set(scans.flat().map(({ text }) => text))
  return mapInTurns(
    unread.filter(({ kind, value }) => kind !== 'text' || texts.has(value)),
    maskUnread,
  )
}

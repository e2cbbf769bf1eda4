import type { UnreadValue } from '../../easyparcel/client/easyparcel-client.ts'
import { maskUnread } from '../../easyparcel/texts/mask-unread.ts'
import { mapInTurns } from '../../in-turns.ts'

type Said = { rawAt: string; code: number | null; text: string }

/** The stored scans of one parcel, as JSON, before and after an answer. */
export type StoredChange = { trackingId: string; before: string; after: string }
/** `trackingId`: a parcel that has it, where a parcel's scan does. */
export type SeenUnread = UnreadValue & { trackingId?: string }

const keyOf = ({ rawAt, code, text }: Said): string => JSON.stringify([rawAt, code, text])

const newTexts = ({ trackingId, before, after }: StoredChange): [text: string, trackingId: string][] => {
  const known = new Set((JSON.parse(before) as Said[]).map(keyOf))
  const scans = (JSON.parse(after) as Said[]).filter((scan) => !known.has(keyOf(scan)))
  return scans.map(({ text }) => [text, trackingId])
}

/**
 * What is worth counting of an answer's unread values, masked: texts only of scans that were not stored before, so that a parcel which is asked about
 * often counts no more than another. Codes, dates and statuses are counted once a day by the statement that writes them.
 */
export const newUnread = async (
  unread: readonly UnreadValue[],
  changes: readonly StoredChange[],
): Promise<SeenUnread[]> => {
  const texts = new Map((await mapInTurns(unread.length === 0 ? [] : changes, newTexts)).flat())
  return mapInTurns(
    unread.filter(({ kind, value }) => kind !== 'text' || texts.has(value)),
    (one) => {
      const trackingId = one.kind === 'text' ? texts.get(one.value) : undefined
      return { ...maskUnread(one), ...(trackingId !== undefined && { trackingId }) }
    },
  )
}

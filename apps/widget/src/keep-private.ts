import type { ShownDocument, ShownEvent } from '@jejak/tracking-page/view/shown-document.ts'

const keyOf = ({ at, status, substatus }: ShownEvent): string => `${at} ${status} ${substatus}`

/** A newer public answer leaves out what only the buyer's answer carried; that is still true, so it stays. */
export const keepPrivate = (newer: ShownDocument, older: ShownDocument | null): ShownDocument => {
  if (older?.trackingNumber !== newer.trackingNumber) return newer
  const known = new Map(older.events.map((event) => [keyOf(event), event]))
  const { orderNumber = null, shop } = older
  const events = newer.events.map((event) => ({ ...known.get(keyOf(event)), ...event }))
  return { orderNumber, ...(shop && { shop }), ...newer, events }
}

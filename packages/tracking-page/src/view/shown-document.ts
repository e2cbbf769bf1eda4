import type { BuyerDocument, BuyerEvent, PublicEvent, ShopFace, TrackingDocument } from '@jejak/contract'

/** A scan as shown; the courier's own words are there only for a reader who proved order and contact. */
export type ShownEvent = PublicEvent & Partial<BuyerEvent>

/** Pages know the face of the shop that alone holds a number; a buyer's answer also says whose parcel it is. */
type ShownShop = ShopFace & Partial<BuyerDocument['shop']>

/** What the page can show: the public document, with what only some answers carry. */
export type ShownDocument = Omit<TrackingDocument, 'events'> &
  Partial<Pick<BuyerDocument, 'orderNumber'>> & { shop?: ShownShop; events: ShownEvent[] }

const keyOf = ({ at, status, substatus }: ShownEvent): string => `${at} ${status} ${substatus}`

/** A newer public answer leaves out what only the buyer's answer carried; that is still true, so it stays. */
export const keepPrivate = (newer: ShownDocument, older: ShownDocument | null): ShownDocument => {
  if (older?.trackingNumber !== newer.trackingNumber) return newer
  const known = new Map(older.events.map((event) => [keyOf(event), event]))
  const { orderNumber = null, shop } = older
  const events = newer.events.map((event) => ({ ...known.get(keyOf(event)), ...event }))
  return { orderNumber, ...(shop && { shop }), ...newer, events }
}

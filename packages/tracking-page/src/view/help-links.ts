import type { Say } from '../words/words.ts'
import { courierLinks } from './couriers.ts'
import { contactLinks, type HelpLink } from './shop-contacts.ts'
import type { ShownDocument } from './shown-document.ts'

/** Whom a customer can turn to: first the shop, then the courier. */
export const helpLinks = ({ shop, courier, trackingNumber }: ShownDocument, say: Say): HelpLink[] => [
  ...contactLinks(shop, { say, number: trackingNumber }),
  ...courierLinks(courier, trackingNumber, say),
]

import { z } from 'zod'
import { given, textOf } from './given.ts'
import { instant } from './instant.ts'
import { line } from './line.ts'
import { orderNumber } from './order-number.ts'
import { shopFace } from './shop-face.ts'
import { publicEvent, trackingDocument } from './tracking-document.ts'

/** `POST /v1/track`: `contact` is the e-mail address or the phone number, in one field, as the buyer types it. */
export const orderLookup = z.strictObject({
  orderNumber: textOf(orderNumber),
  contact: textOf(line(254)).meta({ examples: ['012-345 6789', 'aisyah@example.com'] }),
})

/** A scan as its buyer sees it: with the courier's own text and place, which may name people. */
export const buyerEvent = publicEvent.extend({ text: z.string(), rawLocation: z.string().nullable() })
export type BuyerEvent = z.infer<typeof buyerEvent>

/** The document of a reader who proved order and contact, or holds a link of the shop. `shop.slug` is what `?shop=` takes to ask for this parcel. */
export const buyerDocument = trackingDocument.extend({
  orderNumber: z.string().nullable(),
  registeredAt: instant,
  shop: shopFace.extend({ slug: z.string() }),
  events: z.array(buyerEvent),
})
export type BuyerDocument = z.infer<typeof buyerDocument>

/** The answer of an order look-up: all parcels of that order and contact, newest first. */
export const orderAnswer = z.object({ orderNumber: z.string(), trackings: z.array(buyerDocument).min(1) })

export const shopSlug = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'A shop is named by its slug: small letters, digits and dashes.')
  .meta({ description: 'Slug of the shop' })

/** The query of an order look-up: `shop` narrows it to one shop. */
export const orderLookupQuery = z.object({ shop: shopSlug.optional() })

/** The query of a public read: `shop` narrows it to one shop's parcel, `k` is the key of a signed link. */
export const trackQuery = orderLookupQuery.extend({
  k: z.string().max(200).optional().meta({ description: 'Key of a signed link' }),
})

/** `POST /v1/trackings/:id/link`: whose order the link is of; without it the newest one. */
export const signedLinkRequest = z.strictObject({ orderNumber: given(orderNumber) })

/** A signed link to the buyer's view of one parcel. */
export const signedLink = z.object({ url: z.url(), expiresAt: instant })

export const reportKinds = ['not_received', 'something_wrong'] as const
export type ReportKind = (typeof reportKinds)[number]

/** `POST /v1/track/:trackingNumber/report`. There is no free text: what is personal belongs into a message to the shop. */
export const customerReport = z.strictObject({ kind: z.enum(reportKinds) })
export const reportAnswer = z.object({ received: z.literal(true) })

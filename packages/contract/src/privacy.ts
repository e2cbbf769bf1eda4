import { z } from 'zod'
import { textOf } from './given.ts'
import { instant } from './instant.ts'
import { line } from './line.ts'
import { shownDetails } from './parcel-details.ts'

const count = z.number().int().nonnegative()
const text = z.string().nullable()
const maybe = instant.nullable()

/** The body of `POST /v1/admin/privacy/…`: the e-mail address or the phone number of a customer. */
export const privacyRequest = z.strictObject({
  contact: textOf(line(254)).meta({ examples: ['012-345 6789', 'aisyah@example.com'] }),
})

/**
 * How much is held on a customer. `parcels` hold no one else's order; of `sharedParcels` only the customer's `orders` are theirs. `proof` is what the audit
 * log calls the contact. `isComplete` is false for ten thousand orders and more: of the others nothing is counted, but all are erased. `stays`: in a sentence,
 * what is not erased.
 */
export const privacyCounts = z.object({
  parcels: count,
  onTheirWay: count,
  sharedParcels: count,
  orders: count,
  traces: count,
  isComplete: z.boolean(),
  stays: text,
  proof: z.string(),
})
export type PrivacyCounts = z.infer<typeof privacyCounts>

const toldParcel = z.object({
  trackingNumber: z.string(),
  ...shownDetails,
  status: z.string(),
  substatus: text,
  registeredAt: instant,
  collectedAt: maybe,
  outForDeliveryAt: maybe,
  deliveredAt: maybe,
  endedAt: maybe,
  archivedAt: maybe,
  attentionReason: text,
  orders: z.array(z.object({ orderNumber: text, registeredAt: instant, hasEmail: z.boolean(), hasPhone: z.boolean() })),
  scans: z.array(z.object({ at: z.string(), code: z.number().nullable(), text: z.string(), location: text })),
  notes: z.array(z.object({ at: instant, by: z.string(), text: z.string() })),
  changes: z.array(
    z.object({ at: instant, kind: z.string(), by: z.string(), detail: text, previousStatus: text, newStatus: text }),
  ),
})

/**
 * All that is held on a customer, or, where `isComplete` is false, what the first ten thousand orders say. The contact itself is not: of it there are keyed
 * hashes only.
 */
export const privacyExport = z.object({
  shop: z.string(),
  isComplete: z.boolean(),
  parcels: z.array(toldParcel),
  failedLookups: count,
  securityEvents: z.array(z.object({ at: instant, kind: z.string(), detail: text })),
})
export type PrivacyExport = z.infer<typeof privacyExport>

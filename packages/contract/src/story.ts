import { z } from 'zod'
import { noteView } from './attention.ts'
import { buyerDocument } from './buyer.ts'
import { callView } from './calls.ts'
import { instant } from './instant.ts'
import { languages } from './languages.ts'
import { orderNumber } from './order-number.ts'
import { trackingDocument } from './tracking-document.ts'
import { trackingView } from './trackings.ts'

const text = z.string().nullable()
const count = z.number().int().nonnegative()

/** `GET /v1/admin/trackings/:id/history` */
export const historyQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(200).optional(),
})

/** One thing that happened to a parcel: a change, or an act of someone, `what` as its log names it. */
const storyEntry = z.object({
  source: z.enum(['change', 'act']),
  id: z.string(),
  at: instant,
  what: z.string(),
  by: z.string(),
  detail: text,
  previousStatus: text,
  newStatus: text,
  eventsAdded: count.nullable(),
  callId: text,
  isRefused: z.boolean(),
})
export const storyPage = z.object({ data: z.array(storyEntry), nextCursor: text })
export type StoryPage = z.infer<typeof storyPage>

/** `GET /v1/admin/trackings/:id/story`. What its reader may not see is null. */
export const parcelStory = z.object({
  parcel: trackingView,
  checks: count.nullable().meta({ description: 'How often EasyParcel was asked about it; null once it is archived' }),
  calls: z.array(callView).nullable().meta({
    description:
      'The newest calls of the last three days that asked about it, at most 20; and whenever they were, its last check, the call that brought its last change, and at most 20 of the shop’s newest failed calls',
  }),
  notes: z.array(noteView),
  links: z
    .object({ made: count, lastAt: instant.nullable() })
    .nullable()
    .meta({ description: 'Signed links for buyers. They are not stored: the audit log says how many were made' }),
  refreshes: z
    .array(
      z.object({
        runId: z.string(),
        by: z.string(),
        outcome: text,
        askedAt: instant.nullable(),
        settledAt: instant.nullable(),
        follow: z.string(),
      }),
    )
    .nullable(),
  history: storyPage.meta({ description: 'Newest first; more of it by `…/history?cursor=`' }),
})
export type ParcelStory = z.infer<typeof parcelStory>

/** `GET /v1/admin/trackings/:id/preview`: `orderNumber` says whose customer, without it the newest order’s. */
export const previewQuery = z.strictObject({
  language: z.enum(languages).optional(),
  orderNumber: orderNumber.optional(),
})

/** What readers get of a parcel: anyone, and a customer who proved the order; `page` is the customer's page, to be shown in a frame that runs no scripts. */
export const parcelPreview = z.object({
  language: z.enum(languages),
  languages: z.array(z.enum(languages)),
  public: trackingDocument,
  buyer: buyerDocument,
  page: z.string(),
})

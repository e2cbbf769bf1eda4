import { z } from 'zod'
import { contact } from './contact.ts'
import { calendarDay, instant } from './instant.ts'
import { line } from './line.ts'
import { itemProblem } from './problem.ts'
import { substatus, trackingStatus } from './status.ts'
import { freshness, freshnessReasons } from './tracking-document.ts'
import { trackingEvent } from './tracking-event.ts'
import { trackingNumber } from './tracking-number.ts'

const bulkMax = 1000
const pageSizeMax = 200
const pageSizeDefault = 50

const courier = line(60)
export const orderNumber = line(100)
const trackingId = z
  .string()
  .regex(/^\d{1,18}$/, 'An id is a whole number in quotes, as given when the parcel was registered.')

/** `POST /v1/trackings`: what a shop says about a parcel. */
export const trackingRegistration = z.strictObject({
  trackingNumber,
  courier: courier.optional(),
  orderNumber: orderNumber.optional(),
  contact: contact.optional(),
  estimatedDelivery: calendarDay.optional(),
})
export type TrackingRegistration = z.infer<typeof trackingRegistration>

const { $schema: _dialect, ...registrationSchema } = z.toJSONSchema(trackingRegistration, { io: 'input' })

/** `POST /v1/trackings/bulk`. Items stay unread here: each is parsed by itself, so that one bad item spoils nothing. */
export const bulkRegistration = z.strictObject({
  trackings: z
    .array(z.unknown().meta(registrationSchema))
    .min(1, 'Send at least one parcel in `trackings`.')
    .max(bulkMax, `Send at most ${bulkMax} parcels at once.`),
})

const registered = { id: trackingId, trackingNumber: z.string() }

/** What became of one item of a bulk call, in the order of the items. */
export const registrationOutcome = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('created'), ...registered }),
  z.object({ outcome: z.literal('exists'), ...registered }),
  z.object({ outcome: z.literal('invalid'), problem: itemProblem }),
])
export const bulkRegistrationAnswer = z.object({ results: z.array(registrationOutcome) })

/** `PATCH /v1/trackings/:id`: what is absent stays, `null` removes. */
export const trackingPatch = z
  .strictObject({
    courier: courier.nullable().optional(),
    orderNumber: orderNumber.nullable().optional(),
    contact: contact.nullable().optional(),
    estimatedDelivery: calendarDay.nullable().optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'Give at least one field to change.')
export type TrackingPatch = z.infer<typeof trackingPatch>

export const trackingIdParams = z.object({ id: trackingId })
export const trackingNumberParams = z.object({ trackingNumber })

/** When the parcel is checked and why then. `priority`: 50 manual, 70 urgent, 75 retry, 100 scheduled; lower goes first. */
const scheduleView = z.object({
  checkedAt: instant.nullable(),
  nextCheckAt: instant.nullable(),
  priority: z.number().int(),
  explanation: z.string().nullable(),
  failures: z.number().int().nonnegative(),
  lastFailure: z.string().nullable(),
  inFlight: z.boolean(),
})

/** A tracking as its shop and staff see it: the courier's own words included, the buyer's contact never. */
export const trackingView = z.object({
  id: trackingId,
  trackingNumber: z.string(),
  courier: z.string().nullable(),
  orderNumber: z.string().nullable(),
  hasContact: z.boolean(),
  status: trackingStatus,
  substatus: substatus.nullable(),
  estimatedDelivery: calendarDay.nullable(),
  milestones: z.object({
    collectedAt: instant.nullable(),
    outForDeliveryAt: instant.nullable(),
    deliveredAt: instant.nullable(),
  }),
  requiresAttention: z.boolean(),
  attentionReason: z.string().nullable(),
  registeredAt: instant,
  freshness,
  schedule: scheduleView,
  events: z.array(trackingEvent),
})
export type TrackingView = z.infer<typeof trackingView>

const commaList = <Word extends string>(word: z.ZodType<Word, string>) =>
  z
    .string()
    .max(20_000)
    .transform((list) =>
      list
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(word).min(1).max(pageSizeMax, `Ask for at most ${pageSizeMax} at once.`))

/** `GET /v1/trackings`. With `changedAfter` the list is a change feed, ordered by (changedAt, id). */
export const trackingListQuery = z.strictObject({
  trackingNumber: commaList(trackingNumber).optional().meta({ description: 'One number, or up to 200 with commas' }),
  orderNumber: orderNumber.optional(),
  status: commaList(trackingStatus).optional().meta({ description: 'One status, or several with commas' }),
  attention: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
  changedAfter: instant.optional(),
  limit: z.coerce.number().int().min(1).max(pageSizeMax).default(pageSizeDefault),
  cursor: z.string().min(1).max(200).optional(),
})

/** Every list answers like this; `nextCursor` is null on the last page. */
export const trackingPage = z.object({ data: z.array(trackingView), nextCursor: z.string().nullable() })

/**
 * 202 of a manual refresh: the job's id, and the path where the result will show. `wait` says why the check cannot go out now, and when it
 * may; the parcel stays first in line.
 */
export const refreshAnswer = z.object({
  job: z.object({ id: z.string(), trackingId, follow: z.string() }),
  wait: z.object({ reason: z.enum(freshnessReasons), until: instant.nullable() }).nullable(),
})
export type RefreshAnswer = z.infer<typeof refreshAnswer>

import { z } from 'zod'
import { contact } from './contact.ts'
import { given, givenOrRemoved } from './given.ts'
import { instant } from './instant.ts'
import { orderNumber } from './order-number.ts'
import { eachDetail, parcelDetails, shownDetails } from './parcel-details.ts'
import { itemProblem, problemError } from './problem.ts'
import { trackingRegistration } from './registration.ts'
import { substatus, trackingStatus } from './status.ts'
import { freshness, freshnessReasons } from './tracking-document.ts'
import { trackingEvent } from './tracking-event.ts'
import { trackingFilterFields, trackingSort } from './tracking-filter.ts'
import { trackingNumber } from './tracking-number.ts'
import { undoRef } from './undo.ts'

/** How many parcels one call may register. */
export const registerMax = 1000
const pageSizeMax = 200
const pageSizeDefault = 50

const trackingId = z
  .string()
  .regex(/^\d{1,18}$/, 'An id is a whole number in quotes, as given when the parcel was registered.')

const { $schema: _dialect, ...registrationSchema } = z.toJSONSchema(trackingRegistration, { io: 'input' })

/** `POST /v1/trackings`. Unread here, as the items of a list: what is optional and unreadable becomes a warning. */
export const singleRegistration = z.unknown().meta(registrationSchema)

/** `POST /v1/trackings/bulk`. Items stay unread here: each is parsed by itself, so that one bad item does not affect the others. */
export const bulkRegistration = z.strictObject({
  trackings: z
    .array(z.unknown().meta(registrationSchema))
    .min(1, 'Send at least one parcel in `trackings`.')
    .max(registerMax, `Send at most ${registerMax} parcels at once.`),
})

/**
 * What registering did. `order_added`: the parcel was there, and holds this order now too. `renewed`: the number's life before ended long
 * ago; this is a new one. `reopened`: a parcel that was given up is asked about again.
 */
export const registrationOutcomes = ['created', 'exists', 'order_added', 'renewed', 'reopened'] as const

const registered = z.object({ outcome: z.enum(registrationOutcomes), id: trackingId, trackingNumber: z.string() })

/** `others`: the further numbers of a cell that held several. `warnings`: what was left out because it could not be read. */
const registeredItem = registered.extend({
  others: z.array(registered).optional(),
  warnings: z.array(problemError).optional(),
})

/** What became of one item of a bulk call, in the order of the items. */
export const registrationOutcome = z.union([
  registeredItem,
  z.object({ outcome: z.literal('invalid'), problem: itemProblem }),
])
export type RegistrationAnswer = z.infer<typeof registrationOutcome>
export const bulkRegistrationAnswer = z.object({ results: z.array(registrationOutcome) })

/** `?dryRun=true`: only tells what registering would do. */
export const dryRunQuery = z.strictObject({
  dryRun: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .default(false)
    .meta({ description: 'Only tells what would be done' }),
})

const wouldBe = registered.extend({ id: trackingId.nullable().meta({ description: 'Null: not here yet' }) })

/** What registering would do with an item, in the same words. */
export const registrationPreview = z.union([
  wouldBe.extend({ others: z.array(wouldBe).optional(), warnings: z.array(problemError).optional() }),
  z.object({ outcome: z.literal('invalid'), problem: itemProblem }),
])
export type RegistrationPreview = z.infer<typeof registrationPreview>
export const bulkRegistrationPreview = z.object({ dryRun: z.literal(true), results: z.array(registrationPreview) })

/** `PATCH /v1/trackings/:id`: what is absent stays, `null` or empty removes. `order` names which of several orders is meant; else the newest. */
export const trackingPatch = z
  .strictObject({
    order: given(orderNumber),
    ...eachDetail((name) => givenOrRemoved(parcelDetails[name].given)),
    orderNumber: givenOrRemoved(orderNumber),
    contact: givenOrRemoved(contact),
    trackingNumber: given(trackingNumber).meta({
      description: 'The right number, where nothing was found for the one that was given',
    }),
  })
  .refine(
    ({ order: _, ...patch }) => Object.values(patch).some((value) => value !== undefined),
    'Give at least one field to change.',
  )
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

/** One order in a parcel. */
const orderView = z.object({ orderNumber: z.string().nullable(), hasContact: z.boolean(), registeredAt: instant })

/**
 * A tracking as its shop and staff see it: the courier's own words included, the buyer's contact never. `orders` are newest first;
 * `orderNumber` and `hasContact` are the newest one's.
 */
export const trackingView = z.object({
  id: trackingId,
  trackingNumber: z.string(),
  ...shownDetails,
  orderNumber: z.string().nullable(),
  hasContact: z.boolean(),
  orders: z.array(orderView),
  status: trackingStatus,
  substatus: substatus.nullable(),
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

/** `PATCH /v1/trackings/:id`: what it has become; `undo` where the change can be undone. */
export const changedTracking = trackingView.extend({ undo: undoRef.nullable() })

/**
 * `GET /v1/trackings`. With `changedAfter` the list is a change feed, oldest change first, unless `sort` says otherwise; without both it
 * begins with the newest change.
 */
export const trackingListQuery = z.strictObject({
  ...trackingFilterFields,
  sort: trackingSort.optional().meta({
    description:
      'By what the list goes; a minus turns it round. nextCheck lists only parcels that are to be checked, the soonest first.',
  }),
  format: z.enum(['json', 'csv']).default('json').meta({
    description: 'csv answers all that match as a file, by registration; `limit` and `cursor` are for JSON',
  }),
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

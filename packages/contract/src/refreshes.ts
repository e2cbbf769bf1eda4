import { z } from 'zod'
import { instant, instantGiven } from './instant.ts'
import { freshnessReasons } from './tracking-document.ts'
import { trackingFilter } from './tracking-filter.ts'
import { trackingIdParams } from './trackings.ts'

const idsMax = 1000
const trackingId = trackingIdParams.shape.id
const id = z.string().regex(/^\d{1,18}$/, 'An id is a whole number in quotes.')

/** `POST /v1/admin/refreshes`: the parcels with these ids, or all that match. An empty filter means all. */
export const refreshRequest = z
  .strictObject({
    ids: z.array(trackingId).min(1).max(idsMax, `Send at most ${idsMax} ids; a filter takes more.`).optional(),
    filter: trackingFilter.optional().meta({ description: 'The words of `GET /v1/trackings`' }),
    withEnded: z.boolean().default(false).meta({
      description:
        'Takes parcels that have ended, too; a filter for a status in which parcels have ended does so by itself',
    }),
    asOf: instantGiven.optional().meta({
      description:
        'Leaves out parcels that were registered later: the `asOf` of a dry run makes the run take what it told of',
    }),
    dryRun: z.boolean().default(false).meta({ description: 'Only tells what a run would do' }),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), 'Give either `ids` or a `filter`.')
export type RefreshRequest = z.infer<typeof refreshRequest>

const amount = z.number().int().nonnegative()

const leftOut = z
  .object({
    ended: amount.meta({ description: 'Their life is over' }),
    inFlight: amount.meta({ description: 'A call is asking about them right now' }),
    failsUpstream: amount.meta({
      description: 'EasyParcel may fail because of them; each would need a call of its own',
    }),
    inAnotherRun: amount,
    unknown: amount.meta({ description: 'Ids, or numbers of the filter, of no parcel of the shop that is checked' }),
  })
  .meta({ description: 'Parcels that were meant and are not in the run' })

const wait = z
  .object({ reason: z.enum(freshnessReasons), until: instant.nullable() })
  .nullable()
  .meta({ description: 'Why nothing can be asked right now, and until when if that is known' })

/** What a run would do. */
export const refreshPlan = z.object({
  asOf: instant.meta({ description: 'The instant that fixes the parcels: send it with the real request' }),
  parcels: amount,
  parcelsMax: amount,
  leftOut,
  calls: amount.meta({ description: 'At least so many' }),
  minutes: amount.nullable().meta({ description: 'Null: more than a year' }),
  connections: z.array(
    z.object({
      connectionId: id,
      parcels: amount,
      calls: amount,
      reserveLeft: amount.meta({ description: 'Calls of today that are kept for people' }),
      planLeft: amount.meta({ description: 'Calls of today’s plan that are left for everyone' }),
      fitsReserve: z.boolean(),
      fitsToday: z.boolean(),
      estimatedEnd: instant.nullable(),
      wait,
    }),
  ),
})
export type RefreshPlan = z.infer<typeof refreshPlan>

export const refreshStates = ['running', 'paused', 'cancelled', 'done'] as const

/** A run. `asked` is due ahead of all others, or being asked right now. */
export const refreshRun = z.object({
  id,
  state: z.enum(refreshStates),
  askedBy: z.string(),
  chosen: z.record(z.string(), z.unknown()).meta({ description: 'How its parcels were chosen' }),
  asOf: instant,
  withEnded: z.boolean(),
  parcels: amount,
  leftOut,
  progress: z.object({
    ...{ waiting: amount, asked: amount, changed: amount, unchanged: amount, notFound: amount },
    ...{ failed: amount, skipped: amount, cancelled: amount },
  }),
  startedAt: instant,
  endedAt: instant.nullable(),
  estimatedEnd: instant.nullable(),
  waits: z.array(z.object({ connectionId: id, wait: wait.unwrap() })),
})
export type RefreshRun = z.infer<typeof refreshRun>

export const refreshIdParams = z.object({ id })
const cursor = z
  .string()
  .regex(/^\d{1,18}$/, 'Send nextCursor back as it came.')
  .optional()

export const refreshListQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(50).default(20), cursor })
export const refreshPage = z.object({ data: z.array(refreshRun), nextCursor: z.string().nullable() })

/** 202 of a run that was started. */
export const refreshStarted = z.object({ run: refreshRun, follow: z.string() })

export const refreshParcelState = z.enum([
  'waiting',
  'asked',
  'changed',
  'unchanged',
  'not_found',
  'failed',
  'skipped',
  'cancelled',
])

export const refreshParcelsQuery = z.strictObject({
  state: refreshParcelState.optional(),
  format: z.enum(['json', 'csv']).default('json').meta({ description: 'csv answers all of them at once' }),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor,
})

/** What became of a parcel of a run. Number and status are null once it is removed. */
export const refreshParcel = z.object({
  trackingId: id,
  trackingNumber: z.string().nullable(),
  status: z.string().nullable(),
  state: refreshParcelState,
  reason: z.string().nullable(),
  askedAt: instant.nullable(),
  settledAt: instant.nullable(),
  callId: z.string().nullable(),
})
export const refreshParcelPage = z.object({ data: z.array(refreshParcel), nextCursor: z.string().nullable() })

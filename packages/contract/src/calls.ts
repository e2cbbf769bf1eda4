import { z } from 'zod'
import { calendarDay, dayGiven, instant, instantGiven } from './instant.ts'

const count = z.number().int().nonnegative()

/** `GET /v1/admin/calls` */
export const callListQuery = z.strictObject({
  failed: z.stringbool().optional().meta({ description: 'true: only calls that failed' }),
  since: instantGiven.optional().meta({ description: 'With failed=true it is seven days ago without a word' }),
  until: instantGiven.optional().meta({ description: 'Before this time' }),
  format: z.enum(['json', 'csv']).default('json').meta({ description: 'csv answers all that match as a file' }),
  limit: z.coerce.number().int().min(1).max(200).default(60),
  cursor: z.string().min(1).max(200).optional(),
})

/** One request to EasyParcel. `outcome` is null while it is under way. */
export const callView = z.object({
  id: z.string(),
  connectionId: z.string(),
  at: instant,
  day: calendarDay.meta({ description: 'The local day whose budget it is charged to' }),
  kind: z
    .enum(['scheduled', 'manual', 'list', 'details'])
    .meta({ description: '`manual`: a check from the reserve for people; `list`, `details`: of the account sync' }),
  batch: count.meta({ description: 'How many parcels it asks about' }),
  outcome: z.string().nullable(),
  found: count.nullable(),
  changed: count.nullable(),
  ms: count.nullable(),
  httpStatus: count.nullable(),
  requestId: z.string().nullable().meta({ description: 'EasyParcel’s own id of the request, for its support' }),
  error: z.string().nullable(),
})
export const callList = z.object({ data: z.array(callView), nextCursor: z.string().nullable() })
export type CallList = z.infer<typeof callList>

export const usageBys = ['hour', 'day', 'courier'] as const
export type UsageBy = (typeof usageBys)[number]

/** `GET /v1/admin/usage`: what the calls of a time were used for. Days are those of the budget, the last one included. */
export const usageQuery = z
  .strictObject({
    by: z.enum(usageBys).default('day'),
    from: dayGiven.optional().meta({ description: 'Without it a week ago; by hour, today' }),
    to: dayGiven.optional().meta({ description: 'Without it today' }),
    format: z.enum(['json', 'csv']).default('json'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, 'from must not come after to.')

/** One hour, day or courier. By courier there are only `calls` and `checks`: a call is shared among those that it asked about. */
const usageRow = z.object({
  hour: instant.optional(),
  day: calendarDay.optional(),
  courier: z.string().nullable().optional().meta({ description: 'Null: parcels whose courier no one has said' }),
  calls: z.number().nonnegative(),
  checks: count.meta({ description: 'Parcels asked about' }),
  manual: count.optional(),
  failed: count.optional(),
  found: count.optional(),
  changed: count.optional(),
  reads: count
    .nullable()
    .optional()
    .meta({ description: 'How often a parcel was looked at; null where that is no longer known' }),
})
export const usageList = z.object({
  from: calendarDay,
  to: calendarDay,
  data: z.array(usageRow),
  isComplete: z.boolean().meta({ description: 'False by courier where only the newest calls of today are counted' }),
})
export type UsageList = z.infer<typeof usageList>
export type UsageRow = z.infer<typeof usageRow>

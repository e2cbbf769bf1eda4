import { z } from 'zod'
import { calendarDay, instant } from './instant.ts'

const count = z.number().int().nonnegative()

/** `GET /v1/admin/calls` */
export const callListQuery = z.strictObject({
  failed: z.stringbool().optional().meta({ description: 'true: only calls that failed' }),
  limit: z.coerce.number().int().min(1).max(200).default(60),
})

/** One request to EasyParcel. `outcome` is null while it is under way. */
const callView = z.object({
  id: z.string(),
  connectionId: z.string(),
  at: instant,
  day: calendarDay.meta({ description: 'The local day whose budget it is charged to' }),
  kind: z.enum(['scheduled', 'manual']).meta({ description: '`manual`: from the reserve for people' }),
  batch: count.meta({ description: 'How many parcels it asks about' }),
  outcome: z.string().nullable(),
  found: count.nullable(),
  changed: count.nullable(),
  ms: count.nullable(),
  httpStatus: count.nullable(),
  requestId: z.string().nullable().meta({ description: 'EasyParcel’s own id of the request, for its support' }),
  error: z.string().nullable(),
})
export const callList = z.object({ data: z.array(callView) })
export type CallList = z.infer<typeof callList>

import { z } from 'zod'
import { instant } from './instant.ts'
import { line } from './line.ts'
import { trackingFilter, trackingSort } from './tracking-filter.ts'

const id = z.string().regex(/^\d{1,18}$/, 'An id is a whole number in quotes.')

/** A filter that can be kept: what it means changes with the parcels, so numbers and orders are not in it. */
export const viewFilter = trackingFilter.omit({ trackingNumber: true, orderNumber: true })
export type ViewFilter = z.output<typeof viewFilter>

const name = line(80)

/** `POST /v1/admin/views` */
export const viewRequest = z.strictObject({
  name,
  filter: viewFilter.meta({ description: 'The words of `GET /v1/trackings`, without numbers and orders' }),
  sort: trackingSort.nullable().default(null),
  shared: z.boolean().default(false).meta({ description: 'For everyone of the shop; else for whoever saves it' }),
})

/** `PATCH /v1/admin/views/:id`: what is absent stays. Whose it is stays, too. */
export const viewPatch = z
  .strictObject({ name: name.optional(), filter: viewFilter.optional(), sort: trackingSort.nullable().optional() })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'Give at least one field to change.')
export type ViewPatch = z.output<typeof viewPatch>

const shownFilter = z.record(z.string(), z.unknown()).meta({ description: 'The words of `GET /v1/trackings`' })

export const savedView = z.object({
  id,
  name: z.string(),
  filter: shownFilter,
  sort: trackingSort.nullable(),
  shared: z.boolean(),
  changedAt: instant,
  changedBy: z.string(),
  mayChange: z.boolean(),
})
export type SavedView = z.infer<typeof savedView>

/** `GET /v1/admin/views`. Counts are kept with each change of a parcel, so only views of statuses and of what needs a person have one. */
export const viewList = z.object({
  builtIn: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      filter: shownFilter,
      sort: trackingSort.nullable(),
      count: z.number().int().nonnegative(),
    }),
  ),
  data: z.array(savedView),
})
export type ViewList = z.infer<typeof viewList>
export const viewIdParams = z.object({ id })

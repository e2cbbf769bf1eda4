import { z } from 'zod'
import { calendarDay, dayGiven } from './instant.ts'

const count = z.number().int().nonnegative()
const share = z.number().min(0).max(1).nullable()

const span = {
  from: dayGiven.optional().meta({ description: 'A day of the first week; without it, twelve weeks are told' }),
  to: dayGiven.optional().meta({ description: 'A day of the last week; without it this week' }),
  format: z.enum(['json', 'csv']).default('json'),
}
const isInOrder = ({ from, to }: { from?: string | undefined; to?: string | undefined }) =>
  from === undefined || to === undefined || from <= to
const inOrder = 'from must not come after to.'

export const transitBys = ['courier', 'state', 'week'] as const
export const readsBys = ['way', 'hour', 'language', 'day'] as const

/** `GET /v1/admin/analytics/transit`: parcels that ended in whole weeks. */
export const transitQuery = z
  .strictObject({ by: z.enum(transitBys).default('courier'), ...span })
  .refine(isInOrder, inOrder)

const transitFigures = {
  parcels: count.meta({ description: 'That ended: the sum of the next five' }),
  delivered: count,
  returned: count,
  lost: count,
  cancelled: count,
  lapsed: count.meta({ description: 'Of which no one heard how they ended' }),
  timed: count.meta({ description: 'Delivered ones whose collection is known' }),
  p50Hours: z.number().nullable().meta({ description: 'From collection to delivery, of half of them at most' }),
  p90Hours: z.number().nullable(),
  attemptsKnown: count.meta({ description: 'Delivered ones of which a courier told' }),
  firstAttempt: count.meta({ description: 'Those delivered without a failed attempt before' }),
  firstAttemptShare: share,
  expected: count.meta({ description: 'Delivered ones for which the shop had named a day' }),
  late: count.meta({ description: 'Those delivered after that day' }),
  lateShare: share,
  returnedShare: share.meta({ description: 'Of delivered, returned and lost' }),
  lostShare: share,
  checksPerDelivered: z
    .number()
    .nullable()
    .meta({ description: 'All checks of the time, by parcels delivered in it; null by state' }),
  callsPerDelivered: z.number().nullable(),
}
const transitRow = z.object({
  courier: z.string().optional().meta({ description: '`unknown` where no one said' }),
  state: z.string().optional().meta({ description: 'ISO 3166-2, a country where there is none, or `unknown`' }),
  name: z.string().nullable().optional().meta({ description: 'Of a state of Malaysia' }),
  week: calendarDay.optional().meta({ description: 'Its Monday' }),
  ...transitFigures,
})
export type TransitRow = z.infer<typeof transitRow>
export const transitView = z.object({
  from: calendarDay,
  to: calendarDay,
  total: transitRow,
  data: z.array(transitRow),
})
export const transitColumns = Object.keys(transitFigures) as (keyof typeof transitFigures)[]

/** `GET /v1/admin/analytics/reads`: how parcels were looked at in whole weeks. */
export const readsQuery = z.strictObject({ by: z.enum(readsBys).default('way'), ...span }).refine(isInOrder, inOrder)

const readsFigures = {
  reads: count.meta({ description: 'That found a parcel' }),
  missing: count.nullable().meta({ description: 'Nothing has that number; null by hour' }),
  refused: count.nullable().meta({ description: 'Order number and contact that fit nothing; null by hour' }),
  readsPerDelivered: z
    .number()
    .nullable()
    .meta({ description: 'Reads by the parcels that were delivered in the same weeks; null by day' }),
}
const readsRow = z.object({
  way: z.string().optional(),
  hour: z.number().int().min(0).max(23).optional().meta({ description: 'By the shop’s clock' }),
  language: z.string().optional().meta({ description: '`unknown` where no one said' }),
  day: calendarDay.optional(),
  ...readsFigures,
})
export type ReadsRow = z.infer<typeof readsRow>
export const readsView = z.object({
  from: calendarDay,
  to: calendarDay,
  delivered: count,
  total: readsRow,
  data: z.array(readsRow),
})
export const readsColumns = Object.keys(readsFigures) as (keyof typeof readsFigures)[]

import { z } from 'zod'
import { instant } from './instant.ts'

const count = z.number().int().nonnegative()
const share = z.object({ used: count, share: count })

/** How far the sync of one EasyParcel account is. */
export const syncView = z.object({
  connectionId: z.string(),
  state: z.enum(['no_list', 'off', 'not_connected', 'listing', 'running', 'waiting', 'failing']).meta({
    description:
      '`no_list`: the classic API tells no bookings. `listing`: not all bookings of the window were seen yet. `waiting`: until the next look',
  }),
  firstListedAt: instant.nullable().meta({ description: 'Since when all bookings of the window were seen once' }),
  listedAt: instant.nullable().meta({ description: 'The last look at the newest bookings' }),
  windowAt: instant.nullable().meta({ description: 'When the whole window was last gone through' }),
  lastRunAt: instant.nullable(),
  nextRunAt: instant.nullable(),
  bookings: count.meta({ description: 'Bookings seen' }),
  parcels: count.meta({ description: 'Of these made into parcels, or joined with parcels that were here' }),
  waitingForNumber: count,
  detailsLeft: count.meta({ description: 'Parcels whose order, contact and size are still to be asked for' }),
  calls: z.object({ list: share, details: share }).meta({
    description:
      'Calls of today and how many there may be. The first listing is paid from the reserve and not counted here',
  }),
  lastError: z.string().nullable(),
})
export type SyncView = z.infer<typeof syncView>

/** 202 of a sync that was asked for. */
export const syncRequested = z.object({
  connectionId: z.string(),
  follow: z.string().meta({ description: 'Where its progress is' }),
})

import { z } from 'zod'
import { substatus, trackingStatus } from './status.ts'

/**
 * One scan, as kept in `tracking_cache.events`. `at` is our reading of the instant, `rawAt` what the courier wrote; `zoneGuessed` tells that
 * the courier wrote no time zone. `code` and `text` are the upstream's own words, untouched.
 */
export const trackingEvent = z.object({
  at: z.iso.datetime(),
  rawAt: z.string(),
  zoneGuessed: z.boolean(),
  code: z.number().int().nullable(),
  text: z.string(),
  status: trackingStatus,
  substatus: substatus.nullable(),
  location: z.string().nullable(),
})
export type TrackingEvent = z.infer<typeof trackingEvent>

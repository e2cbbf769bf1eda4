import { z } from 'zod'
import { substatus, trackingStatus } from './status.ts'

/**
 * One scan as staff see it. `at` is our reading of the instant, `rawAt` what the courier wrote; `zoneGuessed` tells that
 * the courier wrote no time zone. `code` and `text` are the upstream's own words, untouched; status and substatus what they mean by today's rules.
 * `gone`: the courier's own log no longer has it, so it decides nothing. `source` is there where the shop's own people stated it, or its earlier system told it.
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
  gone: z.literal(true).optional(),
  source: z.enum(['staff', 'import']).optional(),
})
export type TrackingEvent = z.infer<typeof trackingEvent>

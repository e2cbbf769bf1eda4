import { z } from 'zod'
import { instant } from './instant.ts'
import { publicDetailsOf, shownDetails } from './parcel-details.ts'
import { substatus, trackingStatus } from './status.ts'

/** How much a reader may trust what we show; see docs/statuses.md. */
export const freshnessStates = ['fresh', 'stale', 'expired', 'final'] as const

/** Why a tracking is late. `number_unknown` also stands while on time: EasyParcel answered, and does not know the number. */
export const freshnessReasons = [
  'upstream_down',
  'budget_spent',
  'paced',
  'not_authorised',
  'paused',
  'jobs_failing',
  'number_unknown',
] as const
export type FreshnessReason = (typeof freshnessReasons)[number]

/** What brought the last answer. */
export const checkSources = ['scheduled', 'manual', 'webhook'] as const
export type CheckSource = (typeof checkSources)[number]

export const freshness = z.object({
  state: z.enum(freshnessStates),
  checkedAt: instant.nullable(),
  changedAt: instant,
  nextCheckAt: instant.nullable(),
  source: z.enum(checkSources).nullable(),
  reason: z.enum(freshnessReasons).nullable(),
})
export type Freshness = z.infer<typeof freshness>

/** What a guest sees of one scan: our words, never the courier's text, and a place only if it is a known one. `source` says that the shop stated it itself, or that its earlier system told it. */
export const publicEvent = z.object({
  at: instant,
  zoneGuessed: z.boolean(),
  status: trackingStatus,
  substatus: substatus.nullable(),
  location: z.string().nullable(),
  source: z.enum(['staff', 'import']).optional(),
})
export type PublicEvent = z.infer<typeof publicEvent>

/** The public tracking document, newest event first. `demo` is there, and true, only in a demo; `registeredAt` while no one knows the number yet. */
export const trackingDocument = z.object({
  trackingNumber: z.string(),
  ...publicDetailsOf(shownDetails),
  status: trackingStatus,
  substatus: substatus.nullable(),
  deliveredAt: instant.nullable(),
  demo: z.literal(true).optional(),
  registeredAt: instant.optional(),
  events: z.array(publicEvent),
  freshness,
})
export type TrackingDocument = z.infer<typeof trackingDocument>

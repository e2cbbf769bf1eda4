import type { TrackingEvent, TrackingStatus } from '@jejak/contract'
import type { ItemAnswer } from '../../easyparcel/courier-source.ts'
import { createCalendar } from '../calendar.ts'
import type { CheckContext, TrackingState } from '../plan-check.ts'
import { priorities } from '../priority.ts'
import { at, testSettings } from './settings.ts'

/** One scan at a Kuala Lumpur wall-clock time. */
export const scan = (status: TrackingStatus, local: string, changed: Partial<TrackingEvent> = {}): TrackingEvent => ({
  at: at(local).toISOString(),
  rawAt: local,
  zoneGuessed: false,
  code: null,
  text: status,
  status,
  substatus: null,
  location: null,
  ...changed,
})

export const found = (...events: TrackingEvent[]): ItemAnswer => ({ kind: 'found', events, flags: [] })
export const notFound: ItemAnswer = { kind: 'not_found' }
export const unreadable: ItemAnswer = { kind: 'unreadable', problem: 'The scan log is not a list.' }

/** A parcel registered on Monday 2 March 2026 at 08:00 that nobody has asked about yet. */
export const aTracking = (changed: Partial<TrackingState> = {}): TrackingState => ({
  id: '1',
  trackingNumber: '632143239945',
  courier: 'J&T Express',
  status: 'pending',
  substatus: null,
  events: [],
  milestones: { collectedAt: null, outForDeliveryAt: null, deliveredAt: null },
  estimatedDelivery: null,
  registeredAt: at('2026-03-02 08:00'),
  confirmedAt: null,
  endedAt: null,
  requiresAttention: false,
  attentionReason: null,
  checkedAt: null,
  consecutiveFailures: 0,
  lastFailure: null,
  strikes: 0,
  struckAt: null,
  ...changed,
})

const calendar = createCalendar(testSettings)

export const context = (now: Date, changed: Partial<CheckContext> = {}): CheckContext => ({
  now,
  settings: testSettings,
  calendar,
  priority: priorities.scheduled,
  ownsSchedule: true,
  isDemo: false,
  ...changed,
})

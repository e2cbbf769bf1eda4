import type { Substatus, TrackingStatus } from '@jejak/contract'
import type { ItemAnswer, ToldScan } from '../../easyparcel/client/easyparcel-client.ts'
import { createCalendar } from '../schedule/calendar.ts'
import type { CheckContext, TrackingState } from '../schedule/check.ts'
import { priorities } from '../schedule/priority.ts'
import { at, testSettings } from './settings.ts'

/** How the Open API tells each status: its code, and a text where the code does not say it alone. */
const sayings: Record<Exclude<TrackingStatus, 'lapsed'>, readonly [code: number, text: string]> = {
  pending: [11, ''],
  info_received: [7, 'Shipment information sent to City-Link'],
  collected: [3, ''],
  in_transit: [4, ''],
  out_for_delivery: [4, 'Out for delivery'],
  ready_for_pickup: [4, 'Ready for collection at counter'],
  attempt_failed: [4, 'Delivery failed'],
  on_hold: [8, ''],
  exception: [4, 'Shipment delayed'],
  delivered: [5, ''],
  returning: [4, 'Return to sender initiated'],
  returned: [6, ''],
  cancelled: [0, ''],
  unknown: [99, ''],
}
const mishaps: Partial<Record<Substatus, string>> = {
  lost: 'Parcel lost',
  damaged: 'Parcel damaged',
  misrouted: 'Parcel missorted',
}

/** What the courier says when a parcel is in this status. */
export const saying = (status: TrackingStatus, substatus?: Substatus | null): Pick<ToldScan, 'code' | 'text'> => {
  const [code, text] = sayings[status as keyof typeof sayings]
  return { code, text: (substatus && mishaps[substatus]) ?? text }
}

/** One scan of this status, at a Kuala Lumpur wall-clock time. */
export const scan = (
  status: TrackingStatus,
  local: string,
  { substatus, ...changed }: Partial<ToldScan> & { substatus?: Substatus } = {},
): ToldScan => ({
  at: at(local).toISOString(),
  rawAt: local,
  zoneGuessed: false,
  ...saying(status, substatus),
  location: null,
  source: 'open',
  position: 0,
  ...changed,
})

/** The whole log of a parcel. */
export const found = (...scans: ToldScan[]): ItemAnswer => ({ kind: 'found', scans, isWhole: scans.length > 0 })
/** News of it, and nothing about the rest. */
export const news = (...scans: ToldScan[]): ItemAnswer => ({ kind: 'found', scans, isWhole: false })
export const notFound: ItemAnswer = { kind: 'not_found' }
export const unreadable: ItemAnswer = { kind: 'unreadable', problem: 'The scan log is not a list.' }

/** A parcel registered on Monday 2 March 2026 at 08:00 that no one has asked about yet. */
export const aTracking = (changed: Partial<TrackingState> = {}): TrackingState => ({
  id: '1',
  trackingNumber: '632143239945',
  courier: 'J&T Express',
  status: 'pending',
  substatus: null,
  scans: [],
  documentVersion: '',
  milestones: { collectedAt: null, outForDeliveryAt: null, deliveredAt: null },
  estimatedDelivery: null,
  registeredAt: at('2026-03-02 08:00'),
  confirmedAt: null,
  endedAt: null,
  attentionReason: null,
  checkedAt: null,
  toldAgainAt: null,
  attentionSeenAt: null,
  consecutiveFailures: 0,
  lastFailure: null,
  strikes: 0,
  struckAt: null,
  ...changed,
})

const calendar = createCalendar(testSettings)

export const context = (now: Date, changed: Partial<CheckContext> = {}): CheckContext => ({
  now,
  toldAt: now,
  settings: testSettings,
  calendar,
  priority: priorities.scheduled,
  schedule: 'ours',
  isDemo: false,
  ...changed,
})

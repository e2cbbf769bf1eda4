import type { CheckingSettings } from '../settings.ts'

const minute = 60_000
const hour = 60 * minute

/** The defaults of the configuration, spelled out for tests. */
export const testSettings: CheckingSettings = {
  timezone: 'Asia/Kuala_Lumpur',
  quietHours: { from: 22, to: 7 },
  restDays: [6, 0],
  holidayRegion: 'MY',
  holidayOverrides: [],
  preShipmentMs: 240 * minute,
  inTransitMs: 120 * minute,
  outForDeliveryMs: 30 * minute,
  exceptionMs: 60 * minute,
  minMs: 15 * minute,
  maxMs: 1440 * minute,
  unknownLadderMs: [30 * minute, 120 * minute, 360 * minute],
  unknownAttentionMs: 72 * hour,
  confirmationsMs: [24 * hour, 72 * hour],
  lapseMs: 30 * 24 * hour,
  culpritMs: 48 * hour,
  jitter: 0.1,
  weekendFactor: 1.5,
  nightFactor: 2,
  backoffMs: [minute, 5 * minute, 15 * minute],
  dailyBudget: 1000,
  budgetReserve: 0.1,
  refreshParcelsMax: 50_000,
  refreshRunsMax: 3,
  suspectShare: 0.15,
  paceBurst: 0.02,
  quietPace: 0.25,
  breakerFailures: 3,
  breakerCooldownMs: 30_000,
  breakerCooldownMaxMs: 15 * minute,
  concurrencyMax: 3,
  callsPerSecond: 1,
  apiTimeoutMs: 10_000,
  leaseGraceMs: 30_000,
  retryAfterMaxMs: 15 * minute,
  batchSize: 50,
  failuresMax: 5,
  eventsMax: 50,
  reuseAgeMs: 60 * 24 * hour,
  cacheTtlMs: 24 * hour,
  registerDelayMs: 8000,
  expiredWakeMs: 15 * minute,
}

/** An instant from what a wall clock in Kuala Lumpur shows, such as `2026-03-02 09:30`. */
export const at = (local: string): Date =>
  new Date(`${local.replace(' ', 'T')}${local.length === 10 ? 'T00:00' : ''}+08:00`)

import type { Config } from '@jejak/config'

type Tracking = Config['tracking']

/** Hours of the local day, `from` inclusive and `to` exclusive; `from` may be later than `to` (22 to 7 runs over midnight). */
export type QuietHours = NonNullable<Tracking['quietHours']>

/** Which local day and hour it is, and which days count as working days. */
export type CalendarSettings = Readonly<
  Pick<Tracking, 'timezone' | 'quietHours' | 'holidayRegion'> & { holidayOverrides: readonly string[] }
>

/** How often a tracking is checked; all `…Ms` are milliseconds, factors multiply a cadence. */
export type CadenceSettings = Readonly<
  Pick<
    Tracking,
    | 'preShipmentMs'
    | 'inTransitMs'
    | 'outForDeliveryMs'
    | 'exceptionMs'
    | 'minMs'
    | 'maxMs'
    | 'unknownLadderMs'
    | 'unknownAttentionMs'
    | 'confirmationsMs'
    | 'lapseMs'
    | 'culpritMs'
    | 'jitter'
    | 'weekendFactor'
    | 'nightFactor'
    | 'backoffMs'
  >
>

/** How the calls of one local day are spread over it. Reserve, suspects' share and burst are shares of the budget. */
export type PaceSettings = Readonly<
  Pick<
    Tracking,
    'timezone' | 'quietHours' | 'dailyBudget' | 'budgetReserve' | 'suspectShare' | 'paceBurst' | 'quietPace'
  >
>

export type BreakerSettings = Readonly<Pick<Tracking, 'breakerFailures' | 'breakerCooldownMs' | 'breakerCooldownMaxMs'>>

export type GateSettings = PaceSettings &
  BreakerSettings &
  Readonly<Pick<Tracking, 'concurrencyMax' | 'callsPerSecond' | 'apiTimeoutMs' | 'leaseGraceMs' | 'retryAfterMaxMs'>>

/** Everything the check flow decides by. */
export type CheckingSettings = CalendarSettings &
  CadenceSettings &
  GateSettings &
  Readonly<Pick<Tracking, 'batchSize' | 'failuresMax' | 'eventsMax' | 'reuseAgeMs'>>

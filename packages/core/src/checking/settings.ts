/** Hours of the local day, `from` inclusive and `to` exclusive; `from` may be later than `to` (22 to 7 runs over midnight). */
export type QuietHours = { readonly from: number; readonly to: number }

/** Which local day and hour it is, and which days count as working days. */
export type CalendarSettings = {
  readonly timezone: string
  readonly quietHours: QuietHours | null
  /** `MY`, `MY-10` (a state) or `off`. */
  readonly holidayRegion: string
  /** Days `YYYY-MM-DD` added to the calendar; with a leading minus, taken out of it. */
  readonly holidayOverrides: readonly string[]
}

/** How often a tracking is checked; all `…Ms` are milliseconds, factors multiply a cadence. */
export type CadenceSettings = {
  readonly preShipmentMs: number
  readonly inTransitMs: number
  readonly outForDeliveryMs: number
  readonly exceptionMs: number
  readonly minMs: number
  readonly maxMs: number
  readonly unknownLadderMs: readonly number[]
  readonly unknownAttentionMs: number
  readonly confirmationsMs: readonly number[]
  readonly lapseMs: number
  /** How often a number is asked about that makes calls fail by itself. */
  readonly culpritMs: number
  /** Share of a cadence by which a check may come earlier or later, 0 to 1. */
  readonly jitter: number
  readonly weekendFactor: number
  readonly nightFactor: number
  readonly backoffMs: readonly number[]
}

/** How the calls of one local day are spread over it. Reserve, suspects' share and burst are shares of the budget. */
export type PaceSettings = Pick<CalendarSettings, 'timezone' | 'quietHours'> & {
  readonly dailyBudget: number
  readonly budgetReserve: number
  readonly suspectShare: number
  readonly paceBurst: number
  readonly quietPace: number
}

export type BreakerSettings = {
  readonly breakerFailures: number
  readonly breakerCooldownMs: number
  readonly breakerCooldownMaxMs: number
}

export type GateSettings = PaceSettings &
  BreakerSettings & {
    readonly concurrencyMax: number
    readonly callsPerSecond: number
    readonly apiTimeoutMs: number
    readonly leaseGraceMs: number
    readonly retryAfterMaxMs: number
  }

/** Everything the check flow decides by; `config.tracking` is one of these. */
export type CheckingSettings = CalendarSettings &
  CadenceSettings &
  GateSettings & {
    readonly batchSize: number
    readonly failuresMax: number
    readonly eventsMax: number
    readonly reuseAgeMs: number
  }

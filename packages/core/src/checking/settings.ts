import type { Config } from '@jejak/config'

/** Everything that checks are decided by; all `…Ms` are milliseconds, factors multiply a cadence, shares are of the day's budget. */
export type CheckingSettings = Readonly<Config['tracking']>

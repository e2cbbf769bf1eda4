/** What the simulator's account of a demo accepts. */
const simulatorAccount = {
  EASYPARCEL_API: 'open',
  EASYPARCEL_CLIENT_ID: 'demo',
  EASYPARCEL_CLIENT_SECRET: 'demo-secret',
  EASYPARCEL_REFRESH_TOKEN: 'demo-refresh-token',
}

/** The same at any hour of any day, and no budget to wait for. */
const alikeAtAnyHour = {
  TRACKING_REST_DAY_FACTOR: '1',
  TRACKING_NIGHT_FACTOR: '1',
  TRACKING_QUIET_HOURS: 'off',
  TRACKING_QUIET_PACE: '1',
  TRACKING_HOLIDAY_REGION: 'off',
  TRACKING_DAILY_BUDGET: '100000',
  TRACKING_PACE_BURST: '1',
  TRACKING_CALLS_PER_SECOND: '20',
  CRON_URGENT: '*/2 * * * * *',
  CRON_REGULAR: '*/2 * * * * *',
}

/** Real minutes, hours and days of the ordinary settings, which a demo goes through `speed` times faster. */
const realTimes = {
  TRACKING_PRE_SHIPMENT_FREQ: [240],
  TRACKING_IN_TRANSIT_FREQ: [120],
  TRACKING_OUT_FOR_DELIVERY_FREQ: [30],
  TRACKING_EXCEPTION_FREQ: [60],
  TRACKING_MIN_FREQ: [15],
  TRACKING_MAX_FREQ: [1440],
  TRACKING_UNKNOWN_LADDER: [30, 120, 360],
  TRACKING_UNKNOWN_ATTENTION: [72],
  TRACKING_CONFIRMATION_DELAY: [24, 72],
  TRACKING_LAPSE: [30],
  TRACKING_CACHE_TTL: [24],
  TRACKING_EXPIRED_WAKE: [15],
}

/** These follow the network, not the parcels, and need not shrink by as much. */
const shortWaits = {
  TRACKING_API_TIMEOUT: '5000',
  TRACKING_LEASE_GRACE: '5',
  TRACKING_BACKOFF: '0.03,0.1,0.3',
  TRACKING_BREAKER_COOLDOWN: '2',
  TRACKING_BREAKER_COOLDOWN_MAX: '0.2',
  TRACKING_RETRY_AFTER_MAX: '0.2',
  TRACKING_REGISTER_DELAY: '1',
}

/** The least a shrunk setting may be; packages/config accepts nothing shorter. */
const leastTime = 0.001
/** Two calls in flight and their lease must fit into it, however fast the demo runs: 30 seconds, in hours. */
const leastCacheTtl = 30 / 3600

/** Environment of a demo whose parcels live `speed` times faster than real ones. */
export const demoSettings = (speed: number): Record<string, string> => {
  const shrink = (name: string, times: number[]) =>
    times
      .map((time) => Math.max(time / speed, name === 'TRACKING_CACHE_TTL' ? leastCacheTtl : leastTime).toFixed(6))
      .join(',')
  const shrunk = Object.entries(realTimes).map(([name, times]) => [name, shrink(name, times)])
  return { ...simulatorAccount, ...alikeAtAnyHour, ...shortWaits, ...Object.fromEntries(shrunk) }
}

import type { SimulatorOptions } from '@jejak/easyparcel-simulator'

/** How large a run is. All lives end within `livesMs`; afterwards, without faults and kills, `calmMaxMs` must do for the last checks. */
export type ChaosSize = { parcels: number; batch: number; livesMs: number; killEveryMs: number; calmMaxMs: number }

export const fullChaos: ChaosSize = {
  parcels: 2000,
  batch: 50,
  livesMs: 180_000,
  killEveryMs: 5_000,
  calmMaxMs: 90_000,
}
export const shortChaos: ChaosSize = { parcels: 150, batch: 5, livesMs: 20_000, killEveryMs: 3_000, calmMaxMs: 40_000 }

export const workerCount = 3
export const callsOpenMax = 3
export const faultProbability = 0.05
const longestLifeMs = 64 * 3_600_000
const timeoutMs = 1_000

/** An EasyParcel in which every fault it knows befalls one call in twenty; a slow answer may take longer than the time-out. */
export const simulatorOptions = ({ livesMs }: ChaosSize): SimulatorOptions => ({
  seed: 'chaos',
  speed: longestLifeMs / livesMs,
  faults: {
    all: faultProbability,
    // More often than the others, so that kills meet open calls and all slots are taken.
    slow: 0.5,
    token_500: faultProbability,
    token_html: faultProbability,
    token_wrapped: faultProbability,
  },
  slowMs: [20, 1.4 * timeoutMs],
  retryAfterSeconds: 1,
  // Access is renewed 30 s before its end, so every few seconds.
  expiresInSeconds: 38,
})

/** As often as three calls at once can manage when half of them fail: about eight calls a second. */
const checkEveryMs = ({ parcels, batch }: ChaosSize) => (1_000 * parcels) / batch / 8
const inMinutes = (ms: number) => (ms / 60_000).toFixed(5)

/** The variables of a worker in a run: nothing but times is unusual. */
export const workerEnvironment = (
  size: ChaosSize,
  { databaseUrl, easyParcelUrl }: { databaseUrl: string; easyParcelUrl: string },
): Record<string, string> => {
  const checkEvery = inMinutes(checkEveryMs(size))
  const urgently = inMinutes(checkEveryMs(size) / 2)
  return {
    DATABASE_URL: databaseUrl,
    SECRET_KEY: 'a secret that only a chaos run knows',
    WORKER_HEALTH_PORT: '0',
    SHUTDOWN_TIMEOUT: '10000',
    EASYPARCEL_BASE_URL: easyParcelUrl,
    EASYPARCEL_CLIENT_ID: 'demo',
    EASYPARCEL_CLIENT_SECRET: 'demo-secret',
    EASYPARCEL_ACCESS_TOKEN: 'demo-access-token',
    EASYPARCEL_REFRESH_TOKEN: 'demo-refresh-token',
    SYNC_ENABLED: 'false',
    CRON_URGENT: '* * * * * *',
    CRON_REGULAR: '* * * * * *',
    TRACKING_API_TIMEOUT: String(timeoutMs),
    TRACKING_LEASE_GRACE: '1',
    TRACKING_JOB_BATCH_SIZE: String(size.batch),
    TRACKING_MAX_CONCURRENT: String(callsOpenMax),
    TRACKING_CALLS_PER_SECOND: '100',
    TRACKING_DAILY_BUDGET: '1000000',
    TRACKING_PACE_BURST: '1',
    TRACKING_QUIET_PACE: '1',
    TRACKING_QUIET_HOURS: 'off',
    TRACKING_NIGHT_FACTOR: '1',
    TRACKING_REST_DAY_FACTOR: '1',
    TRACKING_HOLIDAY_REGION: 'off',
    TRACKING_PRE_SHIPMENT_FREQ: checkEvery,
    TRACKING_IN_TRANSIT_FREQ: checkEvery,
    TRACKING_OUT_FOR_DELIVERY_FREQ: urgently,
    TRACKING_EXCEPTION_FREQ: urgently,
    TRACKING_UNKNOWN_LADDER: urgently,
    TRACKING_MIN_FREQ: inMinutes(checkEveryMs(size) / 3),
    // Also the longest wait after failed calls.
    TRACKING_MAX_FREQ: inMinutes(checkEveryMs(size) * 4),
    TRACKING_CONFIRMATION_DELAY: '0.002',
    TRACKING_BACKOFF: '0.01,0.02,0.05',
    // With half of the calls failing, three in a row would keep it open most of the time, and slots and budget out of trouble.
    TRACKING_BREAKER_FAILURES: '6',
    TRACKING_BREAKER_COOLDOWN: '0.05',
    TRACKING_BREAKER_COOLDOWN_MAX: '0.001',
    TRACKING_RETRY_AFTER_MAX: '0.05',
    TRACKING_REGISTER_DELAY: '1',
    // A number that failed alone by chance is asked again soon; in life every second day.
    TRACKING_CULPRIT_INTERVAL: '0.001',
    TRACKING_SUSPECT_SHARE: '0.9',
  }
}

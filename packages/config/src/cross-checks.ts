import type { Config } from './variables.ts'

/** Whether a host belongs to the real EasyParcel, of any of its countries; a demo never asks it, and no key travels to it in clear. */
export const isRealEasyParcel = (hostname: string): boolean =>
  /(^|\.)easyparcel\.(com|my|sg|co\.th|co\.id)\.?$/i.test(hostname)

const inHours = (ms: number) => `${Math.round(ms / 36) / 100_000} hours`

/** The longest time between two checks of a parcel that is still on its way, by night on a rest day. */
const longestCadenceMs = ({ tracking: t }: Config): number => {
  const slow =
    Math.max(t.preShipmentMs, t.inTransitMs, t.exceptionMs) * t.weekendFactor * (t.quietHours ? t.nightFactor : 1)
  return Math.min(Math.max(slow, t.outForDeliveryMs, t.minMs), t.maxMs)
}

type Check = {
  /** Without these the check says nothing; a broken one has reported itself. */
  readonly involves: readonly string[]
  readonly isBroken: (config: Config) => boolean
  readonly problem: string | ((config: Config) => string)
}

const checks: readonly Check[] = [
  {
    involves: ['TRACKING_MIN_FREQ', 'TRACKING_MAX_FREQ'],
    isBroken: ({ tracking }) => tracking.minMs > tracking.maxMs,
    problem: 'TRACKING_MIN_FREQ must not be above TRACKING_MAX_FREQ',
  },
  {
    involves: [
      'TRACKING_CACHE_TTL',
      'TRACKING_PRE_SHIPMENT_FREQ',
      'TRACKING_IN_TRANSIT_FREQ',
      'TRACKING_OUT_FOR_DELIVERY_FREQ',
      'TRACKING_EXCEPTION_FREQ',
      'TRACKING_MIN_FREQ',
      'TRACKING_MAX_FREQ',
      'TRACKING_REST_DAY_FACTOR',
      'TRACKING_NIGHT_FACTOR',
      'TRACKING_QUIET_HOURS',
    ],
    isBroken: (config) => config.tracking.cacheTtlMs < 2 * longestCadenceMs(config),
    problem: (config) =>
      `TRACKING_CACHE_TTL must be at least ${inHours(2 * longestCadenceMs(config))}, twice the longest time between checks with its night and rest days, but is ${inHours(config.tracking.cacheTtlMs)}`,
  },
  {
    involves: ['TRACKING_LEASE_GRACE', 'TRACKING_API_TIMEOUT', 'TRACKING_CACHE_TTL'],
    isBroken: ({ tracking }) => 2 * tracking.apiTimeoutMs + tracking.leaseGraceMs > tracking.cacheTtlMs,
    problem:
      'TRACKING_LEASE_GRACE plus twice TRACKING_API_TIMEOUT must not exceed TRACKING_CACHE_TTL, or the parcels of a killed worker expire before anyone checks them',
  },
  {
    involves: ['SHUTDOWN_TIMEOUT', 'TRACKING_API_TIMEOUT'],
    isBroken: ({ tracking, worker }) => worker.shutdownTimeoutMs < tracking.apiTimeoutMs,
    problem: 'SHUTDOWN_TIMEOUT must not be below TRACKING_API_TIMEOUT, or each stop cuts off the call in flight',
  },
  {
    involves: ['TRACKING_BREAKER_COOLDOWN', 'TRACKING_BREAKER_COOLDOWN_MAX'],
    isBroken: ({ tracking }) => tracking.breakerCooldownMs > tracking.breakerCooldownMaxMs,
    problem: 'TRACKING_BREAKER_COOLDOWN must not be above TRACKING_BREAKER_COOLDOWN_MAX',
  },
  {
    involves: ['RETENTION_ARCHIVE_AFTER', 'RETENTION_DELETE_AFTER'],
    isBroken: ({ retention }) => retention.archiveMs > retention.deleteMs,
    problem: 'RETENTION_ARCHIVE_AFTER must not be above RETENTION_DELETE_AFTER',
  },
  {
    involves: ['RETENTION_ARCHIVE_AFTER', 'TRACKING_REUSE_AGE'],
    isBroken: ({ retention, tracking }) => retention.archiveMs < tracking.reuseAgeMs,
    problem:
      'RETENTION_ARCHIVE_AFTER must not be below TRACKING_REUSE_AGE, or a number that is free again is registered while its old scans still count',
  },
  {
    involves: ['DATABASE_URL', 'DATABASE_DIRECT_URL'],
    isBroken: ({ database }) => database.directUrl !== undefined && database.url === undefined,
    problem: 'DATABASE_DIRECT_URL needs DATABASE_URL',
  },
  {
    involves: ['DATABASE_URL', 'DATABASE_DIRECT_URL', 'FENCE'],
    isBroken: ({ database: { url, directUrl, isFenced } }) =>
      url !== undefined && url.reveal().includes('{role}') !== (isFenced && directUrl !== undefined),
    problem:
      'DATABASE_URL needs {role} exactly where a pooler is in between (DATABASE_DIRECT_URL is set) and FENCE is on: see docs/fence.md',
  },
  {
    involves: ['EASYPARCEL_CLIENT_ID', 'EASYPARCEL_CLIENT_SECRET'],
    isBroken: ({ easyparcel }) => (easyparcel.clientId === undefined) !== (easyparcel.clientSecret === undefined),
    problem: 'EASYPARCEL_CLIENT_ID and EASYPARCEL_CLIENT_SECRET go together: set both or neither',
  },
  {
    involves: ['EASYPARCEL_CLIENT_ID', 'EASYPARCEL_REFRESH_TOKEN'],
    isBroken: ({ easyparcel }) => easyparcel.refreshToken !== undefined && easyparcel.clientId === undefined,
    problem: 'EASYPARCEL_REFRESH_TOKEN needs EASYPARCEL_CLIENT_ID and EASYPARCEL_CLIENT_SECRET',
  },
  {
    involves: ['RETENTION_AUDIT'],
    isBroken: ({ retention }) => retention.auditMs < 31 * 86_400_000,
    problem: 'RETENTION_AUDIT must be at least 31 days: the database lets no younger entry go',
  },
  {
    involves: ['ADMIN_EMAIL', 'ADMIN_PASSWORD'],
    isBroken: ({ access }) => (access.adminEmail === undefined) !== (access.adminPassword === undefined),
    problem: 'ADMIN_EMAIL and ADMIN_PASSWORD go together: set both or neither',
  },
  {
    involves: ['SECRET_KEY', 'JEJAK_DEMO'],
    isBroken: ({ demo, keys }) => !demo.enabled && keys.secretKey === undefined,
    problem: 'SECRET_KEY is required: a random text of at least 32 bytes, kept safe (openssl rand -hex 32 makes one)',
  },
  {
    involves: ['SECRET_KEY', 'SECRET_KEY_OTHER'],
    isBroken: ({ keys }) =>
      keys.otherSecretKey !== undefined && keys.otherSecretKey.reveal() === keys.secretKey?.reveal(),
    problem: 'SECRET_KEY_OTHER is the same as SECRET_KEY: remove it',
  },
  {
    involves: ['JEJAK_DEMO', 'EASYPARCEL_BASE_URL'],
    isBroken: ({ demo, easyparcel }) => demo.enabled && isRealEasyParcel(new URL(easyparcel.baseUrl).hostname),
    problem: 'EASYPARCEL_BASE_URL must not be the real EasyParcel in a demo',
  },
]

/** Something wrong between variables that are each fine alone. */
export type Contradiction = { readonly involves: readonly string[]; readonly problem: string }

/** What is wrong between variables that are each fine alone; `broken` names those that are not. */
export const contradictions = (config: Config, broken: ReadonlySet<string> = new Set()): Contradiction[] =>
  checks
    .filter(({ involves, isBroken }) => !involves.some((name) => broken.has(name)) && isBroken(config))
    .map(({ involves, problem }) => ({ involves, problem: typeof problem === 'string' ? problem : problem(config) }))

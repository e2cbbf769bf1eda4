import {
  cron,
  dates,
  daysOfWeek,
  duration,
  durations,
  flag,
  httpOrigin,
  httpUrl,
  integer,
  type Kind,
  listenHost,
  matching,
  mebibytes,
  networks,
  number,
  oneOf,
  port,
  postgresUrl,
  quietHours,
  redisUrl,
  secretHttpUrl,
  secretMatching,
  secretText,
  text,
  timeZone,
} from './kinds.ts'

/** Reads another variable's text: what is set, or its default. */
export type ReadText = (name: string) => string

/** A default as the operator would write it, or one that follows from other variables. */
export type Default = string | { readonly shown: string; readonly from: (read: ReadText) => string }

export type Variable<T> = {
  readonly name: string
  readonly kind: Kind<T>
  readonly meaning: string
  readonly default?: Default
  /** Each shop may have a value of its own: it is one of these settings of a shop. */
  readonly ofShop?: SettingGroup
  /** The name that a release before gave it; it is still read. */
  readonly formerly?: string
  /** Its value never appears in an error message. */
  readonly secret?: true
}

/** What a setting that shops may have of their own is about. */
export type SettingGroup = 'cadence' | 'calendar' | 'budget' | 'attention' | 'freshness'

const required = <T>(name: string, kind: Kind<T>, fallback: Default) => ({
  means: (meaning: string) => ({ name, kind, meaning, default: fallback }),
  /** The same for one that each shop may change for itself, while everything runs. */
  ofShop: (ofShop: SettingGroup, meaning: string) => ({ name, kind, meaning, default: fallback, ofShop }),
})
const optional = <T>(name: string, kind: Kind<T>) => ({ means: (meaning: string) => ({ name, kind, meaning }) })
const optionalSecret = <T>(name: string, kind: Kind<T>) => ({
  means: (meaning: string) => ({ name, kind, meaning, secret: true as const }),
})

const cadence = { min: 0.001, max: 43_200 }
const withinYear = { min: 0.001, max: 8760 }
const minutes = duration('minutes', cadence)
const hours = duration('hours', withinYear)
const days = duration('days', { min: 0.001, max: 3650 })
const window = duration('minutes', { min: 0.001, max: 1440 })
const patience = duration('milliseconds', { min: 100, max: 600_000 })
const bodySize = mebibytes({ min: 0.001, max: 64 })
const pool = integer({ min: 1, max: 200 })
const quota = (min = 1) => integer({ min, max: 1_000_000_000 })

const EASYPARCEL_HOSTS: Record<string, string> = {
  open: 'https://api.easyparcel.com',
  classic: 'https://connect.easyparcel.my',
}

/** Every variable once: group and key are its place in `Config`. */
export const variables = {
  http: {
    host: required('HOST', listenHost, '0.0.0.0').means('Address the API listens on.'),
    port: required('PORT', port, '3000').means('Port the API listens on.'),
    publicUrl: required('PUBLIC_URL', httpOrigin, {
      shown: 'http://localhost:PORT',
      from: (read) => `http://localhost:${read('PORT')}`,
    }).means('Address at which buyers and shops reach this installation; used in links.'),
    trustedProxies: required('TRUSTED_PROXIES', networks, '').means(
      'Proxies whose X-Forwarded-For is trusted. Empty: none, the connecting address counts.',
    ),
    bodyLimitBytes: required('HTTP_BODY_LIMIT', bodySize, '1').means('Largest request body.'),
    importLimitBytes: required('IMPORT_BODY_LIMIT', mebibytes({ min: 0.001, max: 1024 }), '32').means(
      'Largest CSV file that one import takes.',
    ),
    importLinesMax: required('IMPORT_MAX_LINES', integer({ min: 1, max: 10_000_000 }), '100000').means(
      'Most lines of one imported CSV file.',
    ),
    importTimeoutMs: required('IMPORT_TIMEOUT', duration('seconds', { min: 1, max: 86_400 }), '600').means(
      'Longest time one import may take, from its first byte to its answer.',
    ),
    cacheMaxMs: required('HTTP_CACHE_MAX', duration('seconds', { min: 0, max: 86_400 }), '60').means(
      'Longest time browsers and proxies may keep a public answer; it is shorter when the next check is due sooner.',
    ),
    requestTimeoutMs: required('HTTP_REQUEST_TIMEOUT', patience, '30000').means(
      'Longest time a client may take to send a request.',
    ),
    connectionsMax: required('HTTP_CONNECTIONS_MAX', integer({ min: 10, max: 1_000_000 }), '20000').means(
      'Most connections that one API process keeps open; more are refused.',
    ),
    connectionsPerAddressMax: required(
      'HTTP_CONNECTIONS_PER_ADDRESS',
      integer({ min: 1, max: 1_000_000 }),
      '2000',
    ).means('Most of these from one IPv4 address, or one IPv6 /64; TRUSTED_PROXIES are not counted.'),
    loopDelayMaxMs: required('OVERLOAD_DELAY_MAX', duration('milliseconds', { min: 20, max: 60_000 }), '500').means(
      'How late the event loop of an API process may be, three times in a row, before it answers 503 until it has caught up.',
    ),
  },
  live: {
    streamsMax: required('LIVE_STREAMS_MAX', integer({ min: 0, max: 100_000 }), '5000').means(
      'Most live streams open at once on one API process; 0 switches them off, and pages ask again instead.',
    ),
    streamsPerAddressMax: required('LIVE_STREAMS_PER_ADDRESS', integer({ min: 1, max: 100_000 }), '500').means(
      'Most live streams of one IPv4 address, or one IPv6 /64, on one API process; mobile carriers put thousands of people behind one.',
    ),
    heartbeatMs: required('LIVE_HEARTBEAT', duration('seconds', { min: 0.1, max: 3600 }), '20').means(
      'Longest silence of a live stream; proxies close quiet connections.',
    ),
    freshnessMs: required('LIVE_FRESHNESS', duration('seconds', { min: 0.1, max: 3600 }), '60').means(
      'How often all watched parcels are read again, for what changes without a message, such as freshness.',
    ),
    gatherMs: required('LIVE_GATHER', duration('milliseconds', { min: 0, max: 5000 }), '50').means(
      'How long changes are gathered before the changed parcels are read together.',
    ),
    maxAgeMs: required('LIVE_MAX_AGE', window, '60').means(
      'Longest life of a live stream; browsers reconnect by themselves.',
    ),
    retryMs: required('LIVE_RETRY', patience, '3000').means(
      'When browsers reconnect after a lost stream; each waits up to twice as long, so that they do not all come at once.',
    ),
    backlogMaxBytes: required('LIVE_BACKLOG_MAX', bodySize, '0.25').means(
      'Most unread data kept for one live stream; a client that reads slower is cut off.',
    ),
  },
  limits: {
    publicWindowMs: required('LIMIT_PUBLIC_WINDOW', window, '15').means(
      'Time over which the limits of one address count.',
    ),
    visits: required('LIMIT_PUBLIC_VISITS', quota(), '6000').means(
      'Most public reads and order look-ups of one IPv4 address, or one IPv6 /64; mobile carriers put thousands of people behind one.',
    ),
    misses: required('LIMIT_PUBLIC_MISSES', quota(), '100').means(
      'Most answers to one address that something does not exist (404) or that its key is wrong (401).',
    ),
    shopWindowMs: required('LIMIT_SHOP_WINDOW', window, '5').means(
      'Time over which reads and writes of one shop count.',
    ),
    reads: required('LIMIT_SHOP_READS', quota(), '60000').means('Most reads with the keys of one shop.'),
    writes: required('LIMIT_SHOP_WRITES', quota(1000), '60000').means(
      'Most parcels that one shop registers, changes or removes; a bulk call counts as its items.',
    ),
    staffWindowMs: required('LIMIT_STAFF_WINDOW', window, '60').means(
      'Time over which imports, refreshes and questions about customers count.',
    ),
    imports: required('LIMIT_IMPORTS', quota(), '120').means('Most CSV files that one shop imports.'),
    refreshes: required('LIMIT_REFRESHES', quota(), '600').means('Most checks that staff of one shop ask for by hand.'),
    privacy: required('LIMIT_PRIVACY', quota(), '60').means(
      'Most questions of one shop about what is held on a customer, erasures included.',
    ),
    countersMax: required('LIMIT_COUNTERS_MAX', integer({ min: 100, max: 10_000_000 }), '50000').means(
      'Most addresses or shops of one limit that a process remembers; beyond it the oldest are forgotten.',
    ),
    redisUrl: optionalSecret('REDIS_URL', redisUrl).means(
      'Redis through which the API processes share their counts. Absent: each counts alone.',
    ),
    shareMs: required('LIMIT_SHARE_INTERVAL', duration('milliseconds', { min: 10, max: 60_000 }), '250').means(
      'How often the processes share their counts.',
    ),
  },
  data: {
    dir: required('DATA_DIR', text(1000), '.data').means('Folder of the embedded database and of generated secrets.'),
  },
  database: {
    url: optionalSecret('DATABASE_URL', postgresUrl).means(
      'PostgreSQL 15 or newer to use; behind a pooler with {role} where the role goes. Absent: an embedded server is started.',
    ),
    directUrl: optionalSecret('DATABASE_DIRECT_URL', postgresUrl).means(
      'The same database without a connection pooler between, for migrations and the queue. Absent: DATABASE_URL.',
    ),
    isFenced: required('FENCE', flag, 'on').means(
      'Whether the database itself keeps shops apart. Off, only for a database where no one may make roles: the statements of Jejak alone do.',
    ),
    isPrepared: required('DATABASE_PREPARED', flag, 'on').means(
      'Whether statements may have names. Off behind a pooler that knows none, such as PgBouncer before 1.21.',
    ),
    apiPoolMax: required('DATABASE_API_POOL', pool, '8').means(
      'Most connections of one API process for each of its works: those of shops, sign-in and look-ups.',
    ),
    readPoolMax: required('DATABASE_READ_POOL', pool, '2').means(
      'Connections of one API process for public reads, beside its pool; look-ups share them, so few are enough.',
    ),
    readUrl: optionalSecret('DATABASE_READ_URL', postgresUrl).means(
      'A streaming replica of the same database, for public reads; {role} as in DATABASE_URL. Absent: they read DATABASE_URL.',
    ),
    readTimeoutMs: required('DATABASE_READ_TIMEOUT', duration('milliseconds', { min: 50, max: 60_000 }), '900').means(
      'Longest time visitors (reads, pages, live streams, look-ups, reports) wait for the database before they are answered with 503.',
    ),
    replicaLagMaxMs: required('DATABASE_REPLICA_LAG_MAX', duration('seconds', { min: 0.1, max: 3600 }), '5').means(
      'How far the replica may be behind; beyond that, the primary is read.',
    ),
    workerPoolMax: required('DATABASE_WORKER_POOL', pool, '10').means('Most connections of one worker process.'),
    queuePoolMax: required('DATABASE_QUEUE_POOL', pool, '4').means('Most connections of the queue in one process.'),
    statementTimeoutMs: required('DATABASE_STATEMENT_TIMEOUT', patience, '15000').means(
      'Longest time one statement may run.',
    ),
    connectTimeoutMs: required(
      'DATABASE_CONNECT_TIMEOUT',
      duration('milliseconds', { min: 100, max: 120_000 }),
      '5000',
    ).means('Longest wait for a connection.'),
    startWaitMs: required('DATABASE_START_WAIT', duration('seconds', { min: 0, max: 86_400 }), '900').means(
      'How long a starting process waits for a database that does not answer; 0: it does not wait.',
    ),
    embeddedPort: required('EMBEDDED_POSTGRES_PORT', port, '54329').means(
      'Port of the embedded server on 127.0.0.1; a free one is taken when it is in use.',
    ),
  },
  keys: {
    bootstrapApiKey: optionalSecret(
      'BOOTSTRAP_API_KEY',
      secretMatching(/^[\x21-\x7e]{32,200}$/, '32 to 200 letters, digits and signs of ASCII, without spaces'),
    ).means('API key with every scope, created at start. Use a random one: openssl rand -hex 32.'),
    secretKey: optionalSecret('SECRET_KEY', secretText(32)).means(
      'Encrypts stored tokens and keys the contact hashes. Required, except in a demo, which makes and keeps its own.',
    ),
    otherSecretKey: optionalSecret('SECRET_KEY_OTHER', secretText(32)).means(
      'Another key that is accepted while SECRET_KEY rolls over: first the new one, then the old one. See docs/secret-key.md.',
    ),
  },
  log: {
    level: required('LOG_LEVEL', oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'), 'info').means(
      'Lowest level of log lines that are written.',
    ),
  },
  simulator: {
    port: required('SIMULATOR_PORT', port, '3900').means(
      'Port of the EasyParcel simulator in a demo; unless it is set, npm start takes a free one when it is in use.',
    ),
    speed: required('SIMULATOR_SPEED', number({ min: 0.001, max: 1_000_000 }), '864').means(
      'How many times faster than real life simulated parcels travel (864: three days in five minutes).',
    ),
  },
  worker: {
    healthPort: required('WORKER_HEALTH_PORT', integer({ min: 0, max: 65_535 }), '3001').means(
      'Port of the worker health endpoint; unless it is set, npm start takes a free one when it is in use. 0 switches it off.',
    ),
    healthHost: required('WORKER_HEALTH_HOST', text(253), '127.0.0.1').means(
      'Address the health endpoint listens on; use 0.0.0.0 in a container that is checked from outside.',
    ),
    shutdownTimeoutMs: required('SHUTDOWN_TIMEOUT', patience, '25000').means(
      'Longest time a process takes to finish its work when it is told to stop.',
    ),
    heartbeatUrl: optionalSecret('HEARTBEAT_URL', secretHttpUrl).means(
      'Address that is pinged after each good check run, and with each regular tick that finds everything checked.',
    ),
  },
  cron: {
    enabled: required('CRON_ENABLED', flag, 'true').means(
      'Whether workers run the ticks below themselves, at these times in TRACKING_TIMEZONE.',
    ),
    urgent: required('CRON_URGENT', cron, '* * * * *').means('When due parcels of urgent kinds are looked for.'),
    regular: required('CRON_REGULAR', cron, '*/5 * * * *').means('When all due parcels are looked for.'),
    'account-sync': required('CRON_ACCOUNT_SYNC', cron, '* * * * *').means(
      'When accounts are looked for whose list of bookings is due; SYNC_INTERVAL says how often that is.',
    ),
    'audit-seal': required('CRON_AUDIT_SEAL', cron, '* * * * *').means(
      'When new entries of the audit log are sealed into its chain.',
    ),
    'clean-up': {
      ...required('CRON_CLEAN_UP', cron, '0 */6 * * *').means(
        'When parcels and logs past their retention are removed.',
      ),
      formerly: 'CRON_CLEANUP',
    },
    'daily-report': {
      ...required('CRON_DAILY_REPORT', cron, '0 4 * * *').means('When the report of the past day is written.'),
      formerly: 'CRON_REPORT',
    },
    'fold-counts': required('CRON_FOLD_COUNTS', cron, '* * * * *').means(
      'When what changed in the numbers of parcels is added up.',
    ),
    maintenance: required('CRON_MAINTENANCE', cron, '0 4 * * *').means('When the rules of the database are checked.'),
  },
  tracking: {
    preShipmentMs: required('TRACKING_PRE_SHIPMENT_FREQ', minutes, '240').ofShop(
      'cadence',
      'Time between checks before the courier has the parcel.',
    ),
    inTransitMs: required('TRACKING_IN_TRANSIT_FREQ', minutes, '120').ofShop(
      'cadence',
      'Time between checks of a parcel on its way.',
    ),
    outForDeliveryMs: required('TRACKING_OUT_FOR_DELIVERY_FREQ', minutes, '30').ofShop(
      'cadence',
      'Time between checks of a parcel out for delivery, and the longest on its expected delivery day.',
    ),
    exceptionMs: required('TRACKING_EXCEPTION_FREQ', minutes, '60').ofShop(
      'cadence',
      'Time between checks of a parcel that is held, was not delivered, or waits for pickup.',
    ),
    minMs: required('TRACKING_MIN_FREQ', minutes, '15').ofShop('cadence', 'Shortest time between two checks.'),
    maxMs: required('TRACKING_MAX_FREQ', minutes, '1440').ofShop('cadence', 'Longest time between two checks.'),
    unknownLadderMs: required('TRACKING_UNKNOWN_LADDER', durations('minutes', cadence), '30,120,360').ofShop(
      'cadence',
      'Times between checks of a number that EasyParcel does not know yet, on its first day.',
    ),
    unknownAttentionMs: required('TRACKING_UNKNOWN_ATTENTION', hours, '72').ofShop(
      'attention',
      'How long after its registration an unknown number asks for attention.',
    ),
    confirmationsMs: required('TRACKING_CONFIRMATION_DELAY', durations('hours', withinYear), '24,72').ofShop(
      'cadence',
      'Times after its end at which a parcel is checked again, to confirm the end.',
    ),
    culpritMs: required('TRACKING_CULPRIT_INTERVAL', hours, '48').means(
      'Time between two checks of a number that makes EasyParcel fail even when it is asked about alone.',
    ),
    lapseMs: required('TRACKING_LAPSE', days, '30').ofShop('cadence', 'Time without news after which checks stop.'),
    jitter: required('TRACKING_JITTER', number({ min: 0, max: 0.5 }), '0.1').means(
      'Random share added to or taken from each time between checks, so that they spread out.',
    ),
    weekendFactor: required('TRACKING_REST_DAY_FACTOR', number({ min: 1, max: 10 }), '1.5').ofShop(
      'cadence',
      'How much longer times between checks are on rest days and public holidays.',
    ),
    nightFactor: required('TRACKING_NIGHT_FACTOR', number({ min: 1, max: 10 }), '2').ofShop(
      'cadence',
      'How much longer times between checks are in quiet hours.',
    ),
    quietHours: required('TRACKING_QUIET_HOURS', quietHours, '22-7').ofShop(
      'calendar',
      'First hour of the night and first hour of the day, in TRACKING_TIMEZONE; off for none.',
    ),
    restDays: required('TRACKING_REST_DAYS', daysOfWeek, 'sat,sun').ofShop(
      'calendar',
      'Days of the week on which people rest, beside public holidays.',
    ),
    timezone: required('TRACKING_TIMEZONE', timeZone, 'Asia/Kuala_Lumpur').ofShop(
      'calendar',
      'Time zone of the budget day, quiet hours and rest days, and of the times on pages. Ticks go by that of the installation.',
    ),
    holidayRegion: required(
      'TRACKING_HOLIDAY_REGION',
      matching(/^(off|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/, 'a country such as MY, a state such as MY-10, or off'),
      'MY',
    ).ofShop('calendar', 'Whose public holidays count as rest days.'),
    holidayOverrides: required('TRACKING_HOLIDAY_OVERRIDES', dates, '').ofShop(
      'calendar',
      'Public holidays to add, or with a minus to remove: 2026-03-21,-2026-03-20.',
    ),
    batchSize: required('TRACKING_JOB_BATCH_SIZE', integer({ min: 1, max: 50 }), '50').means(
      'Most parcels of one call. EasyParcel’s documents say 100, its own command line 50: the lower one is safe.',
    ),
    concurrencyMax: required('TRACKING_MAX_CONCURRENT', integer({ min: 1, max: 20 }), '3').means(
      'Most calls open at once, over all workers of a connection.',
    ),
    callsPerSecond: required('TRACKING_CALLS_PER_SECOND', number({ min: 0.01, max: 100 }), '1').means(
      'Most calls begun in a second, over all workers of a connection.',
    ),
    failuresMax: required('TRACKING_MAX_FAILURES', integer({ min: 1, max: 100 }), '5').ofShop(
      'attention',
      'Failed answers in a row about one parcel until it asks for attention.',
    ),
    apiTimeoutMs: required('TRACKING_API_TIMEOUT', duration('milliseconds', { min: 50, max: 120_000 }), '10000').means(
      'Longest time a call may take.',
    ),
    leaseGraceMs: required('TRACKING_LEASE_GRACE', duration('seconds', { min: 0.1, max: 3600 }), '30').means(
      'Time beyond twice the call time-out for which a worker holds the parcels of a call.',
    ),
    cacheTtlMs: required('TRACKING_CACHE_TTL', hours, '24').ofShop(
      'freshness',
      'How long after the last good check an answer counts as expired.',
    ),
    eventsMax: required('TRACKING_MAX_EVENTS', integer({ min: 1, max: 500 }), '50').means(
      'Most events shown for one parcel: the newest, and those that decide its status.',
    ),
    reuseAgeMs: required('TRACKING_REUSE_AGE', days, '60').means(
      'How much older than its booking or registration a scan must be to belong to an earlier parcel with the same number.',
    ),
    dailyBudget: required('TRACKING_DAILY_BUDGET', integer({ min: 1, max: 10_000_000 }), '1000').ofShop(
      'budget',
      'Most calls of a connection on one day. With the classic API all shops share one account: divide its calls among them.',
    ),
    budgetReserve: required('TRACKING_BUDGET_RESERVE', number({ min: 0, max: 0.9 }), '0.1').ofShop(
      'budget',
      'Share of the budget that is reserved for checks that people ask for.',
    ),
    refreshParcelsMax: required('TRACKING_REFRESH_PARCELS', integer({ min: 1, max: 1_000_000 }), '50000').means(
      'Most parcels of one refresh run.',
    ),
    refreshRunsMax: required('TRACKING_REFRESH_RUNS', integer({ min: 1, max: 100 }), '3').means(
      'Most refresh runs of a shop that are under way at once.',
    ),
    suspectShare: required('TRACKING_SUSPECT_SHARE', number({ min: 0.01, max: 0.9 }), '0.15').means(
      'Share of the budget for numbers that are suspected of making calls fail.',
    ),
    paceBurst: required('TRACKING_PACE_BURST', number({ min: 0, max: 1 }), '0.02').means(
      'Share of the budget that may be spent ahead of the day’s plan.',
    ),
    quietPace: required('TRACKING_QUIET_PACE', number({ min: 0, max: 1 }), '0.25').ofShop(
      'budget',
      'Spending rate in quiet hours relative to the rest of the day; 1 is even.',
    ),
    breakerFailures: required('TRACKING_BREAKER_FAILURES', integer({ min: 1, max: 100 }), '3').means(
      'Failed calls in a row after which a connection pauses.',
    ),
    breakerCooldownMs: required('TRACKING_BREAKER_COOLDOWN', duration('seconds', { min: 0.05, max: 3600 }), '30').means(
      'First pause of a connection after failed calls; it doubles with each failed probe.',
    ),
    breakerCooldownMaxMs: required('TRACKING_BREAKER_COOLDOWN_MAX', window, '15').means('Longest such pause.'),
    retryAfterMaxMs: required('TRACKING_RETRY_AFTER_MAX', window, '15').means(
      'Longest wait that EasyParcel may ask for.',
    ),
    backoffMs: required('TRACKING_BACKOFF', durations('minutes', cadence), '1,5,15').means(
      'Times until the parcels of a failed call are tried again; then each doubles the one before.',
    ),
    registerDelayMs: required('TRACKING_REGISTER_DELAY', duration('seconds', { min: 0, max: 3600 }), '8').means(
      'Wait after a registration, so that many registrations share calls.',
    ),
    expiredWakeMs: required('TRACKING_EXPIRED_WAKE', minutes, '15').means(
      'Shortest time between two urgent checks that readers of one expired parcel can cause.',
    ),
  },
  sync: {
    enabled: required('SYNC_ENABLED', flag, 'true').means(
      'Whether what EasyParcel lists of an account becomes parcels by itself. Off where several shops share one account.',
    ),
    intervalMs: required('SYNC_INTERVAL', minutes, '15').means(
      'Time between two looks at the newest bookings of an account; four times as long in quiet hours.',
    ),
    windowMs: required('SYNC_WINDOW', duration('days', { min: 1, max: 365 }), '90').means(
      'How far back bookings are listed, by the day of their collection.',
    ),
    listShare: required('SYNC_LIST_SHARE', number({ min: 0.01, max: 0.5 }), '0.1').means(
      'Share of the budget for pages of the list. The first listing is paid from the reserve for people before it.',
    ),
    detailsShare: required('SYNC_DETAILS_SHARE', number({ min: 0, max: 0.5 }), '0.1').means(
      'Share of the budget for details, a call a parcel: order, contact and size.',
    ),
  },
  access: {
    adminEmail: optional('ADMIN_EMAIL', matching(/^[^\s@]+@[^\s@]+$/, 'an e-mail address')).means(
      'E-mail address of the first user, created at start if there is no user yet: owner of the shop and operator.',
    ),
    adminPassword: optionalSecret('ADMIN_PASSWORD', secretText(10)).means(
      'The password of that user, at least 10 characters.',
    ),
    sessionIdleMs: required('SESSION_IDLE', duration('minutes', { min: 0.001, max: 43_200 }), '30').means(
      'How long a user stays signed in without doing anything.',
    ),
    sessionMaxMs: required('SESSION_MAX', duration('hours', { min: 0.001, max: 8760 }), '12').means(
      'How long a user stays signed in at most.',
    ),
    attemptsMax: required('TRACKING_MAX_LOGIN_ATTEMPTS', integer({ min: 1, max: 1000 }), '5').means(
      'Failed sign-ins of one account from one address until that pair is locked.',
    ),
    lockMs: required(
      'TRACKING_LOCKOUT_DURATION',
      duration('milliseconds', { min: 1000, max: 86_400_000 }),
      '300000',
    ).means('How long it stays locked.'),
  },
  customers: {
    lookupWindowMs: required('LOOKUP_WINDOW', window, '15').means('Time over which failed order look-ups are counted.'),
    lookupPairFailures: required('LOOKUP_PAIR_FAILURES', integer({ min: 1, max: 1000 }), '5').means(
      'Failed look-ups of one order number and contact in that time until the two are locked.',
    ),
    lookupLockMs: required('LOOKUP_LOCK', window, '5').means('How long they stay locked.'),
    lookupAddressFailures: required('LOOKUP_ADDRESS_FAILURES', quota(), '60').means(
      'Failed look-ups of one IPv4 address, or one IPv6 /64, in that time until it has to wait.',
    ),
    lookupOrderFailures: required('LOOKUP_ORDER_FAILURES', quota(), '20').means(
      'Failed look-ups of one order number in that time until all look-ups of it have to wait.',
    ),
    linkLifetimeMs: required('LINK_LIFETIME', days, '30').means(
      'How long a signed link opens the buyer’s view of a parcel.',
    ),
    reportAddressMax: required('REPORT_ADDRESS_LIMIT', quota(), '20').means(
      'Most reports about parcels of one IPv4 address, or one IPv6 /64, in an hour.',
    ),
    reportIntervalMs: required('REPORT_INTERVAL', hours, '24').means(
      'Shortest time between two stored reports about one parcel.',
    ),
  },
  retention: {
    archiveMs: required('RETENTION_ARCHIVE_AFTER', days, '90').means(
      'How long after its end a parcel is archived; at least TRACKING_REUSE_AGE.',
    ),
    shopGraceMs: required('RETENTION_SHOP_GRACE', days, '7').means(
      'How long after `jejak erase:shop` a shop is erased; until then it can be called off.',
    ),
    deleteMs: required('RETENTION_DELETE_AFTER', days, '365').means('How long after its end a parcel is deleted.'),
    logsMs: required('RETENTION_LOGS', days, '30').means('How long update logs are kept.'),
    callsMs: required('RETENTION_CALLS', days, '90').means('How long the log of calls is kept.'),
    auditMs: required('RETENTION_AUDIT', days, '730').means('How long the audit log is kept.'),
    securityLogMs: required('RETENTION_SECURITY_LOG', days, '90').means(
      'How long the security log (failed look-ups, lock-outs, refusals) is kept.',
    ),
  },
  easyparcel: {
    api: required('EASYPARCEL_API', oneOf('open', 'classic'), 'open').means('Which of the EasyParcel APIs to use.'),
    baseUrl: required('EASYPARCEL_BASE_URL', httpUrl, {
      shown: `${EASYPARCEL_HOSTS.open}, or ${EASYPARCEL_HOSTS.classic} for classic; the simulator in a demo`,
      from: (read) =>
        flag.schema.safeParse(read('JEJAK_DEMO')).data
          ? `http://127.0.0.1:${read('SIMULATOR_PORT')}`
          : (EASYPARCEL_HOSTS[read('EASYPARCEL_API')] ?? EASYPARCEL_HOSTS.open!),
    }).means('Address of the EasyParcel API.'),
    version: required('EASYPARCEL_VERSION', matching(/^\d{4}-\d{2}$/, 'a version such as 2026-06'), '2026-06').means(
      'Version of the Open API.',
    ),
    clientId: optional('EASYPARCEL_CLIENT_ID', text()).means(
      'Client id of the app registered at EasyParcel (Open API).',
    ),
    clientSecret: optionalSecret('EASYPARCEL_CLIENT_SECRET', secretText(1)).means('Client secret of that app.'),
    accessToken: optionalSecret('EASYPARCEL_ACCESS_TOKEN', secretText(1)).means(
      'First access token; only used while none is stored.',
    ),
    refreshToken: optionalSecret('EASYPARCEL_REFRESH_TOKEN', secretText(1)).means(
      'First refresh token; only used while none is stored.',
    ),
    apiKey: optionalSecret('EASYPARCEL_API_KEY', secretText(1)).means('Key of the classic API.'),
    redirectUri: required('EASYPARCEL_REDIRECT_URI', httpUrl, {
      shown: 'PUBLIC_URL/oauth/easyparcel/callback',
      from: (read) => `${read('PUBLIC_URL').replace(/\/+$/, '')}/oauth/easyparcel/callback`,
    }).means('Where EasyParcel sends the browser after the login; exactly this must be registered there.'),
    responseLimitBytes: required('EASYPARCEL_RESPONSE_LIMIT', bodySize, '5').means('Largest answer that is read.'),
    defaultZone: required(
      'EASYPARCEL_DEFAULT_ZONE',
      matching(/^[+-](0\d|1[0-4]):[0-5]\d$/, 'an offset such as +08:00'),
      '+08:00',
    ).means('Zone of the times that EasyParcel sends without one.'),
  },
  demo: {
    enabled: required('JEJAK_DEMO', flag, 'false').means('Runs against the simulator; set by npm start.'),
  },
} as const

type ValueOf<V> = V extends { kind: { schema: { _zod: { output: infer T } } } }
  ? V extends { default: unknown }
    ? T
    : T | undefined
  : never

/** Every setting, by group and key; frozen. Durations are milliseconds, sizes bytes, shares 0 to 1. */
export type Config = {
  readonly [G in keyof typeof variables]: {
    readonly [K in keyof (typeof variables)[G]]: ValueOf<(typeof variables)[G][K]>
  }
}

export type Env = Readonly<Record<string, string | undefined>>

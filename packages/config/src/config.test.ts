import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configWarnings, listVariables, loadConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import type { Env } from './variables.ts'

const SECRET_KEY = 'a random text of thirty-two bytes or more'

const problemsOf = (env: Env): readonly string[] => {
  try {
    loadConfig({ SECRET_KEY, ...env })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('a secret key alone is enough to start with the documented defaults', () => {
  const config = loadConfig({ SECRET_KEY })
  expect(config.http).toMatchObject({ port: 3000, publicUrl: 'http://localhost:3000', bodyLimitBytes: 1_048_576 })
  expect(config.tracking).toMatchObject({ inTransitMs: 7_200_000, unknownLadderMs: [1_800_000, 7_200_000, 21_600_000] })
  expect(config.tracking.quietHours).toEqual({ from: 22, to: 7 })
  expect(config.database.url).toBeUndefined()
})

test('every default that is written down is a value its own variable accepts', () => {
  for (const { name, default: fallback } of listVariables()) {
    if (typeof fallback === 'string' && fallback !== '') expect(problemsOf({ [name]: fallback }), name).toEqual([])
  }
})

test('every name and every place in the settings is used once', () => {
  const names = listVariables().map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test('all problems are reported at once, one line for each variable', () => {
  const problems = problemsOf({
    PORT: '70000',
    TRACKING_TIMEZONE: 'Mars/Olympus',
    CRON_URGENT: '61 * * * *',
    SECRET_KEY: '',
  })
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
    'CRON_URGENT',
    'PORT',
    'SECRET_KEY',
    'TRACKING_TIMEZONE',
  ])
})

test('a wrong secret is reported without its value', () => {
  const [problem] = problemsOf({ SECRET_KEY: 'hunter2' })
  expect(problem).toBe('SECRET_KEY must be a text of 32 to 8192 bytes')
  expect(problemsOf({ DATABASE_URL: 'mysql://user:hunter2@host/db' }).join()).not.toContain('hunter2')
})

test('no secret is in a sentence about a wrong value, however a file was damaged or a line mistaken', () => {
  const secrets = [
    'hunter2-Hunter2-hunter2',
    'p/ss:hunter2+w==',
    'correcthorsebatterystaple',
    'ab/cd/0123456789abcdef0123456789abcdef',
  ]
  const between = ['\r', '\n', ' ', '\t', ';', ',', '\u2028', '\\n', '']
  const wrongs = [
    ...between.flatMap((sign) => secrets.map((secret) => [`wrong!${sign}SECRET_KEY=${secret}`, secret] as const)),
    ...secrets.flatMap((secret) =>
      [`x://me:${secret}@host/?`, `me:${secret}@host!`].map((text) => [text, secret] as const),
    ),
    ...[secrets[0]!, secrets[2]!, secrets[3]!].map((secret) => [secret, secret] as const),
  ]
  const inEach = (value: string) => Object.fromEntries(listVariables().map(({ name }) => [name, value]))
  for (const [value, secret] of wrongs) expect(problemsOf(inEach(value)).join('\n')).not.toContain(secret)
  expect(problemsOf({ PORT: '70000' }).join()).toContain('but is "70000"')
  expect(problemsOf({ PORT: '3000;A=b' }).join()).toContain('but begins with "3000"')
})

test('whatever is in the environment, no six characters of a secret are in what is said about it', () => {
  const secrets = fc.stringMatching(/^[\dQXZ%/@~]{8,40}$/)
  const signs = fc.constantFrom(
    ';',
    ',',
    ' ',
    '\t',
    '\r',
    '\u0085',
    '\0',
    '\x0b',
    '\u2028',
    '|',
    '',
    ' SECRET_KEY: ',
    '?token=',
  )
  const starts = fc.constantFrom('', '3000', 'ftp://', 'ftp://u:p@', 'https://x.example/', 'u:', 'MY')
  const damaged = fc.tuple(starts, signs, fc.constantFrom('', 'SECRET_KEY='), fc.constantFrom('', '@host', '!'))
  fc.assert(
    fc.property(secrets, damaged, (secret, [start, sign, name, end]) => {
      const text = start + sign + name + secret + end
      const env = Object.fromEntries(listVariables().map((variable) => [variable.name, text]))
      const said = [...problemsOf(env), ...configWarnings({ [`DATABASE_URL: ${text}`]: '1' })].join('\n')
      for (let at = 0; at + 6 <= secret.length; at += 1) expect(said).not.toContain(secret.slice(at, at + 6))
    }),
  )
})

test('an address to listen on that holds what cannot be seen is refused', () => {
  for (const HOST of ['\u200b0.0.0.0', '0.0.0.0\u200e', '127.0.0.1 #', 'a\u00adb'])
    expect(problemsOf({ HOST }).join()).toContain('HOST must be')
  for (const HOST of ['0.0.0.0', '::', 'fe80::1%eth0', 'localhost']) expect(problemsOf({ HOST })).toEqual([])
})

test('no secret appears when the settings are printed or sent as JSON', () => {
  const config = loadConfig({
    SECRET_KEY,
    DATABASE_URL: 'postgres://jejak:hunter2@db/jejak',
    EASYPARCEL_API_KEY: 'hunter2',
  })
  const printed = [inspect(config, { depth: 9, showHidden: true }), JSON.stringify(config), `${config.keys.secretKey}`]
  expect(printed.join()).not.toMatch(/hunter2|thirty-two/)
  expect(config.keys.secretKey?.reveal()).toBe(SECRET_KEY)
})

test('the settings cannot be changed after the start', () => {
  const config = loadConfig({ SECRET_KEY })
  expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError)
  expect(() => Object.assign(config.tracking.unknownLadderMs, [1])).toThrow(TypeError)
})

test('a variable set to nothing counts as absent', () => {
  expect(loadConfig({ SECRET_KEY, PORT: '', HEARTBEAT_URL: ' ' })).toMatchObject({
    http: { port: 3000 },
    worker: { heartbeatUrl: undefined },
  })
})

test('the old name of a variable is still read, its new name wins, and neither is called a mistake', () => {
  const env = { SECRET_KEY: 'a secret that only tests know, 32 bytes', CRON_REPORT: '0 5 * * *' }
  expect(loadConfig(env).cron['daily-report']).toBe('0 5 * * *')
  expect(loadConfig({ ...env, CRON_DAILY_REPORT: '0 6 * * *' }).cron['daily-report']).toBe('0 6 * * *')
  expect(configWarnings(env)).toEqual([])
})

test('the public address follows the port, and the EasyParcel address the kind of API', () => {
  const config = loadConfig({ SECRET_KEY, PORT: '8080', EASYPARCEL_API: 'classic' })
  expect(config.http.publicUrl).toBe('http://localhost:8080')
  expect(config.easyparcel.baseUrl).toBe('https://connect.easyparcel.my')
})

test('a demo needs no secret key, asks its simulator, and refuses the real EasyParcel', () => {
  expect(loadConfig({ JEJAK_DEMO: 'yes', SIMULATOR_PORT: '4000' }).easyparcel.baseUrl).toBe('http://127.0.0.1:4000')
  expect(problemsOf({ JEJAK_DEMO: 'true', EASYPARCEL_BASE_URL: 'https://api.easyparcel.com' })).toHaveLength(1)
})

test('a life of a cached answer below twice the slowest cadence is refused', () => {
  expect(problemsOf({ TRACKING_CACHE_TTL: '23.9' }).join()).toMatch(/^TRACKING_CACHE_TTL must be at least 24 hours/)
  expect(problemsOf({ TRACKING_CACHE_TTL: '24' })).toEqual([])
  expect(problemsOf({ TRACKING_CACHE_TTL: '12', TRACKING_QUIET_HOURS: 'off' })).toEqual([])
  expect(problemsOf({ TRACKING_CACHE_TTL: '8', TRACKING_MAX_FREQ: '240' })).toEqual([])
})

const contradictions: readonly (readonly [string, Env])[] = [
  ['TRACKING_MIN_FREQ', { TRACKING_MIN_FREQ: '300', TRACKING_MAX_FREQ: '200' }],
  ['TRACKING_LEASE_GRACE', { TRACKING_LEASE_GRACE: '3600', TRACKING_CACHE_TTL: '0.9', TRACKING_MAX_FREQ: '20' }],
  ['SHUTDOWN_TIMEOUT', { SHUTDOWN_TIMEOUT: '5000' }],
  ['TRACKING_BREAKER_COOLDOWN', { TRACKING_BREAKER_COOLDOWN: '120', TRACKING_BREAKER_COOLDOWN_MAX: '1' }],
  ['RETENTION_ARCHIVE_AFTER', { RETENTION_ARCHIVE_AFTER: '400' }],
  ['RETENTION_AUDIT', { RETENTION_AUDIT: '30' }],
  ['TRACKING_REUSE_AGE', { RETENTION_ARCHIVE_AFTER: '30' }],
  ['DATABASE_DIRECT_URL', { DATABASE_DIRECT_URL: 'postgres://db/jejak' }],
  ['EASYPARCEL_CLIENT_ID', { EASYPARCEL_CLIENT_ID: 'app' }],
  ['EASYPARCEL_REFRESH_TOKEN', { EASYPARCEL_REFRESH_TOKEN: 'token' }],
]

test.each(contradictions)('a contradiction about %s is refused with one sentence', (name, env) => {
  const problems = problemsOf(env)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(name)
})

const accepted: readonly (readonly [string, string, string])[] = [
  ['TRUSTED_PROXIES', '10.0.0.0/8, ::1,loopback', '10.0.0.0/33'],
  ['TRACKING_QUIET_HOURS', '0-6', '22-24'],
  ['TRACKING_QUIET_HOURS', 'off', '7-7'],
  ['TRACKING_UNKNOWN_LADDER', '0.5,2', '120,30'],
  ['TRACKING_HOLIDAY_REGION', 'MY-10', 'Malaysia'],
  ['TRACKING_HOLIDAY_OVERRIDES', '2026-03-21,-2026-03-20', '2026-02-30'],
  ['TRACKING_IN_TRANSIT_FREQ', '0.139', 'two hours'],
  ['TRACKING_DAILY_BUDGET', '2000', '999.5'],
  ['CRON_URGENT', '*/10 * * * * *', '* * * *'],
  ['CRON_DAILY_REPORT', '30 4 1-7 jan,JUN mon', '0 7-4 * * *'],
  ['EASYPARCEL_DEFAULT_ZONE', '+05:30', '8'],
  ['CRON_ENABLED', 'off', 'perhaps'],
  ['PUBLIC_URL', 'https://track.shop.example', 'track.shop.example'],
  ['PUBLIC_URL', 'HTTPS://Track.Shop.Example:8443/', 'https://shop.example/track'],
  ['PUBLIC_URL', 'http://192.168.1.10:3000//', 'https://shop.example/?page=track'],
  ['PUBLIC_URL', 'http://[::1]:3000', 'https://me:secret@track.shop.example'],
  ['SIMULATOR_SPEED', '1', '-1'],
  ['DATABASE_API_POOL', '20', '1e3'],
]

test.each(accepted)('%s takes %s and refuses %s', (name, good, bad) => {
  expect(problemsOf({ [name]: good })).toEqual([])
  expect(problemsOf({ [name]: bad }).join()).toContain(`${name} must be `)
})

test('an address that ends in a slash, or is written in capitals, is the same address', () => {
  for (const PUBLIC_URL of [
    'https://track.shop.example/',
    'HTTPS://Track.Shop.Example',
    'https://track.shop.example:443',
  ])
    expect(loadConfig({ SECRET_KEY, PUBLIC_URL }).http.publicUrl).toBe('https://track.shop.example')
})

test('any text in any variable gives settings or a clear refusal, never another failure', () => {
  const names = fc.constantFrom(...listVariables().map(({ name }) => name))
  fc.assert(fc.property(fc.dictionary(names, fc.string({ unit: 'binary' })), (env) => Array.isArray(problemsOf(env))))
})

test('a misspelt variable is pointed out together with the likely right one', () => {
  expect(
    configWarnings({ SECRET_KEY, TRACKING_IN_TRANSIT_FREQUENCY: '60', PATH: '/bin', EASYPARCEL_TOKENS: 'x' }),
  ).toEqual([
    'TRACKING_IN_TRANSIT_FREQUENCY is not a setting and has no effect; did you mean TRACKING_IN_TRANSIT_FREQ?',
    expect.stringMatching(/^EASYPARCEL_TOKENS is not a setting and has no effect/),
  ])
})

test('a setting with a letter too few or too many is pointed out, whatever it is about', () => {
  for (const { name } of listVariables().filter(({ name }) => name.length >= 8)) {
    const sentence = (wrong: string) => `${wrong} is not a setting and has no effect; did you mean ${name}?`
    for (const wrong of [name.slice(0, -1), `${name}S`, name.replace('_', '')])
      expect(configWarnings({ SECRET_KEY, [wrong]: '1' })).toEqual([sentence(wrong)])
  }
})

test('a name that begins like a setting and is none is pointed out, with no hint where none comes near', () => {
  const noEffect = (name: string) => `${name} is not a setting and has no effect`
  for (const name of [
    'LIMIT_PER_IP',
    'LIVE_MAXIMUM_OF_STREAMS',
    'LOG_FORMAT',
    'WORKER_CONCURRENCY',
    'REDIS_USERNAME',
    'HTTP_KEEP_ALIVE',
  ])
    expect(configWarnings({ SECRET_KEY, [name]: '1' })).toEqual([noEffect(name)])
})

test('what a system, a host or another program sets gives no false alarm', () => {
  const foreign = `PATH HOME HOSTNAME HOSTTYPE LANG PWD SHELL TERM USER LOGNAME TZ TMPDIR MAIL PAGER EDITOR LESS LS_COLORS
    NODE_ENV NODE_OPTIONS NODE_COMPILE_CACHE NODE_EXTRA_CA_CERTS NODE_VERSION CI DEBUG NO_COLOR FORCE_COLOR npm_config_cache INIT_CWD
    HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy ALL_PROXY SSL_CERT_FILE PGHOST PGUSER PGPASSWORD PGDATABASE POSTGRES_PASSWORD SITE_ADDRESS
    REDIS_TLS_URL DATABASE_PRIVATE_URL REDIS_SERVICE_HOST REDIS_SERVICE_PORT REDIS_PORT REDIS_PORT_6379_TCP REDIS_PORT_6379_TCP_ADDR
    DATABASE_PORT_5432_TCP WORKER_SERVICE_PORT_HTTP PUBLIC_KEY PUBLIC_API_BASE DATA_BUCKET SECRET_KEY_BASE AWS_SECRET_ACCESS_KEY
    RAILWAY_ENVIRONMENT DYNO SYSTEMD_EXEC_PID INVOCATION_ID JOURNAL_STREAM SSH_CONNECTION XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS _`
  expect(configWarnings(Object.fromEntries(foreign.split(/\s+/).map((name) => [name, 'x'])))).toEqual([])
})

test('a key that the API would not take, or that is short enough to guess, is refused at the start', () => {
  const refused = ['BOOTSTRAP_API_KEY must be 32 to 200 letters, digits and signs of ASCII, without spaces']
  for (const key of ['k'.repeat(31), 'k'.repeat(201), `${'k'.repeat(31)} k`, `${'k'.repeat(31)}é`])
    expect(problemsOf({ BOOTSTRAP_API_KEY: key })).toEqual(refused)
  for (const key of ['k'.repeat(32), '~'.repeat(200)]) expect(problemsOf({ BOOTSTRAP_API_KEY: key })).toEqual([])
})

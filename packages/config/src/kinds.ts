import { isIP } from 'node:net'
import { z } from 'zod'
import { isCronExpression } from './cron-expression.ts'
import { type Secret, secret } from './secret.ts'

/** Smallest and largest number that a variable takes, in its unit. */
export type Bounds = { readonly min: number; readonly max: number }

/** How the text of a variable becomes a value, and a value a text again where that is not `String`. `is` completes the sentence "NAME must be …". */
export type Kind<T> = {
  readonly schema: z.ZodType<T, string>
  readonly is: string
  readonly unit?: string
  readonly bounds?: Bounds
  write?(value: T): string
}

const MILLISECONDS = { milliseconds: 1, seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const
export type TimeUnit = keyof typeof MILLISECONDS

const digits = z.string().regex(/^\d+(\.\d+)?$/)
const decimal = digits.transform(Number)
const within = ({ min, max }: Bounds) => decimal.pipe(z.number().min(min).max(max))
const list = z.string().transform((text) => (text === '' ? [] : text.split(',').map((item) => item.trim())))
const rounded = (factor: number) => (value: number) => Math.round(value * factor)

export const text = (max = 500): Kind<string> => ({
  schema: z.string().max(max),
  is: `a text of at most ${max} characters`,
})

export const listenHost: Kind<string> = {
  schema: z.string().regex(/^[\w.:%-]{1,255}$/),
  is: 'an IP address or a host name',
}

export const matching = (pattern: RegExp, is: string): Kind<string> => ({ schema: z.string().regex(pattern), is })

export const secretText = (bytesMin: number): Kind<Secret> => ({
  schema: z
    .string()
    .refine((value) => Buffer.byteLength(value) >= bytesMin && value.length <= 8192)
    .transform(secret),
  is: `a text of ${bytesMin} to 8192 bytes`,
})

export const secretMatching = (pattern: RegExp, is: string): Kind<Secret> => ({
  schema: z.string().regex(pattern).transform(secret),
  is,
})

const url = (...protocols: string[]) =>
  z.string().refine((value) => protocols.includes(URL.parse(value)?.protocol ?? ''))
const httpAddress = url('http:', 'https:')

export const httpUrl: Kind<string> = {
  schema: httpAddress.transform((value) => value.replace(/\/+$/, '')),
  is: 'an http:// or https:// address',
}

/** An address whose paths are all our own. */
export const httpOrigin: Kind<string> = {
  schema: httpAddress
    .transform((value) => new URL(value))
    .refine(({ href, origin }) => href.replace(/\/+$/, '') === origin)
    .transform(({ origin }) => origin),
  is: 'an http:// or https:// address without a path, such as https://track.example.com: Jejak needs a host name of its own',
}

export const secretHttpUrl: Kind<Secret> = { schema: httpAddress.transform(secret), is: httpUrl.is }

export const postgresUrl: Kind<Secret> = {
  schema: url('postgres:', 'postgresql:').transform(secret),
  is: 'a postgresql:// address',
}

export const redisUrl: Kind<Secret> = {
  schema: url('redis:', 'rediss:').transform(secret),
  is: 'a redis:// or rediss:// address',
}

export const oneOf = <const T extends string>(...words: readonly [T, ...T[]]): Kind<T> => ({
  schema: z.enum(words),
  is: `one of ${words.join(', ')}`,
})

export const flag: Kind<boolean> = {
  schema: z.stringbool({ truthy: ['true', '1', 'yes', 'on'], falsy: ['false', '0', 'no', 'off'] }),
  is: 'true or false',
}

export const integer = ({ min, max }: Bounds): Kind<number> => ({
  schema: decimal.pipe(z.int().min(min).max(max)),
  is: `a whole number from ${min} to ${max}`,
  bounds: { min, max },
})

export const number = ({ min, max }: Bounds): Kind<number> => ({
  schema: within({ min, max }),
  is: `a number from ${min} to ${max}`,
  bounds: { min, max },
})

export const port = integer({ min: 1, max: 65_535 })

const inUnit = (unit: TimeUnit) => (ms: number) => String(ms / MILLISECONDS[unit])

/** Whole milliseconds, given in another unit; fractions allowed. */
export const duration = (unit: TimeUnit, { min, max }: Bounds): Kind<number> => ({
  schema: within({ min, max }).transform(rounded(MILLISECONDS[unit])),
  is: `a number of ${unit} from ${min} to ${max}`,
  unit,
  bounds: { min, max },
  write: inUnit(unit),
})

/** Rising steps, each in whole milliseconds, given in another unit. */
export const durations = (unit: TimeUnit, { min, max }: Bounds): Kind<readonly number[]> => ({
  schema: list
    .pipe(
      z
        .array(within({ min, max }).transform(rounded(MILLISECONDS[unit])))
        .min(1)
        .max(20),
    )
    .refine((steps) => steps.every((step, index) => step >= (steps[index - 1] ?? 0))),
  is: `a comma-separated list of rising numbers of ${unit} from ${min} to ${max}`,
  unit,
  bounds: { min, max },
  write: (steps) => steps.map(inUnit(unit)).join(','),
})

export const mebibytes = ({ min, max }: Bounds): Kind<number> => ({
  schema: within({ min, max }).transform(rounded(1024 * 1024)),
  is: `a number of MiB from ${min} to ${max}`,
  unit: 'MiB',
})

export const cron: Kind<string> = {
  schema: z.string().refine(isCronExpression),
  is: 'a cron expression of five fields, or six when it begins with seconds',
}

// PostgreSQL reads +08:00 the other way round, and BST as another zone than Node does: names with an area mean the same to both.
const zoneName = /^[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z_-]+){1,2}$/
const zones: ReadonlySet<string> = new Set(Intl.supportedValuesOf('timeZone'))

const isTimeZone = (name: string): boolean => {
  if (name === 'UTC') return true
  if (!zoneName.test(name)) return false
  try {
    return zones.has(new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone)
  } catch {
    return false
  }
}

export const timeZone: Kind<string> = {
  schema: z.string().refine(isTimeZone),
  is: 'UTC or a time zone with its area such as Asia/Kuala_Lumpur',
}

const hour = z
  .string()
  .regex(/^\d{1,2}$/)
  .transform(Number)
  .pipe(z.int().max(23))

export type Hours = { readonly from: number; readonly to: number }

export const quietHours: Kind<Hours | null> = {
  schema: z.string().transform((value, context): Hours | null => {
    if (value === 'off') return null
    const [from, to] = value.split('-').map((end) => hour.safeParse(end.trim()).data)
    if (from !== undefined && to !== undefined && from !== to && value.split('-').length === 2) return { from, to }
    context.addIssue('not two hours')
    return z.NEVER
  }),
  is: 'two different hours of the day such as 22-7, or off',
  write: (hours) => (hours === null ? 'off' : `${hours.from}-${hours.to}`),
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** Days of the week as numbers, Sunday is 0. */
export const daysOfWeek: Kind<readonly number[]> = {
  schema: z
    .string()
    .toLowerCase()
    .transform((value) => (value === 'off' ? '' : value))
    .pipe(list)
    .pipe(z.array(z.enum(weekdays)).max(6))
    .refine((days) => new Set(days).size === days.length)
    .transform((days) => days.map((day) => weekdays.indexOf(day))),
  is: 'a comma-separated list of at most six days of the week such as sat,sun, or off',
  write: (days) => (days.length === 0 ? 'off' : days.map((day) => weekdays[day]).join(',')),
}

const isRealDate = (value: string) => z.iso.date().safeParse(value.replace(/^-/, '')).success

/** ISO dates; one that begins with a minus is a date taken off the calendar. */
export const dates: Kind<readonly string[]> = {
  schema: list.pipe(z.array(z.string().refine(isRealDate)).max(500)),
  is: 'a comma-separated list of dates such as 2026-03-21, each with a minus before it to remove it',
}

const isNetwork = (value: string): boolean => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(value)) return true
  const [address = '', prefix, ...more] = value.split('/')
  const family = isIP(address)
  return (
    family !== 0 &&
    more.length === 0 &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)))
  )
}

export const networks: Kind<readonly string[]> = {
  schema: list.pipe(z.array(z.string().refine(isNetwork)).max(100)),
  is: 'a comma-separated list of IP addresses or networks such as 10.0.0.0/8 (or loopback, linklocal, uniquelocal)',
}

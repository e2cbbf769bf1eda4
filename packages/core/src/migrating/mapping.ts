import { createHash } from 'node:crypto'
import { foldTyped } from '@jejak/contract'
import { z } from 'zod'
import { Refusal } from '../errors.ts'
import { datePattern, isZone } from './read-moment.ts'

const column = z.string().min(1).max(200)
const words = z.record(z.string(), z.string().max(200))

/** What may be done to a value, in order. The numbers in one cell are told apart anyway; `split` is for what else stands between them. */
const step = z.union(
  [
    z.enum(['upper', 'lower', 'digits']),
    z.strictObject({ replace: z.tuple([z.string().min(1).max(100), z.string().max(100)]) }),
    z.strictObject({ prefix: z.string().min(1).max(100) }),
    z.strictObject({ split: z.string().min(1).max(10) }),
    z.strictObject({ words }),
  ],
  'A step is "upper", "lower", "digits", {"replace": ["from", "to"]}, {"prefix": "…"}, {"split": "…"} or {"words": {"theirs": "ours"}}.',
)

const fromText = (value: unknown): unknown => (typeof value === 'string' ? { column: value } : value)
const oneSource = <Spec extends { column?: string | undefined; value?: string | undefined }>(spec: Spec): boolean =>
  (spec.column === undefined) !== (spec.value === undefined)
const namesOne = 'Name a "column", or give a fixed "value".'

const textField = z.preprocess(
  fromText,
  z
    .strictObject({
      column: column.optional(),
      value: z.string().min(1).max(200).optional(),
      steps: z.array(step).max(20).default([]),
    })
    .refine(oneSource, namesOne),
)
export type TextField = z.infer<typeof textField>

const dateField = z.preprocess(
  fromText,
  z.strictObject({
    column,
    format: z
      .string()
      .refine((text) => ['unix', 'unix-ms'].includes(text) || datePattern(text) !== null, {
        error: 'Write "unix", "unix-ms", or the pattern of the date, such as "DD/MM/YYYY HH:mm".',
      })
      .optional(),
    zone: z.string().refine(isZone, 'Write a time zone such as "Asia/Kuala_Lumpur" or "UTC".').optional(),
  }),
)
export type DateField = z.infer<typeof dateField>

/** What an old status can mean here. Only an end changes anything: of what is on its way EasyParcel tells the rest. */
const meanings = ['on_its_way', 'delivered', 'returned', 'cancelled', 'leave_out'] as const
export type OldMeaning = (typeof meanings)[number]

const statusField = z.strictObject({
  column,
  words: z
    .record(z.string(), z.enum(meanings))
    .transform((record) => new Map(Object.entries(record).map(([word, meaning]) => [foldWord(word), meaning]))),
})

/** As two words are compared: neither capitals nor blanks around them count. */
export const foldWord = (word: string): string => foldTyped(word).toLowerCase()

const postgres = z.strictObject({ query: z.string().min(1).max(20_000), key: column })
const csv = z.strictObject({ file: z.string().min(1).max(1_000) })

const mapping = z.strictObject({
  name: z.string().min(1).max(100),
  source: z
    .strictObject({ postgres: postgres.optional(), csv: csv.optional() })
    .refine(({ postgres, csv }) => (postgres === undefined) !== (csv === undefined), {
      error: 'Name one source: "postgres" with "query" and "key", or "csv" with "file".',
    }),
  zone: z
    .string()
    .refine(isZone, 'Write a time zone such as "Asia/Kuala_Lumpur" or "UTC".')
    .default('Asia/Kuala_Lumpur'),
  fields: z.strictObject({
    trackingNumber: textField,
    courier: textField.optional(),
    orderNumber: textField.optional(),
    email: textField.optional(),
    phone: textField.optional(),
    bookedAt: dateField.optional(),
    estimatedDelivery: dateField.optional(),
    status: statusField.optional(),
    endedAt: dateField.optional(),
  }),
})

/** How rows of another system become parcels, as its file says. `hash` changes with what it says. */
export type Mapping = z.infer<typeof mapping> & { hash: string }

/** Reads a mapping; what is wrong with it is told field by field. */
export const readMapping = (text: string): Mapping => {
  const sent = parseJson(text)
  const read = mapping.safeParse(sent)
  if (!read.success) {
    const problems = read.error.issues
      .slice(0, 20)
      .map(({ path, message }) => `  ${path.length > 0 ? path.join('.') : 'the mapping'}: ${message}`)
    throw new Refusal('validation', `The mapping cannot be used:\n${problems.join('\n')}`)
  }
  return { ...read.data, hash: createHash('sha256').update(JSON.stringify(sent)).digest('hex') }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Refusal('validation', `The mapping is not JSON: ${(error as Error).message}.`)
  }
}

/** The columns that a mapping reads. */
export const columnsOfMapping = ({ fields }: Mapping): string[] => [
  ...new Set(Object.values(fields).flatMap((field) => (field?.column === undefined ? [] : [field.column]))),
]

import { z } from 'zod'
import { foldTyped } from './fold-typed.ts'

const depthMax = 3

const isNothing = (value: unknown, depth: number): boolean => {
  if (value === null || value === undefined) return true
  if (typeof value === 'string') return foldTyped(value) === ''
  return (
    typeof value === 'object' && depth < depthMax && Object.values(value).every((part) => isNothing(part, depth + 1))
  )
}

/** What programs send for nothing: null, an empty cell, a list or an object of nothing else, not nested without end. */
export const isEmpty = (value: unknown): boolean => isNothing(value, 0)

const asText = (value: unknown): unknown =>
  typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value

/** A value that programs also send as a number. */
export const textOf = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(asText, schema)

/** An optional value as programs send it: empty is absent, a whole number is text. */
export const given = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (isEmpty(value) ? undefined : asText(value)), schema.optional()).optional()

/** An optional value to change: empty removes. */
export const givenOrRemoved = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .preprocess((value) => (value !== undefined && isEmpty(value) ? null : asText(value)), schema.nullable().optional())
    .optional()

import { z } from 'zod'

/** One line of text. Postgres stores neither NUL nor half a surrogate pair. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'Write it in one line, without control characters.')

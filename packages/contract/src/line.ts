import { z } from 'zod'
import { foldTyped } from './fold-typed.ts'
import './sentences.ts'

/** One line of text, without marks that no one sees. Postgres stores neither NUL nor half a surrogate pair. */
export const line = (max: number) =>
  z
    .string({
      error: ({ input }) => (input === undefined ? 'This is missing.' : 'Write this value as text in quotes.'),
    })
    .overwrite(foldTyped)
    .min(1, 'Write at least one character.')
    .max(max, `Write at most ${max} characters.`)
    .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'Write it in one line, without control characters.')

import { z } from 'zod'

const kinds: Record<string, string> = {
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with named fields',
}

const keyMax = 40

/** So much of a text that someone sent, and no more. */
export const cut = (text: string, max: number): string =>
  text.length > max ? `${text.slice(0, max)}…`.toWellFormed() : text

/** What a refused input is told where its schema says nothing better: a sentence, and never the library's own words. */
const sentenceOf = (issue: z.core.$ZodRawIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'This is missing.' : `Send ${kinds[issue.expected] ?? 'something else'} here.`
    case 'unrecognized_keys':
      return `There is no field “${cut(String(issue.keys[0]), keyMax)}” here.`
    case 'invalid_value':
      return `Write one of: ${issue.values.slice(0, 30).map(String).join(', ')}.`
    case 'too_small':
      if (issue.origin === 'string') return 'Write at least one character.'
      return issue.origin === 'array' ? `Send at least ${issue.minimum} here.` : `Write at least ${issue.minimum}.`
    case 'too_big':
      if (issue.origin === 'string') return `Write at most ${issue.maximum} characters.`
      return issue.origin === 'array' ? `Send at most ${issue.maximum} here.` : `Write at most ${issue.maximum}.`
    default:
      return 'This cannot be read.'
  }
}

z.config({ localeError: sentenceOf })

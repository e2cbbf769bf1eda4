import { z } from 'zod'
import { readContact, readPhones } from './contact.ts'
import { foldTyped } from './fold-typed.ts'
import { line } from './line.ts'

/** What is searched for: a number or its end, an order, an id, a name; in a body also a customer's e-mail address or phone number. */
export const searchRequest = z.strictObject({ q: line(200).meta({ examples: ['239945'] }) })

/** How many answers a search has at most. */
export const foundMax = 20

const phoneStart = /^\(?(?:\+|0|60[ -]?1)/
const wholeKey = /jejak_\S{20,}/

/** Why what is searched for must not stand in an address, which servers and browsers keep; undefined when it may. */
export const keptOutOfAddresses = (typed: string): 'contact' | 'key' | undefined => {
  const text = foldTyped(typed)
  if (wholeKey.test(text)) return 'key'
  const isContact = text.includes('@')
    ? readContact(text) !== null
    : phoneStart.test(text) && readPhones(text).length > 0
  return isContact ? 'contact' : undefined
}

/** What fitted, and how. */
export const fits = [
  ...(['number', 'number_begins', 'number_ends', 'order', 'contact'] as const),
  ...(['email', 'name', 'key', 'object', 'request', 'id'] as const),
] as const
export type Fit = (typeof fits)[number]

/** One answer of a search. `title` is what to show, `detail` says more in a line, `follow` is the path where it is. */
export const found = z.object({
  kind: z.enum(['tracking', 'user', 'key', 'audit', 'job']),
  id: z.string(),
  title: z.string(),
  detail: z.string().nullable(),
  why: z.enum(fits),
  follow: z.string(),
})
export type Found = z.infer<typeof found>

/** `GET` and `POST /v1/admin/search`: at most 20, best first. */
export const searchAnswer = z.object({ data: z.array(found) })

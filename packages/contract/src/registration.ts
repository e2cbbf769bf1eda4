import { z } from 'zod'
import { type Contact, contact, contactFields, readContact, toContact } from './contact.ts'
import { endsInZeros, foldTyped } from './fold-typed.ts'
import { given, isEmpty } from './given.ts'
import { line } from './line.ts'
import { orderNumber } from './order-number.ts'
import { type Detail, eachDetail, parcelDetails } from './parcel-details.ts'
import { type ItemProblem, type ProblemError, toItemProblem } from './problem.ts'
import { trackingNumbers } from './tracking-number.ts'

const optional = {
  ...eachDetail((name) => given(parcelDetails[name].given)),
  orderNumber: given(orderNumber),
  connection: given(line(60)).meta({ description: 'The EasyParcel account to check it with, by name or id' }),
}

/** What a shop says about a parcel. */
export const trackingRegistration = z.strictObject({
  trackingNumber: trackingNumbers,
  ...optional,
  contact: given(contact),
})

/** One parcel to register, each part in one spelling. */
export type TrackingRegistration = { [Name in Detail]?: string | undefined } & {
  trackingNumber: string
  orderNumber?: string | undefined
  contact?: Contact | undefined
  /** The account as it is named, and its id once that is known; without one the default of the shop. */
  connection?: string | undefined
  connectionId?: string | undefined
}

export type ReadRegistration =
  | { trackings: TrackingRegistration[]; warnings: ProblemError[]; problem?: never }
  | { problem: ItemProblem; trackings?: never }

const unread = z.unknown().optional()
const envelope = z.strictObject({
  trackingNumber: trackingNumbers,
  orderNumber: optional.orderNumber,
  connection: optional.connection,
  ...eachDetail(() => unread),
  contact: unread,
})
const contactEnvelope = z.strictObject({ email: unread, phone: unread })

const zerosWarning =
  'This number ends in zeros, as spreadsheets leave it behind when they cut a long number after 15 digits. Compare it with the label or the order.'

/** Numbers of this file or list that end in zeros: one may be chance, two are a spreadsheet. */
const looksCut = (number: string, alike: Set<string>): boolean => {
  if (!endsInZeros(number)) return false
  alike.add(number)
  return alike.size > 1 || number.endsWith('00')
}

/**
 * Reads one item of a list, or one line of a file. Its number and its order number must be readable; of everything else what cannot be read
 * becomes a warning and is left out. A cell with several numbers is several parcels of one order. `alike` is the same for a whole list.
 */
export const readRegistration = (input: unknown, alike = new Set<string>()): ReadRegistration => {
  const sent = envelope.safeParse(input)
  if (!sent.success) return { problem: toItemProblem(sent.error) }
  const warnings: ProblemError[] = []
  const warn = (path: string, message = 'This cannot be read.') => {
    warnings.push({ path, message: `Left out: ${message}` })
  }
  const read = <Value>(path: string, schema: z.ZodType<Value>, value: unknown): Value | undefined => {
    const parsed = schema.safeParse(value)
    if (!parsed.success) warn(path, parsed.error.issues[0]?.message)
    return parsed.data
  }
  const sentContact = sent.data.contact
  const inContact = isObject(sentContact) ? contactEnvelope.safeParse(sentContact) : undefined
  if (inContact?.error) return { problem: toItemProblem(under('contact', inContact.error)) }
  const { trackingNumber: numbers, ...others } = sent.data
  const shared = {
    ...eachDetail((name) => read(name, optional[name], others[name])),
    orderNumber: others.orderNumber,
    connection: others.connection,
    contact: inContact
      ? asContact(
          read('contact.email', contactFields.email, inContact.data.email),
          read('contact.phone', contactFields.phone, inContact.data.phone),
        )
      : readLooseContact(sentContact, warn),
  }
  if (shared.orderNumber && looksCut(shared.orderNumber, alike))
    warnings.push({ path: 'orderNumber', message: zerosWarning })
  if (numbers.some((number) => looksCut(number, alike)))
    warnings.push({ path: 'trackingNumber', message: zerosWarning })
  return { trackings: numbers.map((trackingNumber) => withoutUndefined({ trackingNumber, ...shared })), warnings }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const under = (path: string, error: z.ZodError): z.ZodError =>
  new z.ZodError(error.issues.map((issue) => ({ ...issue, path: [path, ...issue.path] })))

const asContact = (email: string | undefined, phones: string[] | undefined): Contact | undefined =>
  email || phones ? toContact(email, phones) : undefined

/** A contact that came as one text, as buyers type it. */
const readLooseContact = (value: unknown, warn: (path: string) => void): Contact | undefined => {
  if (isEmpty(value)) return undefined
  const read = typeof value === 'string' || typeof value === 'number' ? readContact(foldTyped(String(value))) : null
  if (!read) warn('contact')
  return read ?? undefined
}

const withoutUndefined = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Value

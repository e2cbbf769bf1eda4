import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { z } from 'zod'
import { foldTyped, isShortened, unwrapNumber } from './fold-typed.ts'
import { given } from './given.ts'

const home = 'MY'
const masked = /[*\u2022\u25cf]|x{2,}/i
const extension = /[\s,;]*(?:samb(?:ungan)?|ext(?:n|ension)?|\u5206\u673a|\u8f6c)\s*\.?\s*:?\s*\d{1,6}\s*$/i
const betweenPhones = /[/;|,&\n]|\s(?:or|and|atau|dan)\s|\u6216/i
const plainNumber = /^[\d\s().+-]+$/

/** Digits that no plan of numbers knows, but written as a whole phone number: it still equals itself. */
const asWritten = (text: string): string | undefined => {
  if (!plainNumber.test(text)) return undefined
  const digits = text.replace(/[^\d+]/g, '').replace(/^00/, '+')
  const whole = digits.replace(/^0(?=[1-9])/, '+60').replace(/^(?=60[1-9]\d{7,})/, '+')
  return /^\+[1-9]\d{7,14}$/.test(whole) ? whole : undefined
}

const readPhone = (given: string): string | undefined => {
  const text = unwrapNumber(given).replace(extension, '')
  if (masked.test(text) || isShortened(text.trim())) return undefined
  const local = parsePhoneNumberFromString(text, home)
  if (local?.isValid()) return local.number
  const firstOfRow = parsePhoneNumberFromString(text.replace(/-\s*\d{1,2}$/, ''), home)
  if (firstOfRow?.isValid()) return firstOfRow.number
  const isBare = /^[1-9(]/.test(text.trim())
  const foreign = isBare ? parsePhoneNumberFromString(`+${text.replace(/\D/g, '')}`) : undefined
  if (foreign?.isValid()) return foreign.number
  const kept = asWritten(text)
  if (!kept) return undefined
  const known = parsePhoneNumberFromString(kept, home)
  return known?.isPossible() ? known.number : kept
}

const isPhone = (text: string): boolean => parsePhoneNumberFromString(text, home)?.isValid() === true

/** Two whole phones may stand beside each other with nothing but a blank between them. */
const apart = (text: string): string[] => {
  if (isPhone(text)) return [text]
  const pairs = [...text.matchAll(/\s+(?=[+0(6])/g)].map(({ index }) => [text.slice(0, index), text.slice(index)])
  return pairs.find((pair) => pair.every(isPhone)) ?? [text]
}

/**
 * The phones in a cell, at most two, each in one spelling (E.164): Malaysian unless they say otherwise or can only be foreign, without their
 * extension. Empty for what is masked, damaged, or no phone.
 */
export const readPhones = (typed: string): string[] => {
  const text = foldTyped(typed).slice(0, 200)
  const parts = text
    .split(betweenPhones)
    .flatMap(apart)
    .map((part) => readPhone(part.trim()))
  const phones = parts[0] === undefined ? [readPhone(text), ...parts] : parts
  return [...new Set(phones)].filter((phone) => phone !== undefined).slice(0, 2)
}

const asciiDomain = (domain: string): string | undefined => {
  const host = URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : ''
  return /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z](?:[a-z\d-]*[a-z\d])$/.test(host) ? host : undefined
}

/** The e-mail address in a cell, in one spelling (small letters, plain domain); undefined for what is masked or none. */
export const readEmail = (typed: string): string | undefined => {
  const text = foldTyped(typed).toLowerCase()
  if (text.length > 400) return undefined
  const inBrackets = text.match(/<([^<>]+)>\s*$/)?.[1] ?? text
  const first = inBrackets.replace(/^mailto:/, '').split(/[;,\s]+/, 1)[0] ?? ''
  const [, local, domain] = first.match(/^([^\s@"<>(),:;[\]\\*\u2022]{1,64})@([^\s@/?#:*\\]+?)\.*$/) ?? []
  const host = domain && asciiDomain(domain)
  const email = local && host ? `${local}@${host}` : undefined
  return email && email.length <= 254 ? email : undefined
}

/** How the buyer can prove to be the buyer; brought to one spelling, so that keyed hashes of it can be compared. */
export type Contact = { email?: string; phone?: string; otherPhone?: string }

export const toContact = (email: string | undefined, [phone, otherPhone]: readonly string[] = []): Contact => ({
  ...(email && { email }),
  ...(phone && { phone }),
  ...(otherPhone && { otherPhone }),
})

/** Tells an e-mail address from phone numbers as people type them into one field; null for what is neither. */
export const readContact = (typed: string): Contact | null => {
  if (foldTyped(typed).includes('@')) {
    const email = readEmail(typed)
    return email ? { email } : null
  }
  const phones = readPhones(typed)
  return phones.length > 0 ? toContact(undefined, phones) : null
}

const phoneProblem = 'Write a phone number such as 012-345 6789 or +60 12 345 6789.'
const emailProblem = 'Write an e-mail address such as aisyah@example.com.'

/** One phone number in E.164. */
export const phone = z
  .string({ error: phoneProblem })
  .max(200, phoneProblem)
  .overwrite((typed) => readPhones(typed)[0] ?? typed)
  .refine((text) => readPhones(text)[0] === text, phoneProblem)
  .meta({ examples: ['012-345 6789'] })

/** A cell that holds one phone number or two. */
const phones = z
  .string({ error: phoneProblem })
  .max(200, phoneProblem)
  .transform((typed, ctx): string[] => {
    const read = readPhones(typed)
    if (read.length === 0) ctx.issues.push({ code: 'custom', input: typed, message: phoneProblem })
    return read
  })
  .meta({ examples: ['012-345 6789'] })

export const email = z
  .string({ error: emailProblem })
  .max(400, emailProblem)
  .overwrite((typed) => readEmail(typed) ?? typed)
  .refine((text) => readEmail(text) === text, emailProblem)
  .meta({ format: 'email', examples: ['aisyah@example.com'] })

export const contactFields = { email: given(email), phone: given(phones) }

/** A contact as a shop sends it. */
export const contact = z
  .strictObject(contactFields, { error: 'Send a contact as an object with email, phone or both.' })
  .refine(
    (sent) => sent.email !== undefined || sent.phone !== undefined,
    'Give an e-mail address, a phone number or both.',
  )
  .transform((sent): Contact => toContact(sent.email, sent.phone))

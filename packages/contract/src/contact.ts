import { z } from 'zod'

const localPrefix = /^0(?=[1-9])/
const barePrefix = /^(?=60[1-9]\d{7,})/

/** Malaysian numbers get their country code: `012-345 6789`, `6012…` and `+6012…` are the same phone. */
const toInternational = (raw: string): string =>
  raw
    .replace(/[^\d+]/g, '')
    .replace(/^00/, '+')
    .replace(localPrefix, '+60')
    .replace(barePrefix, '+')

export const phone = z
  .string()
  .max(40)
  .overwrite(toInternational)
  .refine((value) => /^\+[1-9]\d{7,14}$/.test(value), 'Write a phone number such as 012-345 6789 or +60 12 345 6789.')
  .meta({ examples: ['012-345 6789'] })

export const email = z
  .string()
  .max(254)
  .trim()
  .toLowerCase()
  .check(z.email('Write an e-mail address such as aisyah@example.com.'))

/** How the buyer can prove to be the buyer; brought to one spelling, so that a keyed hash of it can be compared. */
export const contact = z
  .strictObject({ email: email.optional(), phone: phone.optional() })
  .refine(
    (given) => given.email !== undefined || given.phone !== undefined,
    'Give an e-mail address, a phone number or both.',
  )
export type Contact = z.infer<typeof contact>

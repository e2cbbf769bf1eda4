import { z } from 'zod'
import { email, phone } from './contact.ts'
import { languages } from './languages.ts'
import { line } from './line.ts'
import { color, shopFace } from './shop-face.ts'

const spoken = z
  .array(z.enum(languages))
  .min(1)
  .refine((given) => new Set(given).size === given.length, 'Name each language once.')

/** A shop as its staff see it: its face, its name in addresses (`?shop=slug`), and the languages of its pages, first choice first. */
export const shopView = shopFace.extend({ slug: z.string(), languages: spoken })
export type ShopView = z.infer<typeof shopView>

// The host goes into the page's Content-Security-Policy, where `;` and `,` would begin something new.
const logoUrl = z
  .url({
    protocol: /^https$/,
    hostname: /^[a-z\d.-]+$/,
    error: 'Write an address that begins with https:// and a plain host name.',
  })
  .max(500)

/** `PATCH /v1/shop`: what is absent stays, `null` removes. */
export const shopPatch = z
  .strictObject({
    name: line(100).nullable().optional(),
    logoUrl: logoUrl.nullable().optional(),
    color: color.nullable().optional(),
    whatsapp: phone.nullable().optional(),
    phone: phone.nullable().optional(),
    email: email.nullable().optional(),
    languages: spoken.optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'Give at least one field to change.')

import { z } from 'zod'
import { email, phone } from './contact.ts'
import { line } from './line.ts'
import { shopFace } from './shop-face.ts'

export const shopLanguages = ['en', 'ms', 'zh'] as const

const languages = z
  .array(z.enum(shopLanguages))
  .min(1)
  .refine((given) => new Set(given).size === given.length, 'Name each language once.')

/** A shop as its staff see it: its face, its name in addresses (`?shop=slug`), and the languages of its pages, first choice first. */
export const shopView = shopFace.extend({ slug: z.string(), languages })
export type ShopView = z.infer<typeof shopView>

const logoUrl = z.url({ protocol: /^https$/, error: 'Write an address that begins with https://.' }).max(500)
const color = z
  .string()
  .toLowerCase()
  .regex(/^#[0-9a-f]{6}$/, 'Write a colour as #rrggbb.')

/** `PATCH /v1/shop`: what is absent stays, `null` removes. */
export const shopPatch = z
  .strictObject({
    name: line(100).nullable().optional(),
    logoUrl: logoUrl.nullable().optional(),
    color: color.nullable().optional(),
    whatsapp: phone.nullable().optional(),
    phone: phone.nullable().optional(),
    email: email.nullable().optional(),
    languages: languages.optional(),
  })
  .refine((patch) => Object.values(patch).some((value) => value !== undefined), 'Give at least one field to change.')

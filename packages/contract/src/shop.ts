import { z } from 'zod'
import { email, phone } from './contact.ts'
import { languages } from './languages.ts'
import { line } from './line.ts'
import { color, shopFace } from './shop-face.ts'
import { undoRef } from './undo.ts'

const spoken = z
  .array(z.enum(languages))
  .min(1)
  .refine((given) => new Set(given).size === given.length, 'Name each language once.')

/** A shop as its staff see it: its face, its name in addresses (`?shop=slug`), and the languages of its pages, first choice first. */
export const shopView = shopFace.extend({ slug: z.string(), languages: spoken })
export type ShopView = z.infer<typeof shopView>

/** What a change of it answers. */
export const shopChanged = shopView.extend({ undo: undoRef.nullable() })

const logoProblem = 'Write an address that begins with https:// and a plain host name, without a name and password.'

/** As browsers read it; the host goes into the page's Content-Security-Policy, where `;` and `,` would begin something new. */
const readLogoUrl = (typed: string): string | undefined => {
  if (/\p{Cc}/u.test(typed) || !typed.isWellFormed() || !URL.canParse(typed)) return undefined
  const { protocol, hostname, username, password, href } = new URL(typed)
  const isPlain = protocol === 'https:' && /^[a-z\d.-]+$/.test(hostname) && username === '' && password === ''
  return isPlain && href.length <= 500 ? href : undefined
}

const logoUrl = z
  .string({ error: logoProblem })
  .max(500, 'Write at most 500 characters.')
  .overwrite((typed) => readLogoUrl(typed.trim()) ?? typed)
  .refine((text) => readLogoUrl(text) === text, logoProblem)
  .meta({ format: 'uri' })

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

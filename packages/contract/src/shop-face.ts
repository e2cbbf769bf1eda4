import { z } from 'zod'

/** A colour as `#rrggbb`, in small letters. */
export const color = z
  .string()
  .toLowerCase()
  .regex(/^#[0-9a-f]{6}$/, 'Write a colour as #rrggbb.')

/** How a shop shows itself to its customers. `color` is `#rrggbb`, `whatsapp` and `phone` are in E.164; `name` is null until the shop has one. */
export const shopFace = z.object({
  name: z.string().nullable(),
  logoUrl: z.url({ protocol: /^https$/ }).nullable(),
  color: color.nullable(),
  whatsapp: z.string().nullable(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
})
export type ShopFace = z.infer<typeof shopFace>

import { z } from 'zod'
import { shopSlug } from './buyer.ts'
import { instant } from './instant.ts'
import { line } from './line.ts'

const password = z.string().min(1, 'Write the password.').max(200, 'Write at most 200 characters.')

/** `POST /v1/session`: signs in. */
export const signInRequest = z.strictObject({
  email: line(254),
  password,
})

/** What a user may be in a shop. */
export const shopRole = z.enum(['owner', 'admin', 'dispatcher', 'biller', 'support', 'viewer'])

/** Who is signed in, for which shop, what they may do there, to which shops they belong, and until when at the latest. */
export const sessionView = z.object({
  email: z.string(),
  name: z.string(),
  shop: z.string().nullable(),
  role: shopRole.nullable(),
  isOperator: z.boolean(),
  permissions: z.array(z.string()),
  shops: z.array(z.object({ slug: z.string(), name: z.string().nullable(), role: shopRole })),
  endsAt: instant,
})
export type SessionView = z.infer<typeof sessionView>

/** One's own sessions, newest use first. */
export const sessionList = z.object({
  data: z.array(z.object({ id: z.string(), createdAt: instant, seenAt: instant, current: z.boolean() })),
})

export const sessionId = z.object({ id: z.string().regex(/^\d{1,18}$/, 'An id is a number.') })

/** `POST /v1/session/shop`: the one to act for. */
export const shopChoice = z.strictObject({ shop: shopSlug.meta({ description: 'Slug of the shop to act for' }) })

/** `POST /v1/session/password`: the one that was, and the one to be. */
export const passwordChange = z.strictObject({ current: password, password })

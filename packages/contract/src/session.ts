import { z } from 'zod'
import { instant } from './instant.ts'
import { line } from './line.ts'

const password = z.string().min(1, 'Write the password.').max(200, 'Write at most 200 characters.')

/** `POST /v1/session`: signs in. */
export const signInRequest = z.strictObject({
  email: line(254),
  password,
})

/** Who is signed in, for which shop, and until when at the latest. */
export const sessionView = z.object({
  email: z.string(),
  name: z.string(),
  shop: z.string().nullable(),
  role: z.enum(['owner', 'admin', 'dispatcher', 'biller', 'support', 'viewer']).nullable(),
  isOperator: z.boolean(),
  endsAt: instant,
})
export type SessionView = z.infer<typeof sessionView>

/** One's own sessions, newest use first. */
export const sessionList = z.object({
  data: z.array(z.object({ id: z.string(), createdAt: instant, seenAt: instant, current: z.boolean() })),
})

export const sessionId = z.object({ id: z.string().regex(/^\d{1,18}$/, 'An id is a number.') })

/** `POST /v1/session/password`: the one that was, and the one to be. */
export const passwordChange = z.strictObject({ current: password, password })

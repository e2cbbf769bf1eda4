import { z } from 'zod'
import { shopSlug } from './buyer.ts'
import { email } from './contact.ts'
import { instant } from './instant.ts'
import { line } from './line.ts'

const password = z.string().min(1, 'Write the password.').max(200, 'Write at most 200 characters.')

const code = line(40).meta({ description: 'The code that the authenticator shows now, or a recovery code' })

/** `POST /v1/session`: signs in. `code` is for users who sign in with codes, too. */
export const signInRequest = z.strictObject({ email: line(254), password, code: code.optional() })

/** What a user may be in a shop. */
export const shopRole = z.enum(['owner', 'admin', 'dispatcher', 'biller', 'support', 'viewer'])

/** Who is signed in, for which shop, what they may do there, to which shops they belong, and until when at the latest. */
export const sessionView = z.object({
  email: z.string(),
  name: z.string(),
  shop: z.string().nullable(),
  role: shopRole.nullable(),
  isOperator: z.boolean(),
  /** Whether codes are asked for beside the password. */
  totp: z.boolean(),
  permissions: z.array(z.string()),
  shops: z.array(z.object({ slug: z.string(), name: z.string().nullable(), role: shopRole })),
  endsAt: instant,
})
export type SessionView = z.infer<typeof sessionView>

/** One's own sessions, newest use first. */
export const sessionList = z.object({
  data: z.array(z.object({ id: z.string(), createdAt: instant, seenAt: instant, current: z.boolean() })),
})

/** `POST /v1/session/shop`: the one to act for. */
export const shopChoice = z.strictObject({ shop: shopSlug.meta({ description: 'Slug of the shop to act for' }) })

/** `POST /v1/session/password`: the one that was, and the one to be. */
export const passwordChange = z.strictObject({ current: password, password, code: code.optional() })

/** `POST /v1/session/email`: the address to sign in with from now on. */
export const emailChange = z.strictObject({ password, email, code: code.optional() })

/** Proves once more that it is the user who asks. */
export const selfProof = z.strictObject({ password, code: code.optional() })

/** What an authenticator is given: the secret as text, and as the address that a QR code holds. */
export const totpSecret = z.object({ secret: z.string(), uri: z.string() })

/** `POST /v1/session/totp/confirm` */
export const totpConfirmation = z.strictObject({ code })

/** Each signs in once in place of a code; they are shown once. */
export const recoveryCodeList = z.object({ recoveryCodes: z.array(z.string()) })

const linkToken = z.string().regex(/^[\w-]{43}$/, 'This is not the whole link.')

/** `POST /v1/links/look` */
export const linkLook = z.strictObject({ token: linkToken })

/** What a link is for, and what whoever uses it has to fill in. */
export const linkView = z.object({
  kind: z.enum(['invitation', 'reset', 'setup']),
  email: z.string().nullable(),
  shop: z.string().nullable(),
  role: shopRole.nullable(),
  expiresAt: instant,
  /** `password`: the one that the user has already. `newPassword`: one to choose. */
  needs: z.array(z.enum(['email', 'name', 'newPassword', 'password'])),
})
export type LinkView = z.infer<typeof linkView>

/** `POST /v1/links/use` */
export const linkUse = z.strictObject({
  token: linkToken,
  email: email.optional(),
  name: line(100).optional(),
  password: password.optional(),
  code: code.optional(),
})
/** The address to sign in with. */
export const linkUsed = z.object({ email: z.string() })

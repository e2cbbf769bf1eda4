import { z } from 'zod'
import { email } from './contact.ts'
import { instant, instantGiven } from './instant.ts'
import { line } from './line.ts'
import { shopRole } from './session.ts'

export const numberedId = z.object({ id: z.string().regex(/^\d{1,18}$/, 'An id is a number.') })

/** `GET /v1/team` */
export const teamView = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      email: z.string(),
      name: z.string(),
      role: shopRole,
      isDisabled: z.boolean(),
      /** Whether they sign in with codes, too. */
      totp: z.boolean(),
      lastSeenAt: instant.nullable(),
    }),
  ),
  invitations: z.array(z.object({ id: z.string(), email: z.string(), role: shopRole, expiresAt: instant })),
})

/** `POST /v1/team/invitations` */
export const invitationRequest = z.strictObject({ email, role: shopRole })
export const invitationMade = z.object({ id: z.string(), link: z.url(), expiresAt: instant })

/** `PATCH /v1/team/:id` */
export const memberPatch = z.strictObject({ role: shopRole })

/** What a shop’s own keys may have; keys of operators are made on the command line. */
const shopScope = z.enum(['trackings:read', 'trackings:write', 'shop:admin'])

/** `GET /v1/keys` */
export const keyList = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      prefix: z.string(),
      name: z.string(),
      scopes: z.array(z.string()),
      createdAt: instant,
      expiresAt: instant.nullable(),
      lastUsedAt: instant.nullable(),
      revokedAt: instant.nullable(),
    }),
  ),
})

/** `POST /v1/keys` */
export const keyRequest = z.strictObject({
  name: line(100),
  scopes: z
    .array(shopScope)
    .min(1)
    .refine((given) => new Set(given).size === given.length, 'Name each scope once.'),
  expiresAt: instantGiven.nullable().optional(),
})
export const keyMade = z.object({ id: z.string(), key: z.string(), prefix: z.string() })

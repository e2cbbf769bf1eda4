import { z } from 'zod'
import { instant } from './instant.ts'
import { shopRole } from './session.ts'

/** `GET /v1/admin/me`: who asks, for which shop, and what they may do there. */
export const meView = z.object({
  kind: z.enum(['user', 'key']),
  id: z.string(),
  name: z.string().meta({ description: 'Of the person, or of the key' }),
  email: z.string().nullable(),
  isOperator: z.boolean(),
  shop: z.object({ slug: z.string(), name: z.string().nullable(), role: shopRole.nullable() }).nullable(),
  shops: z
    .array(z.object({ slug: z.string(), name: z.string().nullable(), role: shopRole }))
    .meta({ description: 'All shops of a user; none for a key' }),
  permissions: z.array(z.string()),
  demo: z.boolean().meta({ description: 'Whether EasyParcel is the simulator here' }),
  timezone: z.string(),
  now: instant.meta({ description: 'The time by the clock of the server' }),
})
export type MeView = z.infer<typeof meView>

export const permissionParams = z.object({ name: z.string().regex(/^[a-z:_]{1,40}$/, 'This is no permission.') })

/** `GET /v1/admin/permissions/:name/holders`: whom to ask. */
export const permissionHolders = z.object({
  permission: z.string(),
  what: z.string().meta({ description: 'What it allows, in words' }),
  roles: z.array(shopRole),
  isOfOperators: z
    .boolean()
    .meta({ description: 'Whether operators of the installation have it, whatever their shop' }),
  holders: z
    .array(z.object({ name: z.string(), role: shopRole }))
    .meta({ description: 'Who in the shop has it and can sign in: at most 20, those with the smallest role first' }),
})
export type PermissionHolders = z.infer<typeof permissionHolders>

import { z } from 'zod'
import { instant, instantGiven } from './instant.ts'

const name = z
  .string()
  .regex(/^[\w.:-]{1,100}$/, 'Write it as the log shows it, such as user:3.')
  .optional()

/** `GET /v1/admin/audit` and `GET /v1/operator/audit`: newest first. */
export const auditQuery = z.strictObject({
  actor: name.meta({ description: 'Who did it: user:3, key:12, console' }),
  act: name.meta({ description: 'What was done: key.created' }),
  object: name.meta({ description: 'What it was done to: parcel:55, user:3' }),
  since: instantGiven.optional(),
  until: instantGiven.optional().meta({ description: 'Before this time' }),
  format: z.enum(['json', 'csv']).default('json').meta({ description: 'csv answers all that match as a file' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'Send nextCursor back as it came.')
    .optional(),
})

/** What someone did. `sealedAs` is its place in the chain; null for what waits to be sealed. */
const auditEntry = z.object({
  id: z.string(),
  at: instant,
  act: z.string(),
  actor: z.string(),
  object: z.string().nullable(),
  result: z.enum(['done', 'refused']),
  address: z
    .string()
    .nullable()
    .meta({ description: 'A keyed hash of the network address: the same one for the same address' }),
  requestId: z.string().nullable(),
  detail: z.string().nullable(),
  organizationId: z.string().nullable().meta({ description: 'The shop that it concerns; null for the installation' }),
  sealedAs: z.string().nullable(),
})

export const auditPage = z.object({ data: z.array(auditEntry), nextCursor: z.string().nullable() })
export type AuditPage = z.infer<typeof auditPage>

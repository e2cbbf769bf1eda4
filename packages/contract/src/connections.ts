import { z } from 'zod'
import { calendarDay, instant, instantGiven } from './instant.ts'
import { line } from './line.ts'
import { freshnessReasons } from './tracking-document.ts'
import { undoRef } from './undo.ts'

const count = z.number().int().nonnegative()

/** Of an EasyParcel account: EasyParcel tells it nowhere, so the person who connects it does. */
export const environments = ['live', 'sandbox'] as const
export type Environment = (typeof environments)[number]
const environment = z.enum(environments, { error: 'Write live or sandbox.' })

/** Says which account a parcel is checked with, where ids do so too. */
export const connectionName = line(60).refine(
  (name) => !/^\d+$/.test(name),
  'Write more than digits: those name an id.',
)

const notHere = 'Write a path of this installation, such as /console/connections.'

/** A path of this installation, to come back to. What a browser would read as the address of another site is none. */
const pathHere = z
  .string()
  .max(500, 'Write at most 500 characters.')
  .regex(/^\/(?:[\x21-\x2e\x30-\x5b\x5d-\x7e][\x21-\x5b\x5d-\x7e]*)?$/, notHere)
  .refine((path) => URL.parse(path, 'http://here')?.pathname.startsWith('//') === false, notHere)

/** One EasyParcel account of a shop. `allowedByNow` is how many scheduled calls the pace grants up to this minute. */
export const connectionView = z.object({
  id: z.string(),
  name: z.string().nullable(),
  environment: z.enum(environments).nullable().meta({ description: 'Null until a person has said it' }),
  isDefault: z.boolean().meta({ description: 'Parcels that name no account are checked with this one' }),
  api: z.enum(['open', 'classic']),
  isAuthorised: z.boolean(),
  needs: z
    .object({ action: z.enum(['connect', 'reconnect', 'set_key', 'say_environment']), sentence: z.string() })
    .nullable()
    .meta({ description: 'What a person has to do about it' }),
  trouble: z.enum(freshnessReasons).nullable(),
  pause: z
    .object({ since: instant, until: instant.nullable(), reason: z.string().nullable() })
    .nullable()
    .meta({ description: 'By a person; without `until` it lasts until someone resumes' }),
  waitsUntil: instant.nullable().meta({ description: 'Until when Jejak itself asks nothing after a failure' }),
  token: z
    .object({
      expiresAt: instant.nullable(),
      renewsItself: z.boolean(),
      refreshedAt: instant.nullable(),
      refusedAt: instant.nullable().meta({ description: 'When EasyParcel refused to renew it' }),
    })
    .nullable()
    .meta({ description: 'Null without one, and for the classic API' }),
  connectedAt: instant.nullable(),
  disconnectedAt: instant.nullable(),
  breakerOpenUntil: instant.nullable(),
  lastGoodCallAt: instant.nullable(),
  lastFailure: z.string().nullable(),
  lastFailureAt: instant.nullable(),
  budget: z.object({
    day: calendarDay,
    plan: count,
    extra: count.meta({ description: 'Added for this day' }),
    limit: count.meta({ description: '`plan` and `extra`' }),
    used: count,
    usedManually: count,
    left: count,
    reserve: count.meta({ description: 'Of the limit, for what people ask for' }),
    reserveLeft: count,
    allowedByNow: count,
    lastsUntil: instant.nullable().meta({
      description: 'When the calls of today are used up if they go on as until now; null when they last past midnight',
    }),
    expected: count.meta({ description: 'How many today would take at that pace' }),
    extraToLast: count.meta({ description: 'How many more would make them last' }),
  }),
})
export type ConnectionView = z.infer<typeof connectionView>

/** `GET /v1/admin/connections` */
export const connectionList = z.object({ data: z.array(connectionView) })

/** `POST /v1/admin/connections/authorise` */
export const authoriseRequest = z.strictObject({
  environment,
  name: connectionName.optional(),
  connectionId: z
    .string()
    .regex(/^\d{1,18}$/, 'An id is a number.')
    .optional()
    .meta({ description: 'The account to connect again; its parcels stay with it' }),
  returnTo: pathHere.optional().meta({ description: 'Where the browser goes afterwards; a path of this installation' }),
})
export const loginBegun = z.object({
  loginUrl: z.url().meta({ description: 'For this browser only, once' }),
  expiresAt: instant,
})

/** An account as a change has left it; `undo` where that can be undone. */
export const connectionChanged = connectionView.extend({ undo: undoRef.nullable() })

/** `PATCH /v1/admin/connections/:id` */
export const connectionPatch = z
  .strictObject({
    name: connectionName,
    environment,
    isDefault: z.literal(true, { error: 'Make another account the default instead.' }),
  })
  .partial()

/** `POST /v1/admin/connections/:id/pause` */
export const pauseRequest = z.strictObject({ until: instantGiven, reason: line(200) }).partial()

/** `POST /v1/admin/connections/:id/disconnect` */
export const disconnectRequest = z.strictObject({
  confirm: z.boolean().optional().meta({ description: 'Needed while parcels are checked with this account' }),
})

/** `POST /v1/admin/connections/:id/budget`: what is added to the plan of today; the last one counts. */
export const budgetRequest = z.strictObject({ extraCalls: z.int().min(0).max(10_000_000) })

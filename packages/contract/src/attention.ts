import { z } from 'zod'
import { foldTyped } from './fold-typed.ts'
import { instant, instantGiven } from './instant.ts'
import { line } from './line.ts'
import { substatus, trackingStatus } from './status.ts'
import { trackingNumber } from './tracking-number.ts'
import { undoRef } from './undo.ts'

const count = z.number().int().nonnegative()
const id = z.string().regex(/^\d{1,18}$/, 'An id is a whole number in quotes.')

/** So many cases one request names; those of a reason are done so many at a time. */
export const casesMax = 1000
export const noteMax = 1000

/** What settles a case, or puts it off. */
export const settleHows = ['seen', 'retry', 'fix', 'returned', 'lost', 'tell_later', 'mute'] as const
export type SettleHow = (typeof settleHows)[number]

/** A way to settle cases of a reason: what it does in a sentence, what it must be given, and whether it can be undone. */
const settleChoice = z.object({
  how: z.enum(settleHows),
  consequence: z.string(),
  needs: z.enum(['until', 'fix']).nullable(),
  canUndo: z.boolean(),
})
export type SettleChoice = z.infer<typeof settleChoice>

/** `GET /v1/admin/attention` */
export const attentionView = z.object({
  open: count.meta({ description: 'All cases, silent ones too' }),
  reasons: z.array(
    z.object({
      reason: z.string(),
      meaning: z.string(),
      open: count,
      silent: count.meta({ description: 'How many of them are snoozed or muted; at most 1,000 are counted' }),
      oldestAt: instant.nullable().meta({ description: 'Since when the oldest is open that is not silent' }),
      choices: z.array(settleChoice),
    }),
  ),
  lastSettledAt: instant.nullable(),
})
export type AttentionView = z.infer<typeof attentionView>

/** `GET /v1/admin/attention/cases`: the longest open first. */
export const casesQuery = z.strictObject({
  reason: z
    .string()
    .regex(/^\w{1,60}$/, 'Write a reason as the list of reasons shows it.')
    .optional(),
  assignee: z.union([id, z.enum(['none', 'me'])]).optional(),
  snoozed: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .default(false)
    .meta({ description: 'true: those that are snoozed or muted' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(200).optional(),
})

const note = z.object({ text: z.string(), by: z.string(), at: instant })

const attentionCase = z.object({
  id: id.meta({ description: 'Of the parcel' }),
  trackingNumber: z.string(),
  courier: z.string().nullable(),
  orderNumber: z.string().nullable(),
  status: trackingStatus,
  substatus: substatus.nullable(),
  changedAt: instant,
  reason: z.string(),
  openedAt: instant,
  assignee: z.object({ id: z.string(), name: z.string() }).nullable(),
  snoozedUntil: instant.nullable(),
  snoozedFor: z.enum(['later', 'tell_customer']).nullable(),
  mutedUntil: instant.nullable(),
  note: note.nullable().meta({ description: 'The newest on this parcel' }),
})
export const casesPage = z.object({ data: z.array(attentionCase), nextCursor: z.string().nullable() })
export type CasesPage = z.infer<typeof casesPage>

const which = {
  ids: z
    .array(id)
    .min(1, 'Name at least one parcel in `ids`.')
    .max(casesMax, `Name at most ${casesMax} parcels at once.`)
    .optional(),
  reason: z
    .string()
    .regex(/^\w{1,60}$/, 'Write a reason as the list of reasons shows it.')
    .optional(),
  asOf: instantGiven.optional().meta({ description: 'With `reason`: all its cases that were open then' }),
}
type WhichGiven = { ids?: unknown; reason?: unknown; asOf?: unknown }
const namesSome = ({ ids, reason, asOf }: WhichGiven): boolean =>
  ids === undefined ? reason !== undefined && asOf !== undefined : reason === undefined && asOf === undefined
const some = 'Name parcels in `ids`, or all of a `reason` that were open `asOf` a time.'

/** What `fix` makes right. */
const fix = z
  .strictObject({ trackingNumber: trackingNumber.optional(), courier: line(60).optional() })
  .refine(
    (given) => Object.values(given).some((one) => one !== undefined),
    'Give the right number, or the right courier.',
  )

export const settleRequest = z
  .strictObject({ ...which, how: z.enum(settleHows), until: instantGiven.optional(), fix: fix.optional() })
  .refine(namesSome, some)
  .refine(({ how, until }) => (how === 'tell_later' || how === 'mute') === (until !== undefined), {
    message: 'tell_later and mute want to know until when; nothing else does.',
    path: ['until'],
  })
  .refine(({ how, fix, ids }) => (how === 'fix') === (fix !== undefined) && (how !== 'fix' || ids?.length === 1), {
    message: 'fix is for one parcel, and wants to know what is right in `fix`.',
    path: ['fix'],
  })

export const snoozeRequest = z
  .strictObject({ ...which, until: instantGiven.nullable().meta({ description: 'null wakes them' }) })
  .refine(namesSome, some)
export const assignRequest = z
  .strictObject({ ...which, userId: id.nullable().meta({ description: 'A member of the shop; null: no one' }) })
  .refine(namesSome, some)

const noteText = z
  .string({ error: 'Write the note as text in quotes.' })
  .overwrite((typed) => typed.split('\n').map(foldTyped).join('\n').trim())
  .min(1, 'Write at least one character.')
  .max(noteMax, `Write at most ${noteMax} characters.`)
  .refine((text) => !/(?!\n)\p{Cc}/u.test(text) && text.isWellFormed(), 'Write it without control characters.')

/** `POST /v1/admin/attention/note`: the same note on each. */
export const casesNoteRequest = z.strictObject({ ...which, text: noteText }).refine(namesSome, some)

/**
 * What became of cases. `left` says why some stayed as they were. `isComplete` is false where a reason has more cases than are done at once: send the
 * same again.
 */
export const casesAnswer = z.object({
  done: count,
  left: z.array(z.object({ why: z.string(), amount: count, sentence: z.string() })),
  isComplete: z.boolean(),
  undo: undoRef.nullable(),
})
export type CasesAnswer = z.infer<typeof casesAnswer>

/** `GET /v1/admin/trackings/:id/notes`: newest first. */
export const noteView = note.extend({ id })
export const noteList = z.object({ data: z.array(noteView) })
export const noteRequest = z.strictObject({ text: noteText })
export const noteAdded = noteView.extend({ trackingNumber: z.string(), undo: undoRef })
export const noteParams = z.object({ id, noteId: id })

import { z } from 'zod'
import { foldTyped } from './fold-typed.ts'
import { instantGiven } from './instant.ts'
import { line } from './line.ts'
import { orderNumber } from './order-number.ts'
import { trackingStatus } from './status.ts'
import { trackingNumber } from './tracking-number.ts'

const wordsMax = 200
const textMax = 20_000

const wordsIn = (texts: string | readonly string[]): string[] =>
  [texts]
    .flat()
    .flatMap((text) => text.split(','))
    .map(foldTyped)
    .filter(Boolean)

/** Several words: with commas, as a name that an address repeats, or as a list in JSON. */
const several = <Word extends string>(word: z.ZodType<Word, string>) =>
  z
    .union([z.string().max(textMax), z.array(z.string().max(textMax)).max(wordsMax)], {
      error: `Send text, or a list of at most ${wordsMax} texts.`,
    })
    .transform(wordsIn)
    .pipe(z.array(word).min(1).max(wordsMax, `Ask for at most ${wordsMax} at once.`))

/** A switch, in JSON or in an address. */
const yesOrNo = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })], {
  error: 'Write true or false.',
})

const id = z.string().regex(/^\d{1,18}$/, 'An id is a whole number in quotes.')
const reason = z.string().regex(/^[a-z_]{1,60}$/)

/** Which parcels: the words that lists, files, saved views and refresh runs share. All that are given must hold. */
export const trackingFilterFields = {
  trackingNumber: several(trackingNumber).optional().meta({ description: 'One number, or up to 200 with commas' }),
  orderNumber: orderNumber.optional(),
  status: several(trackingStatus)
    .optional()
    .meta({ description: 'One status, or several: with commas, repeated, or as a list in JSON' }),
  courier: line(60).optional().meta({ description: 'As the parcel has it; capitals do not matter' }),
  connection: id.optional().meta({ description: 'The id of an EasyParcel account of the shop' }),
  attention: z
    .union([yesOrNo, reason], { error: 'Write true, false, or a reason as the list of reasons shows it.' })
    .optional()
    .meta({ description: 'true: what needs a person, for whatever reason; or one reason' }),
  assignee: z
    .union([id, z.enum(['none', 'me'])], { error: 'Write the id of a user, none, or me.' })
    .optional()
    .meta({ description: 'Only parcels that need a person, and are this user’s to see to' }),
  ended: yesOrNo.optional().meta({ description: 'false: parcels on their way; true: those whose life is over' }),
  registeredAfter: instantGiven.optional(),
  registeredBefore: instantGiven.optional(),
  changedAfter: instantGiven.optional(),
  changedBefore: instantGiven.optional(),
  notCheckedSince: instantGiven.optional().meta({
    description:
      'Only parcels whose last good check was before this time, or that had none; a list leaves those out that have ended, unless it is asked for them or for a status',
  }),
}

export const trackingFilter = z.strictObject(trackingFilterFields)
/** A filter as it was read. */
export type TrackingFilter = z.output<typeof trackingFilter>

/** Orders of a list: by the last change, by the registration, each forwards or back, or by the time of the next check. */
export const trackingSorts = ['changed', '-changed', 'registered', '-registered', 'nextCheck'] as const
export type TrackingSort = (typeof trackingSorts)[number]
export const trackingSort = z.enum(trackingSorts)

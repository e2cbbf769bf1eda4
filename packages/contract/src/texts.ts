import { z } from 'zod'
import { instant } from './instant.ts'
import { substatus, trackingStatus } from './status.ts'

const count = z.number().int().nonnegative()
const id = z.string().regex(/^\d{1,18}$/, 'A text is named by its id.')

/** What someone says that a text of a courier means. */
export const textMapping = z.strictObject({
  text: z
    .string()
    .min(1)
    .max(500)
    .refine((text) => !/[^\P{Cc}\n\r\t]/u.test(text) && text.isWellFormed(), 'Write it without control characters.')
    .meta({ description: 'As it is shown among the unread ones, or as the courier wrote it' }),
  status: trackingStatus,
  substatus: substatus.nullable().default(null),
  dryRun: z.boolean().default(false).meta({ description: 'Only tell what it would change' }),
})

const ownText = z.object({
  id,
  text: z.string(),
  status: z.string(),
  substatus: z.string().nullable(),
  setAt: instant,
  setBy: z.string(),
})

const textPreview = z.object({
  text: z.string().meta({ description: 'As it is recognised: names, numbers and places are left out' }),
  scans: count,
  parcels: count,
  moves: z.record(z.string(), count).meta({ description: 'Scans by what they mean before and after' }),
  examples: z.array(z.string()).meta({ description: 'Ids of parcels that have it' }),
  lookedAt: count.meta({ description: 'Of how many parcels the scans were looked at; there may be more' }),
})

export const textMappingAnswer = z.object({ text: ownText.nullable(), preview: textPreview })

export const textParams = z.object({ id })

export const textsView = z.object({
  unread: z.array(
    z.object({
      ...{ text: z.string(), times: count, shops: count, firstSeenAt: instant, lastSeenAt: instant },
      examples: z.array(z.string()).meta({ description: 'Ids of parcels that had it last, three at most' }),
    }),
  ),
  own: z.array(ownText),
})

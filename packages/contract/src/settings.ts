import { z } from 'zod'
import { instant } from './instant.ts'
import { undoRef } from './undo.ts'

export const settingGroups = ['cadence', 'calendar', 'budget', 'attention', 'freshness', 'shop'] as const
export const settingSources = ['default', 'environment', 'shop'] as const

const value = z.union([z.string(), z.number(), z.array(z.string()), z.null()])

/** One setting of a shop: what is in force, where that comes from, and what it may be. */
export const settingView = z.object({
  name: z.string(),
  group: z.enum(settingGroups),
  value: value.meta({ description: 'What is in force' }),
  source: z.enum(settingSources).meta({
    description: 'Who said so: the shop; the environment, where it says other than the default; or no one',
  }),
  default: value.meta({ description: 'What it goes back to: what the environment says, or else the default' }),
  unit: z.string().nullable(),
  bounds: z.object({ min: z.number(), max: z.number() }).nullable(),
  takes: z.string().nullable().meta({ description: 'What it may be, in words' }),
  meaning: z.string(),
  changeBy: z.enum(['PATCH /v1/admin/settings', 'PATCH /v1/shop']),
  setAt: instant.nullable(),
  setBy: z
    .string()
    .nullable()
    .meta({ description: 'Who set it last, or back to the default: `user:3`, `key:12`, `console`' }),
})
export type SettingView = z.infer<typeof settingView>

/** `GET /v1/admin/settings` */
export const settingList = z.object({ data: z.array(settingView) })

/** What a change of settings answers. */
export const settingsChanged = settingList.extend({ undo: undoRef.nullable() })

const settingsAtOnce = 50

/** `PATCH /v1/admin/settings`: a value for each name, in its unit; `null` goes back to the default. */
export const settingsPatch = z
  .record(z.string().min(1).max(60), z.union([z.string().max(8000), z.number()]).nullable())
  .refine((patch) => Object.keys(patch).length > 0, 'Give at least one setting to change.')
  .refine((patch) => Object.keys(patch).length <= settingsAtOnce, `Change at most ${settingsAtOnce} settings at once.`)
export type SettingsPatch = z.infer<typeof settingsPatch>

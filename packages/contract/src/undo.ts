import { z } from 'zod'
import { instant } from './instant.ts'

const count = z.number().int().nonnegative()

/** What an act answers that can be undone: `POST /v1/admin/undo/:id` until then. */
export const undoRef = z.object({ id: z.string(), until: instant })
export type UndoRef = z.infer<typeof undoRef>

/** `GET /v1/admin/undo`: what can still be undone, newest first. */
export const undoList = z.object({
  data: z.array(
    undoRef.extend({
      at: instant,
      act: z.string().meta({ description: 'As the audit log calls it: attention.settled' }),
      by: z.string().meta({ description: 'Who did it: user:3, key:12' }),
      amount: count.meta({ description: 'How many parcels, settings or other things' }),
      detail: z.string().nullable(),
      mayUndo: z.boolean().meta({ description: 'Whether whoever asks has the permission' }),
    }),
  ),
})
export type UndoList = z.infer<typeof undoList>

/** `POST /v1/admin/undo/:id`: `kept` have changed since, and stay as they are. */
export const undone = z.object({ act: z.string(), restored: count, kept: count })
export type Undone = z.infer<typeof undone>

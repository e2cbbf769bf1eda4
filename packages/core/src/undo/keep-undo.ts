import type { UndoRef } from '@jejak/contract'
import { insertUndo, type ShopTx } from '@jejak/db'
import type { Permission } from '../access/permissions.ts'
import { type Actor, actorName } from '../actor.ts'
import type { Act } from '../audit/acts.ts'
import type { UndoKind, WasOf } from './kinds.ts'

/** For so long what was done can be undone. */
export const undoMs = 10 * 60_000

type Doing<Kind extends UndoKind> = {
  actor: Actor
  now: Date
  act: Act
  /** What someone must be allowed to undo it. */
  permission: Permission
  amount: number
  detail?: string
  kind: Kind
  was: WasOf<Kind>
}

/** Keeps what was before, in the transaction that changes it; answers by what it can be undone, and until when. */
export const keepUndo = async <Kind extends UndoKind>(
  tx: ShopTx,
  { actor, now, act, permission, amount, detail = '', kind, was }: Doing<Kind>,
): Promise<UndoRef> => {
  const until = new Date(now.getTime() + undoMs)
  const id = await insertUndo(tx, {
    ...{ at: now, until, act, actor: actorName(actor), permission, amount, kind, before: was },
    detail: detail || null,
  })
  return { id, until: until.toISOString() }
}

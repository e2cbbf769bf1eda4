import type { Undone } from '@jejak/contract'
import { type Clock, type Db, lockUndo, type ShopTx, saveUndone } from '@jejak/db'
import type { Permission } from '../access/permissions.ts'
import { type Actor, actorName } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { conflict, notFound, Refusal } from '../errors.ts'
import type { RestoreDeps, Restoring, UndoKind } from './kinds.ts'
import { restore } from './restore.ts'

type UndoDeps = RestoreDeps & { db: Pick<Db, 'ofShop'>; clock: Clock }
type Undoing = { actor: Actor; organizationId: string; id: string; permissions: ReadonlySet<Permission> }

/** Undoes what was done, within ten minutes and once; refuses where all of it has changed since. */
export const undoAct = (deps: UndoDeps, { actor, organizationId, id, permissions }: Undoing): Promise<Undone> =>
  deps.db.ofShop(organizationId).transaction(async (tx) => {
    const [undo, now] = await Promise.all([lockUndo(tx, id), deps.clock(tx)])
    if (!undo)
      throw notFound(
        'This shop has done nothing with this id that could be undone, or it went with a customer who was erased.',
      )
    const { act, amount, kind, before, permission } = undo
    if (!permissions.has(permission as Permission))
      throw new Refusal('forbidden', `Whoever undoes this needs the permission ${permission}.`)
    if (undo.undoneAt) throw conflict('This has been undone already.')
    if (undo.until <= now) throw conflict('This can no longer be undone: ten minutes have passed.')
    const restored = await restoreKind(tx, { kind: kind as UndoKind, restoring: { was: before, actor, now, deps } })
    if (restored === 0) throw conflict('This has changed since, so it stays as it is: undoing would undo that, too.')
    await saveUndone(tx, { id, now, by: actorName(actor) })
    const detail = `${act}: ${restored} of ${amount}`
    await recordAct(tx, { act: 'undo.done', actor, organizationId, object: `undo:${id}`, detail, now })
    return { act, restored, kept: amount - restored }
  })

type Unread = Omit<Restoring<UndoKind>, 'was'> & { was: unknown }

const restoreKind = (tx: ShopTx, { kind, restoring }: { kind: UndoKind; restoring: Unread }): Promise<number> =>
  restore[kind](tx, restoring as never)

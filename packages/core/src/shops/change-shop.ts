import type { UndoRef } from '@jejak/contract'
import {
  type Clock,
  type Db,
  findShop,
  lockShop,
  type ShopChangeable,
  type ShopRow,
  type ShopTx,
  saveShop,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { notFound } from '../errors.ts'
import { keepUndo } from '../undo/keep-undo.ts'

type Changing = { actor: Actor; organizationId: string; patch: ShopChangeable }

/** Changes how a shop shows itself; what the patch leaves out stays. Answers how to undo it, too; null where nothing changed. */
export const changeShop = (
  { db, clock }: { db: Pick<Db, 'ofShop'>; clock: Clock },
  { actor, organizationId, patch }: Changing,
): Promise<{ shop: ShopRow; undo: UndoRef | null }> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const before = (await lockShop(tx)) && (await findShop(tx))
    const shop = await saveShop(tx, { organizationId, patch })
    if (!before || !shop) throw notFound('This shop is gone.')
    const detail = Object.entries(patch)
      .flatMap(([field, value]) => (value === undefined ? [] : [field]))
      .join(', ')
    const act = { act: 'shop.changed', actor, organizationId, object: `shop:${organizationId}`, detail } as const
    const now = await clock(tx)
    await recordAct(tx, { ...act, now })
    return { shop, undo: await keepFace(tx, { before, after: shop, actor, now }) }
  })

type Changed = { before: ShopRow; after: ShopRow; actor: Actor; now: Date }

const keepFace = async (tx: ShopTx, { before, after, actor, now }: Changed): Promise<UndoRef | null> => {
  const { slug: _, ...face } = before
  const fields = (Object.keys(face) as (keyof typeof face)[]).filter(
    (field) => String(before[field] ?? '') !== String(after[field] ?? ''),
  )
  if (fields.length === 0) return null
  const of = (row: ShopRow) => Object.fromEntries(fields.map((field) => [field, row[field]]))
  return keepUndo(tx, {
    ...{ actor, now, act: 'shop.changed', permission: 'shop:change', amount: fields.length, kind: 'shop' },
    ...{ detail: fields.join(' '), was: { was: of(before), is: of(after) } },
  })
}

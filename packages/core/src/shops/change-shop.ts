import { type Clock, type Db, type ShopChangeable, type ShopRow, saveShop } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { notFound } from '../errors.ts'

type Changing = { actor: Actor; organizationId: string; patch: ShopChangeable }

/** Changes how a shop shows itself; what the patch leaves out stays. */
export const changeShop = (
  { db, clock }: { db: Pick<Db, 'ofShop'>; clock: Clock },
  { actor, organizationId, patch }: Changing,
): Promise<ShopRow> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const shop = await saveShop(tx, { organizationId, patch })
    if (!shop) throw notFound('This shop is gone.')
    const detail = Object.entries(patch)
      .flatMap(([field, value]) => (value === undefined ? [] : [field]))
      .join(', ')
    const act = { act: 'shop.changed', actor, organizationId, object: `shop:${organizationId}`, detail } as const
    await recordAct(tx, { ...act, now: await clock(tx) })
    return shop
  })

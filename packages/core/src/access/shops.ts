import { type Clock, type Db, type DefaultConnection, insertShop } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { conflict } from '../errors.ts'

/** Creates a shop with an EasyParcel account that is yet to be connected. Rejects with a refusal when the slug is taken. */
export const createShop = (
  { db, clock, actor }: { db: Pick<Db, 'transaction'>; clock: Clock; actor: Actor },
  { slug, name, api }: { slug: string; name: string; api: 'open' | 'classic' },
): Promise<DefaultConnection> =>
  db.transaction(async (tx) => {
    const created = await insertShop(tx, { slug, name, api })
    if (!created) throw conflict(`There is a shop with the slug ${slug} already.`)
    const { organizationId } = created
    const act = { act: 'shop.created', actor, organizationId, object: `shop:${organizationId}` } as const
    await recordAct(tx, { ...act, now: await clock(tx) })
    return created
  })

import {
  type Clock,
  closeShop,
  countShop,
  type Db,
  deleteLeftOver,
  deleteShop,
  leftOverTables,
  listShopsToErase,
  lockSomeParcels,
  type ShopContents,
  saveErasure,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { recordRemovals } from '../changes/index.ts'
import { conflict } from '../errors.ts'

type Deps = { db: Pick<Db, 'ofShop'>; clock: Clock; actor: Actor }
type Planning = { organizationId: string; graceMs: number }

/** How much belongs to a shop. */
export const countHeldOfShop = ({ db }: Pick<Deps, 'db'>, organizationId: string): Promise<ShopContents> =>
  countShop(db.ofShop(organizationId).sql)

/** Plans to erase a shop with all that is held for it. Until then everything goes on as before. Rejects when it is planned already. */
export const planShopErasure = ({ db, clock, actor }: Deps, { organizationId, graceMs }: Planning): Promise<Date> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const now = await clock(tx)
    const eraseAt = new Date(now.getTime() + graceMs)
    if (!(await saveErasure(tx, { eraseAt, now })))
      throw conflict('This shop is to be erased already: --cancel calls it off.')
    const told = { object: `shop:${organizationId}`, detail: `at ${eraseAt.toISOString()}` }
    await recordAct(tx, { act: 'erasure.planned', actor, organizationId, ...told, now })
    return eraseAt
  })

/** Calls it off: nothing was changed meanwhile. */
export const cancelShopErasure = ({ db, clock, actor }: Deps, organizationId: string): Promise<void> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    const now = await clock(tx)
    if (!(await saveErasure(tx, { eraseAt: null, now })))
      throw conflict('This shop is not to be erased, or its time is over.')
    await recordAct(tx, { act: 'erasure.cancelled', actor, organizationId, object: `shop:${organizationId}`, now })
  })

const parcelsAtOnce = 250
const rowsAtOnce = 1000

/** Erases the shops whose time is over, in small steps; cut off, the next run goes on where it was. Returns how many are gone. */
export const eraseDueShops = async (
  { db, clock, actor }: Deps & { db: Pick<Db, 'sql'> },
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<number> => {
  let erased = 0
  for (const { organizationId } of await listShopsToErase(db.sql, now)) {
    const shop = db.ofShop(organizationId)
    await shop.transaction(closeShop)
    const removeSome = () =>
      shop.transaction(async (tx) => {
        const parcels = await lockSomeParcels(tx, parcelsAtOnce)
        return recordRemovals(tx, { actor, now: await clock(tx), kind: 'deleted', parcels })
      })
    const steps = [
      removeSome,
      ...leftOverTables.map((table) => () => deleteLeftOver(shop.sql, { table, limit: rowsAtOnce })),
    ]
    for (const step of steps) while (!signal.aborted && (await step()) > 0);
    if (signal.aborted) break
    await shop.transaction(async (tx) => {
      await deleteShop(tx)
      const at = await clock(tx)
      await recordAct(tx, { act: 'erasure.done', actor, organizationId, object: `shop:${organizationId}`, now: at })
    })
    erased += 1
  }
  return erased
}

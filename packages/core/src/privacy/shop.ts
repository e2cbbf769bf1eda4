import {
  type Clock,
  closeShop,
  countShop,
  type Db,
  deleteLeftOver,
  deleteShop,
  leftOverTables,
  listShopsToErase,
  lockRights,
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

/** Keeps everyone out of a shop for good, with an entry of whom that concerns. */
const close = ({ db, clock, actor }: Deps, organizationId: string): Promise<void> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    await lockRights(tx)
    const { keys, users, roles } = await closeShop(tx)
    if (keys + users + roles === 0) return
    const told = { object: `shop:${organizationId}`, detail: `keys ${keys}, users ${users}, roles ${roles}` }
    await recordAct(tx, { act: 'erasure.begun', actor, organizationId, ...told, now: await clock(tx) })
  })

/** Erases one shop; false when it was cut off. */
const eraseShop = async (deps: Deps, { organizationId, signal }: { organizationId: string; signal: AbortSignal }) => {
  const { db, clock, actor } = deps
  const shop = db.ofShop(organizationId)
  await close(deps, organizationId)
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
  if (signal.aborted) return false
  await shop.transaction(async (tx) => {
    await deleteShop(tx)
    const now = await clock(tx)
    await recordAct(tx, { act: 'erasure.done', actor, organizationId, object: `shop:${organizationId}`, now })
  })
  return true
}

/** Erases the shops whose time is over, in small steps; cut off, the next run goes on where it was. Returns how many are gone; one that fails keeps none of the others. */
export const eraseDueShops = async (
  deps: Deps & { db: Pick<Db, 'sql'> },
  { now, signal }: { now: Date; signal: AbortSignal },
): Promise<number> => {
  let erased = 0
  const failures: unknown[] = []
  for (const { organizationId } of await listShopsToErase(deps.db.sql, now)) {
    try {
      if (await eraseShop(deps, { organizationId, signal })) erased += 1
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  return erased
}

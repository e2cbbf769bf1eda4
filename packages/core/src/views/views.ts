import type { SavedView, TrackingSort, ViewFilter, ViewList, ViewPatch } from '@jejak/contract'
import {
  type Clock,
  countSavedViews,
  countStatuses,
  type Db,
  deleteSavedView,
  insertSavedView,
  isDuplicate,
  listSavedViews,
  lockSavedView,
  lockShop,
  type SavedViewRow,
  type ShopTx,
  saveSavedView,
} from '@jejak/db'
import { type Actor, actorName } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { conflict, notFound, Refusal } from '../errors.ts'
import { countBuiltIn } from './built-in-views.ts'

/** So many views a user may keep in a shop, and so many a shop may share. */
export const viewsMax = { own: 50, shared: 100 } as const

type ViewDeps = { db: Pick<Db, 'ofShop'>; clock: Clock }
/** Whoever asks; `mayShare` by their permission `views:share`. */
type Asking = { actor: Actor; organizationId: string; mayShare: boolean }

const userOf = ({ actor }: Pick<Asking, 'actor'>): string | null => (actor.kind === 'user' ? actor.id : null)

const toView = ({ userId, changedAt, filter, sort, ...row }: SavedViewRow, mayShare: boolean): SavedView => ({
  ...row,
  filter,
  sort: sort as TrackingSort | null,
  changedAt: changedAt.toISOString(),
  shared: userId === null,
  mayChange: userId !== null || mayShare,
})

/** The built-in views with their counts, and those that the shop shares or that are the asker's own. */
export const listViews = async ({ db }: Pick<ViewDeps, 'db'>, asking: Asking): Promise<ViewList> => {
  const { sql } = db.ofShop(asking.organizationId)
  const [counts, saved] = await Promise.all([countStatuses(sql), listSavedViews(sql, userOf(asking))])
  return { builtIn: countBuiltIn(counts), data: saved.map((row) => toView(row, asking.mayShare)) }
}

const refuseSharing = ({ mayShare }: Asking): void => {
  if (!mayShare) throw new Refusal('forbidden', 'Views of the whole shop need the permission views:share.')
}

/** Two views with one name cannot be told apart. */
const unlessNamedSo = async <T>(saving: Promise<T>): Promise<T> => {
  try {
    return await saving
  } catch (error) {
    throw isDuplicate(error) ? conflict('There is a view with this name already.') : error
  }
}

type Saving = Asking & { view: { name: string; filter: ViewFilter; sort: TrackingSort | null; shared: boolean } }

/** Keeps a filter under a name: for whoever asks, or for everyone of the shop. */
export const saveView = ({ db, clock }: ViewDeps, { view, ...asking }: Saving): Promise<SavedView> =>
  db.ofShop(asking.organizationId).transaction(async (tx) => {
    const { shared, ...told } = view
    const userId = shared ? null : userOf(asking)
    if (shared) refuseSharing(asking)
    else if (userId === null) throw new Refusal('validation', 'shared: Only users have views of their own.')
    await lockShop(tx)
    const max = shared ? viewsMax.shared : viewsMax.own
    if ((await countSavedViews(tx, userId)) >= max) throw conflict(`There are ${max} views already: remove one first.`)
    const changed = { changedAt: await clock(tx), changedBy: actorName(asking.actor) }
    const row = { ...told, userId, ...changed }
    const id = await unlessNamedSo(insertSavedView(tx, row))
    await record(tx, { act: 'view.saved', asking, view: { ...row, id } })
    return toView({ ...row, id }, asking.mayShare)
  })

type Naming = Asking & { id: string }

/** A view that the asker may change; someone else's own is as if it were not there. */
const lockOwn = async (tx: ShopTx, { id, ...asking }: Naming): Promise<SavedViewRow> => {
  const view = await lockSavedView(tx, id)
  if (!view || (view.userId !== null && view.userId !== userOf(asking)))
    throw notFound('There is no view with this id.')
  if (view.userId === null) refuseSharing(asking)
  return view
}

/** Changes the name, the filter or the order of a view. */
export const changeView = ({ db, clock }: ViewDeps, { patch, ...asked }: Naming & { patch: ViewPatch }) =>
  db.ofShop(asked.organizationId).transaction(async (tx): Promise<SavedView> => {
    const before = await lockOwn(tx, asked)
    const changed = { changedAt: await clock(tx), changedBy: actorName(asked.actor) }
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
    const view: SavedViewRow = { ...before, ...given, ...changed }
    await unlessNamedSo(saveSavedView(tx, view))
    await record(tx, { act: 'view.changed', asking: asked, view })
    return toView(view, asked.mayShare)
  })

/** Removes a view. */
export const removeView = ({ db, clock }: ViewDeps, asked: Naming): Promise<void> =>
  db.ofShop(asked.organizationId).transaction(async (tx) => {
    const view = await lockOwn(tx, asked)
    await deleteSavedView(tx, view.id)
    await record(tx, { act: 'view.removed', asking: asked, view: { ...view, changedAt: await clock(tx) } })
  })

type Recorded = { act: 'view.saved' | 'view.changed' | 'view.removed'; asking: Asking; view: SavedViewRow }

const record = (tx: ShopTx, { act, asking: { actor, organizationId }, view }: Recorded): Promise<void> =>
  recordAct(tx, {
    ...{ act, actor, organizationId, object: `view:${view.id}`, now: view.changedAt },
    detail: view.userId === null ? 'shared' : 'own',
  })

import { findShop, listShopSettings, lockShop, type ShopTx, saveShop } from '@jejak/db'
import { Refusal } from '../errors.ts'
import { changeSettingsIn } from '../settings/change-settings.ts'
import { isAsKept } from './is-as-kept.ts'
import type { Restoring } from './kinds.ts'

/** Gives settings back what they were, those that no one has changed since; none where that contradicts what was set meanwhile. */
export const restoreSettings = async (
  tx: ShopTx,
  { was, actor, now, deps }: Restoring<'settings'>,
): Promise<number> => {
  if (!(await lockShop(tx))) return 0
  const stored = new Map((await listShopSettings(tx)).map(({ name, value }) => [name, value]))
  const same = was.filter(({ name, is }) => (stored.get(name) ?? null) === is)
  if (same.length === 0) return 0
  const patch = Object.fromEntries(same.map((one) => [one.name, one.was]))
  try {
    return (await changeSettingsIn(tx, { deps, actor, now, patch })).length
  } catch (error) {
    if (error instanceof Refusal && error.code === 'validation') return 0
    throw error
  }
}

/** Gives a shop its face back, where no one has changed the same fields since. */
export const restoreShop = async (tx: ShopTx, { was: { was, is } }: Restoring<'shop'>): Promise<number> => {
  if (!(await lockShop(tx))) return 0
  if (!isAsKept((await findShop(tx))!, is)) return 0
  const { organizationId } = tx
  return (await saveShop(tx, { organizationId, patch: was })) ? Object.keys(was).length : 0
}

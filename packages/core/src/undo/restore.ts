import { type CaseRow, deleteNotes, findCases, lockShopParcels, type ShopTx, saveCases } from '@jejak/db'
import { isAsKept } from './is-as-kept.ts'
import type { Restoring, UndoKind } from './kinds.ts'
import { restoreConnection } from './restore-connection.ts'
import { restoreParcels } from './restore-parcels.ts'
import { restoreSettings, restoreShop } from './restore-settings.ts'

/** Gives cases back what they were, those that are still as the act left them. */
const restoreCases = async (tx: ShopTx, { was }: Restoring<'cases'>): Promise<number> => {
  const ids = was.map(({ is }) => is.trackingId)
  await lockShopParcels(tx, ids)
  const cases = new Map((await findCases(tx, ids)).map((one) => [one.trackingId, one]))
  const same = was.filter(({ is }) => isAsKept(cases.get(is.trackingId) ?? {}, is))
  return saveCases(
    tx,
    same.map((one) => one.was as unknown as CaseRow),
  )
}

/** How each kind of what was done is undone; answers how many of it were restored. */
export const restore: { [Kind in UndoKind]: (tx: ShopTx, restoring: Restoring<Kind>) => Promise<number> } = {
  cases: restoreCases,
  parcels: restoreParcels,
  notes: (tx, { was }) => deleteNotes(tx, was),
  connection: restoreConnection,
  settings: restoreSettings,
  shop: restoreShop,
}

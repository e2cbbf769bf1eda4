import { conflict } from '@jejak/core/errors'
import { listAccounts } from '@jejak/db'
import type { Deps } from '../api-deps.ts'

/** The shop, the EasyParcel account that its new parcels are checked with, and all that they may name instead. */
export const getAccountsOf = async (
  { config, db }: Pick<Deps, 'config' | 'db'>,
  { organizationId }: { organizationId: string },
) => {
  const accounts = await listAccounts(db.ofShop(organizationId).sql, config.easyparcel.api)
  const [first] = accounts
  if (!first) throw conflict('This shop has no EasyParcel account yet: connect one.')
  return { organizationId, connectionId: first.id, accounts }
}

import { conflict } from '@jejak/core/errors'
import { findConnectionOf } from '@jejak/db'
import type { Deps } from '../api-deps.ts'

/** The shop and the EasyParcel account that its new parcels are checked with. */
export const getConnectionOf = async (
  { config, db }: Pick<Deps, 'config' | 'db'>,
  { organizationId }: { organizationId: string },
) => {
  const found = await findConnectionOf(db.ofShop(organizationId).sql, config.easyparcel.api)
  if (!found) throw conflict('This shop has no EasyParcel account yet: connect one with `jejak easyparcel:connect`.')
  return { organizationId, ...found }
}

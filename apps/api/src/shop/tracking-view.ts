import { troubleOf } from '@jejak/core/checking/overview'
import { noSuchTracking } from '@jejak/core/errors'
import { toTrackingView } from '@jejak/core/parcels'
import { findTracking, type StaffTrackingRow } from '@jejak/db'
import type { Deps } from '../api-deps.ts'

/** A shop's parcel as its staff see it now; its freshness goes by the EasyParcel account that the parcel is checked with. */
export const toCurrentView = ({ settingsOf, now }: Pick<Deps, 'settingsOf' | 'now'>, row: StaffTrackingRow) => {
  const at = now()
  const settings = settingsOf(row.organizationId)
  const trouble = troubleOf(row, { now: at, settings })
  return toTrackingView(row, { now: at, cacheTtlMs: settings.cacheTtlMs, trouble, rules: settings })
}

type Which = { organizationId: string; trackingId: string }

export const getTrackingView = async (
  deps: Pick<Deps, 'settingsOf' | 'db' | 'now'>,
  { organizationId, trackingId }: Which,
) => {
  const row = await findTracking(deps.db.ofShop(organizationId).sql, trackingId)
  if (!row) throw noSuchTracking()
  return toCurrentView(deps, row)
}

import { troubleOf } from '@jejak/core/checking/overview'
import { toTrackingView } from '@jejak/core/parcels'
import type { RegisteringDeps } from '@jejak/core/registering'
import { findConnectionOf, findTracking, type StaffTrackingRow } from '@jejak/db'
import type { Deps } from '../deps.ts'
import { conflict, notFound } from '../http/http-problem.ts'

/** What core's verbs for shops need. */
export const registeringDeps = ({ config, db, boss, clock, contactKey, isDemo }: Deps): RegisteringDeps => ({
  db,
  boss,
  clock,
  contactKey,
  isDemo,
  registerDelayMs: config.tracking.registerDelayMs,
})

/** The shop and the EasyParcel account that its new parcels are checked with. */
export const getConnectionOf = async ({ config, db }: Deps, { organizationId }: { organizationId: string }) => {
  const found = await findConnectionOf(db.sql, { organizationId, api: config.easyparcel.api })
  if (!found) throw conflict('This shop has no EasyParcel account yet: connect one with `jejak easyparcel:connect`.')
  return { organizationId, ...found }
}

/** A shop's parcel as its staff see it now. */
export const toStaffView = (
  { config: { tracking }, now: nowOf }: Pick<Deps, 'config' | 'now'>,
  row: StaffTrackingRow,
) => {
  const now = nowOf()
  const trouble = troubleOf(row, now, tracking)
  return toTrackingView(row, { now, cacheTtlMs: tracking.cacheTtlMs, trouble, rules: tracking })
}

export const noSuchOrder = () => notFound('This parcel holds no order with this number.')

export const noSuchTracking = () => notFound('This shop has no parcel with this id.')

export const getTrackingView = async (deps: Deps, organizationId: string, trackingId: string) => {
  const row = await findTracking(deps.db.sql, { organizationId, trackingId })
  if (!row) throw noSuchTracking()
  return toStaffView(deps, row)
}

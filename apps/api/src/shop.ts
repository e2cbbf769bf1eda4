import { troubleOf } from '@jejak/core/checking/standing'
import type { RegisteringDeps } from '@jejak/core/registering'
import { toTrackingView } from '@jejak/core/tracking'
import { findConnectionOf, findGate, findTracking } from '@jejak/db'
import type { Deps } from './deps.ts'
import { conflict, notFound } from './http-problem.ts'

/** What core's verbs for shops need. */
export const registeringDeps = ({ config, db, boss, contactKey, isDemo }: Deps): RegisteringDeps => ({
  db,
  boss,
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

/** What the freshness of a shop's parcels depends on besides their rows. */
export const viewContext = async (deps: Deps, organizationId: string) => {
  const { config, db, now } = deps
  const at = now()
  const found = await findConnectionOf(db.sql, { organizationId, api: config.easyparcel.api })
  const gate = found && (await findGate(db.sql, found.connectionId))
  const trouble = gate ? troubleOf(gate, at, config.tracking) : null
  return { now: at, cacheTtlMs: config.tracking.cacheTtlMs, trouble }
}

export const noSuchTracking = () => notFound('This shop has no parcel with this id.')

/** A shop's parcel as its staff see it. */
export const getTrackingView = async (deps: Deps, organizationId: string, trackingId: string) => {
  const row = await findTracking(deps.db.sql, { organizationId, trackingId })
  if (!row) throw noSuchTracking()
  return toTrackingView(row, await viewContext(deps, organizationId))
}

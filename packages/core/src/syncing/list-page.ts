import {
  type AccountSyncRow,
  countUnreadValues,
  hasBookings,
  isAnyWaiting,
  lockSync,
  type ShopTx,
  saveListed,
  saveSync,
} from '@jejak/db'
import type { OpenCall } from '../checking/call/open-call.ts'
import { localDay } from '../checking/schedule/local-time.ts'
import type { ShipmentPage } from '../easyparcel/client/easyparcel-client.ts'
import { EasyParcelError } from '../easyparcel/client/easyparcel-error.ts'
import { answered, askOnce, closeSyncCall, passesSoon } from './close-sync-call.ts'
import { openSyncCall, type SyncStop } from './open-sync-call.ts'
import type { SyncDeps, SyncRun } from './sync-deps.ts'
import { afterFailure, afterPage, cursorOf, type Pass } from './sync-passes.ts'

/** What a run that lost its lease says: another one has taken over, and writes. */
export const leaseLost: SyncStop = { reason: 'lease_lost', retryAt: null }

/** One page of a pass: one call, and where the pass is then, in one transaction. Null when the run may go on, else why not. */
export const listPage = async (
  deps: SyncDeps,
  { run, sync, pass }: { run: SyncRun; sync: AccountSyncRow; pass: Pass },
): Promise<SyncStop | null> => {
  const opened = await openSyncCall(deps, { run, what: pass })
  if (!('id' in opened)) return opened
  const { checks } = deps
  const settings = checks.settingsOf(run.organizationId)
  const client = checks.easyParcelOf(run.connectionId)
  const dateFrom = localDay(new Date(opened.openedAt.getTime() - deps.sync.windowMs), settings.timezone)
  const page = await askOnce(deps, {
    ...{ run, call: opened },
    ask: async (options) =>
      believed(deps, run, sync, await client.listShipments!({ before: cursorOf(sync, pass), dateFrom }, options)),
    failed: async (tx, error, now) => {
      const locked = await lockSync(tx, run)
      if (locked && !passesSoon(error)) await saveSync(tx, afterFailure(locked, { pass, error, now, settings }))
    },
  })
  if (page instanceof EasyParcelError) return passesSoon(page) ? null : { reason: page.kind, retryAt: null }
  return savePage(deps, { run, pass, call: opened, page })
}

const nothingTriesMax = 5

/** That an account lists nothing at all is believed of one of which nothing was ever listed, or when it is said again and again: an outage says so, too. */
const believed = async (
  { checks }: SyncDeps,
  run: SyncRun,
  sync: AccountSyncRow,
  page: ShipmentPage,
): Promise<ShipmentPage> => {
  if (!page.isNone || sync.failures >= nothingTriesMax) return page
  if (!(await hasBookings(checks.db.ofShop(run.organizationId).sql, run.connectionId))) return page
  const { httpStatus, requestId } = page
  throw new EasyParcelError({ kind: 'server' }, 'EasyParcel says that the account has booked nothing (status 404).', {
    ...{ httpStatus, requestId },
  })
}

type Saving = { run: SyncRun; pass: Pass; call: OpenCall; page: ShipmentPage }

const savePage = (deps: SyncDeps, { run, pass, call, page }: Saving): Promise<SyncStop | null> =>
  deps.checks.db.ofShop(run.organizationId).transaction(async (tx) => {
    const sync = await lockSync(tx, run)
    const now = await deps.checks.clock(tx)
    const fresh = sync ? await keep({ tx, run, now, page }) : 0
    if (sync) {
      const isWaiting = pass === 'newest' && (await isWaitingBelow(tx, sync, now))
      await saveSync(tx, afterPage(sync, { pass, page, fresh, isWaiting, now }))
    }
    await closeSyncCall(deps, { tx, call, end: answered(page, now), found: page.shipments.length, changed: fresh })
    return sync ? null : leaseLost
  })

type Keeping = { tx: ShopTx; run: SyncRun; now: Date; page: ShipmentPage }

const keep = async ({ tx, run, now, page }: Keeping): Promise<number> => {
  const { connectionId } = run
  const bookings = [...new Map(page.shipments.map((shipment) => [shipment.shipmentNumber, shipment])).values()]
  const { fresh } = await saveListed(tx, { connectionId, now, bookings })
  await countUnreadValues(tx, { connectionId, now, values: page.unread })
  return fresh
}

const waitingMs = 86_400_000

/** Whether bookings of the last day wait for their number further down the list. */
const isWaitingBelow = (tx: ShopTx, { connectionId, listingBeganAt }: AccountSyncRow, now: Date) =>
  isAnyWaiting(tx, { connectionId, since: new Date(now.getTime() - waitingMs), before: listingBeganAt ?? now })

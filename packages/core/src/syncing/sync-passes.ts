import type { AccountSyncRow } from '@jejak/db'
import { backoff } from '../checking/schedule/backoff.ts'
import type { CheckingSettings } from '../checking/settings.ts'
import type { ShipmentPage } from '../easyparcel/client/easyparcel-client.ts'
import type { EasyParcelError } from '../easyparcel/client/easyparcel-error.ts'

/** `first` lists the whole window, `newest` what is new, `window` the whole again: what was cancelled, or got its number late. */
export type Pass = 'first' | 'newest' | 'window'

const dayMs = 86_400_000
const pagesMax = 4_000
const waitingPagesMax = 4
/** The longest wait after a failure. */
export const failedWaitMaxMs = 3_600_000

const isOver = (at: Date | null, ms: number, now: Date): boolean => at === null || now.getTime() - at.getTime() >= ms

/** Which pass goes on, or begins: null when none is due. `intervalMs` lies between two looks at the newest. */
export const choosePass = (
  sync: AccountSyncRow,
  { now, intervalMs, without = [] }: { now: Date; intervalMs: number; without?: readonly Pass[] },
): Pass | null => {
  const own = sync.listing ?? (sync.firstListedAt === null ? 'first' : 'newest')
  if (!without.includes(own) && (sync.listing !== null || own === 'first' || isOver(sync.listedAt, intervalMs, now)))
    return own
  const isWindowDue = sync.windowBeganAt !== null || isOver(sync.windowAt, dayMs, now)
  return sync.firstListedAt !== null && isWindowDue && !without.includes('window') ? 'window' : null
}

/** The booking behind which the pass goes on; null at its beginning. */
export const cursorOf = (sync: AccountSyncRow, pass: Pass): string | null =>
  pass === 'window' ? sync.windowCursor : sync.cursor

type Listed = { pass: Pass; page: ShipmentPage; fresh: number; isWaiting: boolean; now: Date }

/** Whether the pass goes on behind this page. */
const goesOn = (sync: AccountSyncRow, { pass, page, fresh, isWaiting }: Listed): boolean => {
  const last = page.shipments.at(-1)?.shipmentNumber
  const moves = page.hasMore && last !== undefined && last !== cursorOf(sync, pass) && sync.pages < pagesMax
  if (!moves || pass !== 'newest') return moves
  return fresh > 0 || (isWaiting && sync.pages < waitingPagesMax)
}

/** Where the sync is once a page is stored. */
export const afterPage = (sync: AccountSyncRow, listed: Listed): AccountSyncRow => {
  const { pass, page, now } = listed
  const good = { ...sync, failures: 0, lastError: null }
  const next = goesOn(sync, listed) ? page.shipments.at(-1)!.shipmentNumber : null
  if (pass === 'window')
    return next !== null
      ? { ...good, windowBeganAt: sync.windowBeganAt ?? now, windowCursor: next }
      : { ...good, windowBeganAt: null, windowCursor: null, windowAt: now }
  if (next !== null)
    return { ...good, listing: pass, listingBeganAt: sync.listingBeganAt ?? now, cursor: next, pages: sync.pages + 1 }
  return {
    ...{ ...good, listing: null, listingBeganAt: null, cursor: null, pages: 0, listedAt: now },
    ...(pass === 'first' && { firstListedAt: now, windowAt: now }),
  }
}

type Failed = { pass: Pass; error: EasyParcelError; now: Date; settings: CheckingSettings }

/** The same once a page failed. A cursor that EasyParcel refuses is given up, and the pass begins again. */
export const afterFailure = (sync: AccountSyncRow, { pass, error, now, settings }: Failed): AccountSyncRow => {
  const failures = Math.min(sync.failures + 1, 1000)
  const nextRunAt = new Date(
    now.getTime() + backoff(failures, { capMs: failedWaitMaxMs, backoffMs: settings.backoffMs }),
  )
  const again =
    error.kind === 'rejected' ? (pass === 'window' ? { windowCursor: null } : { cursor: null, pages: 0 }) : {}
  return { ...sync, ...again, failures, lastError: error.message, nextRunAt }
}

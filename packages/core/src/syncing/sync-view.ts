import type { SyncView } from '@jejak/contract'
import type { SyncProgress } from '@jejak/db'
import type { CheckingSettings } from '../checking/settings.ts'
import type { SyncDeps } from './sync-deps.ts'
import { shareOf } from './sync-shares.ts'

const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null

type Viewing = { now: Date; settings: CheckingSettings; sync: SyncDeps['sync'] }

const stateOf = (progress: SyncProgress, { now, sync }: Viewing): SyncView['state'] => {
  const { api, isAuthorised, runningUntil, firstListedAt, failures = 0 } = progress
  if (api === 'classic') return 'no_list'
  if (!sync.enabled) return 'off'
  if (!isAuthorised) return 'not_connected'
  if (runningUntil && runningUntil > now) return 'running'
  if (failures > 0) return 'failing'
  return firstListedAt ? 'waiting' : 'listing'
}

/** How far the sync of an account is, for people. */
export const toSyncView = (progress: SyncProgress, viewing: Viewing): SyncView => {
  const { connectionId, bookings, parcels, waitingForNumber, detailsLeft } = progress
  return {
    connectionId,
    state: stateOf(progress, viewing),
    firstListedAt: iso(progress.firstListedAt),
    listedAt: iso(progress.listedAt),
    windowAt: iso(progress.windowAt),
    lastRunAt: iso(progress.lastRunAt),
    nextRunAt: iso(progress.nextRunAt),
    ...{ bookings, parcels, waitingForNumber, detailsLeft },
    calls: {
      list: { used: progress.listCalls, share: shareOf('newest', viewing) },
      details: { used: progress.detailsCalls, share: shareOf('details', viewing) },
    },
    lastError: progress.lastError ?? null,
  }
}

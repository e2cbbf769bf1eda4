import { type AccountSyncRow, lockSync } from '@jejak/db'
import type { SyncDeps, SyncRun } from './sync-deps.ts'

/** Where the sync is now; undefined once another run has it. */
export const readSync = ({ checks: { db } }: SyncDeps, run: SyncRun): Promise<AccountSyncRow | undefined> =>
  db.transaction((tx) => lockSync(tx, run))

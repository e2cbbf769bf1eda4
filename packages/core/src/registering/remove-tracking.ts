import { deleteTracking } from '@jejak/db'
import type { RegisteringDeps } from './registering-deps.ts'

/** Removes a parcel with its schedule and logs; an answer on its way finds nothing to write. False: no such tracking. */
export const removeTracking = (
  { db }: Pick<RegisteringDeps, 'db'>,
  which: { organizationId: string; trackingId: string },
): Promise<boolean> => db.transaction((tx) => deleteTracking(tx, which))

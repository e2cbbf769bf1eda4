import { joinable, joinableShops } from '@jejak/db'
import type { Deps } from '../../api-deps.ts'
import type { KeepingDeps } from './keep-answers.ts'

/** The databases that routes change, each with the way to hold a transaction that a route's work joins without knowing. */
export const joinableDbs = ({
  db,
  accessDb,
  operatorDb,
}: Pick<Deps, 'db' | 'accessDb' | 'operatorDb'>): {
  hold: KeepingDeps['hold']
  joinable: Pick<Deps, 'db' | 'accessDb' | 'operatorDb'>
} => {
  const [shop, access, worker] = [joinableShops(db), joinable(accessDb), joinable(operatorDb)]
  return {
    hold: { shop: shop.hold, access: access.hold, worker: worker.hold },
    joinable: { db: shop.db, accessDb: access.db, operatorDb: worker.db },
  }
}

import type { Clock, Db } from '@jejak/db'
import type { CheckingSettings } from '../checking/settings.ts'
import type { Boss } from '../queue/index.ts'

/** What the verbs of refresh runs work with; each opens its own transaction. */
export type RefreshingDeps = {
  db: Pick<Db, 'ofShop'>
  boss: Boss
  clock: Clock
  settings: CheckingSettings
}

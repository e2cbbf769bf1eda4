import type { RefreshRequest } from '@jejak/contract'
import type { Clock, Db } from '@jejak/db'
import type { People } from '../listing/narrowing-of.ts'
import type { Boss } from '../queue/index.ts'
import type { SettingsOf } from '../settings/settings-in-force.ts'

/** What the verbs of refresh runs work with; each opens its own transaction. */
export type RefreshingDeps = {
  db: Pick<Db, 'ofShop'>
  boss: Boss
  clock: Clock
  settingsOf: SettingsOf
}

/** Which parcels of a shop are meant; `people` where users may be named. */
export type AskedRefresh = { organizationId: string; asked: RefreshRequest; people?: People }

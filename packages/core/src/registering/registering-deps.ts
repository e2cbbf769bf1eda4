import type { Clock, Db } from '@jejak/db'
import type { Boss } from '../queue/index.ts'
import type { ContactKeys } from './contact-hash.ts'

/** What the shop's verbs work with; each opens its own transaction. `registerDelayMs` lets a burst of registrations share calls. */
export type RegisteringDeps = {
  db: Pick<Db, 'ofShop'>
  boss: Boss
  clock: Clock
  contactKeys: ContactKeys
  isDemo: boolean
  registerDelayMs: number
}

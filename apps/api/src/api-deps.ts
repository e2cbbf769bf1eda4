import type { Config } from '@jejak/config'
import type { TotpSealer } from '@jejak/core/access'
import type { PrivacyKeys } from '@jejak/core/privacy'
import type { Boss, JobFinder } from '@jejak/core/queue'
import type { ContactKeys } from '@jejak/core/registering'
import type { Keys } from '@jejak/core/secrets'
import type { ChangeHandlers, ChangeListener, Clock, Db, Sql } from '@jejak/db'
import type { Logger } from 'pino'

/** What the API works with. `reads` is a small pool of its own, so that public reads never wait behind anything else. */
export type Deps = {
  config: Config
  /** The rows of one shop at a time. */
  db: Pick<Db, 'ofShop'>
  /** What lets people in: keys and sign-in. No parcels. */
  accessDb: Pick<Db, 'sql' | 'transaction'>
  /** What visitors may do beyond public reads: look-ups, links, waking. No users. */
  lookupDb: Pick<Db, 'sql' | 'transaction'>
  /** All shops, for the routes of operators and for health. */
  operatorDb: Pick<Db, 'sql'>
  reads: Sql
  /** Begins to listen for committed changes, on a connection of its own. */
  listenForChanges: (handlers: ChangeHandlers) => ChangeListener
  boss: Boss & JobFinder
  log: Logger
  /** The process's own clock tells readers what time it is; what is written is decided by `clock`. */
  now: () => Date
  clock: Clock
  isDemo: boolean
  /** Keys the contact hashes; see core's `deriveContactKeys`. */
  contactKeys: ContactKeys
  /** Keys what order look-ups leave behind; see core's `deriveLookupKey`. */
  lookupKey: Buffer
  /** Names accounts and addresses in attempts to sign in; see core's `deriveAccessKeys`. */
  accessKeys: Keys
  /** Seals the secrets of authenticators; see core's `createTotpSealer`. */
  totpSealer: TotpSealer
  /** Finds what is held on a customer; see core's `derivePrivacyKeys`. */
  privacyKeys: PrivacyKeys
  /** Signs links; see core's `deriveLinkKeys`. */
  linkKeys: Keys
}

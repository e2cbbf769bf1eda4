import type { Config } from '@jejak/config'
import type { Counters } from '@jejak/core/counting'
import type { Boss, JobCanceller, JobFinder } from '@jejak/core/queue'
import type { SettingsInForce } from '@jejak/core/settings'
import type { ChangeHandlers, ChangeListener, Clock, Db, Sql } from '@jejak/db'
import type { Logger } from 'pino'
import type { keysOf } from './keys-of.ts'

/** What the API works with. `reads` is a small pool of its own, so that public reads never wait behind anything else. */
export type Deps = ReturnType<typeof keysOf> &
  SettingsInForce & {
    config: Config
    /** The rows of one shop at a time. */
    db: Pick<Db, 'ofShop'>
    /** What lets people in: keys and sign-in. No parcels. */
    accessDb: Pick<Db, 'sql' | 'transaction'>
    /** What visitors may do beyond public reads: look-ups, links, waking. No users. */
    lookupDb: Pick<Db, 'sql' | 'transaction'>
    /** All shops, for the routes of operators and for health. */
    operatorDb: Pick<Db, 'sql' | 'transaction'>
    reads: Sql
    /** Begins to listen for committed changes, on a connection of its own. */
    listenForChanges: (handlers: ChangeHandlers) => ChangeListener
    boss: Boss & JobFinder & JobCanceller
    /** What is counted of requests and reads, stored once a minute. */
    counters: Counters
    log: Logger
    /** The process's own clock tells readers what time it is; what is written is decided by `clock`. */
    now: () => Date
    clock: Clock
    isDemo: boolean
  }

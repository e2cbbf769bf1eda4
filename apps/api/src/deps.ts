import type { Config } from '@jejak/config'
import type { Boss, JobFinder } from '@jejak/core/queue'
import { type ChangeHandlers, type ChangeListener, type Clock, type Db, dbWithinTime, type Sql } from '@jejak/db'
import type { Logger } from 'pino'
import { createDocumentReader, type DocumentReader } from './public/document-reader.ts'
import { createWakes } from './public/wake-expired.ts'

/** What the API works with. `reads` is a small pool of its own, so that public reads never wait behind anything else. */
export type Deps = {
  config: Config
  db: Db
  reads: Sql
  /** Begins to listen for committed changes, on a connection of its own. */
  listenForChanges: (handlers: ChangeHandlers) => ChangeListener
  boss: Boss & JobFinder
  log: Logger
  /** The process's own clock tells readers what time it is; what is written is decided by `clock`. */
  now: () => Date
  clock: Clock
  isDemo: boolean
  /** Keys the contact hashes; see core's `deriveContactKey`. */
  contactKey: Buffer
  /** Keys what order look-ups leave behind; see core's `deriveLookupKey`. */
  lookupKey: Buffer
  /** Signs links; see core's `deriveLinkKey`. */
  linkKey: Buffer
}

/** What the public routes work with besides, once for all of them. */
export type PublicDeps = Deps & {
  /** `db`, each use of which ends within `DATABASE_READ_TIMEOUT`. */
  promptDb: Pick<Db, 'sql' | 'transaction'>
  /** Reads from `reads`. */
  documents: DocumentReader
  /** Reads the primary over one connection: never older than a change that was heard of, and in the order of the asking. */
  currentDocuments: DocumentReader
  /** Asks for a parcel whose answer has expired. */
  wakeExpired: (trackingId: string) => void
}

export const withPublicDeps = (deps: Deps): PublicDeps => {
  const { readPoolMax, readTimeoutMs } = deps.config.database
  const promptDb = dbWithinTime(deps.db, readTimeoutMs)
  return {
    ...deps,
    promptDb,
    documents: createDocumentReader(deps.reads, { connections: readPoolMax }),
    currentDocuments: createDocumentReader(promptDb.sql, { connections: 1 }),
    wakeExpired: createWakes({ ...deps, sql: deps.db.sql, restMs: deps.config.tracking.expiredWakeMs }),
  }
}

import type { RegisteringDeps } from '@jejak/core/registering'
import { type Db, dbWithinTime, shopsWithinTime } from '@jejak/db'
import type { Deps } from './api-deps.ts'
import type { LetIn } from './http/auth.ts'
import type { Limits } from './http/limits/limits.ts'
import { createSecurityNotes, type NoteSecurity } from './http/security-notes.ts'
import { type CountRead, createReadCount } from './public/count-read.ts'
import { createDocumentReader, type DocumentReader } from './public/document-reader.ts'
import { shareListener } from './public/live/share-listener.ts'
import type { PageRenderer } from './public/page-renderer.ts'
import { createPublicAnswers, type PublicAnswers } from './public/public-answer.ts'
import { createWakes } from './public/wake-expired.ts'

type HttpDeps = {
  limits: Limits
  letIn: LetIn
  renderPage: PageRenderer
  /** The databases of routes, whose work may be held in one transaction. */
  joinable: Pick<Deps, 'db' | 'accessDb' | 'operatorDb'>
}

/** What routes work with, made once for all of them. */
export type RouteDeps = Deps &
  Omit<HttpDeps, 'joinable'> &
  RegisteringDeps & {
    /** `accessDb`, each use of which ends within `DATABASE_READ_TIMEOUT`. */
    promptDb: Pick<Db, 'sql' | 'transaction'>
    /** `lookupDb` likewise. */
    promptLookups: Pick<Db, 'sql'>
    /** `db` likewise. */
    promptShops: Pick<Db, 'ofShop'>
    /** Reads from `reads`. */
    documents: DocumentReader
    /** Reads the primary over one connection: never older than a change that was heard of, and in the order of the asking. */
    currentDocuments: DocumentReader
    answerOf: PublicAnswers
    note: NoteSecurity
    count: CountRead
  }

export const createRouteDeps = (own: Deps, { joinable, ...http }: HttpDeps): RouteDeps => {
  const listenForChanges = shareListener(own.listenForChanges)
  const deps = { ...own, ...joinable, listenForChanges }
  const { database, tracking } = deps.config
  const promptLookups = dbWithinTime(deps.lookupDb, database.readTimeoutMs)
  const wakeExpired = createWakes({ ...deps, sql: deps.lookupDb.sql, restMs: tracking.expiredWakeMs })
  return {
    ...deps,
    ...http,
    registerDelayMs: tracking.registerDelayMs,
    promptDb: dbWithinTime(deps.accessDb, database.readTimeoutMs),
    promptLookups,
    promptShops: shopsWithinTime(deps.db, database.readTimeoutMs),
    documents: createDocumentReader(deps.reads, { connections: database.readPoolMax, counters: deps.counters }),
    currentDocuments: createDocumentReader(promptLookups.sql, { connections: 1 }),
    answerOf: createPublicAnswers({ ...deps, wakeExpired }),
    // What looked like an attack stays noted, whatever becomes of the request.
    note: createSecurityNotes(own),
    count: createReadCount(deps),
  }
}

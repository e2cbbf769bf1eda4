import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestDatabase } from '@jejak/db/testing'
import { consoleActor } from '../../actor.ts'
import { createCalendar } from '../../checking/index.ts'
import { deriveContactKeys } from '../../registering/index.ts'
import type { CheckWorld } from '../../testing/check-world.ts'
import {
  type Mapping,
  type MigratingDeps,
  openCsvSource,
  openPostgresSource,
  previewMigration,
  readMapping,
  runMigration,
  type Source,
  undoMigration,
  verifyMigration,
} from '../index.ts'

const dayMs = 86_400_000
const folder = join(import.meta.dirname, '../../../../../examples/migrate-from-orders')

export const exampleFile = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** A database of another system, and what is brought from it to the shop of a world. */
export const createOldShop = async (world: CheckWorld) => {
  const database = await createTestDatabase({ empty: true })
  const { organizationId, connectionId, secretKeys } = world.installation
  const { tracking: settings } = world.config
  const deps: MigratingDeps = {
    ...{ db: world.db, boss: { send: async () => 'a job' }, clock: async () => world.clock.now(), isDemo: false },
    ...{ contactKeys: deriveContactKeys(secretKeys), registerDelayMs: 0, settings, calendar: createCalendar(settings) },
  }
  const openSource = ({ source: { postgres } }: Mapping): Promise<Source> =>
    openPostgresSource({ ...postgres!, url: database.url, statementTimeoutMs: 30_000, connectTimeoutMs: 10_000 })
  const asking = (mapping: Mapping, source: Source) => ({
    ...{ actor: consoleActor, organizationId, connectionId, mapping, source, rowsMax: 100_000, deleteMs: 365 * dayMs },
    ...{ signal: new AbortController().signal, onProgress: () => {} },
  })
  /** Opens the mapping's source, does something with it, and closes it. */
  const reading = async <Done>(mapping: Mapping, work: (asked: ReturnType<typeof asking>) => Promise<Done>) => {
    const source = await openSource(mapping)
    try {
      return await work(asking(mapping, source))
    } finally {
      await source.close()
    }
  }
  return {
    deps,
    query: (text: string) => database.pool.query(text),
    preview: (mapping: Mapping) => reading(mapping, (asked) => previewMigration(deps, asked)),
    run: (mapping: Mapping, more: Partial<ReturnType<typeof asking>> = {}) =>
      reading(mapping, (asked) => runMigration(deps, { ...asked, ...more })),
    verify: (mapping: Mapping, runId: string) =>
      reading(mapping, (asked) => verifyMigration(deps, { ...asked, runId })),
    runCsv: async (mapping: Mapping, text: string) => {
      const open = async function* () {
        yield Buffer.from(text)
      }
      const source = await openCsvSource(open, { bytesMax: 1_000_000, linesMax: 10_000 })
      return runMigration(deps, asking(mapping, source))
    },
    undo: (runId: string, more: { batch?: number; logsMs?: number } = {}) =>
      undoMigration(deps, {
        ...{ actor: consoleActor, organizationId, runId, logsMs: 30 * dayMs },
        ...{ signal: new AbortController().signal, onProgress: () => {}, ...more },
      }),
    close: () => database.drop(),
  }
}
export type OldShop = Awaited<ReturnType<typeof createOldShop>>

/** A mapping of a table with the columns id, awb and whatever else is named. */
export const mappingOf = (table: string, fields: object = {}): Mapping =>
  readMapping(
    JSON.stringify({
      name: table,
      source: { postgres: { query: `select * from ${table}`, key: 'id' } },
      fields: { trackingNumber: 'awb', orderNumber: 'order_no', ...fields },
    }),
  )

/** All that is kept of parcels, but for when a parcel was last changed; how many there are of each status, folded or not. */
export const dump = async ({ query }: Pick<CheckWorld, 'query'>): Promise<Record<string, unknown>> => {
  const rowsOf = (text: string) => query<{ row: string }>(`select row::text from (${text}) as row order by 1`)
  return {
    parcels: await query<{ row: string }>(
      `select (to_jsonb(t) - '{changed_at,document_changed_at}'::text[])::text as row from tracking_cache t order by id`,
    ),
    orders: await rowsOf('select * from tracking_orders'),
    schedules: await rowsOf('select * from tracking_schedule'),
    connections: await rowsOf('select * from connections'),
    shops: await rowsOf('select * from organizations'),
    calls: await rowsOf('select * from api_calls'),
    counts: await rowsOf(
      `select connection_id, status, attention, sum(amount) from (
         select connection_id, status, attention, amount from tracking_counts
         union all select connection_id, status, attention, amount from tracking_count_changes) as both_ways
        group by 1, 2, 3 having sum(amount) <> 0`,
    ),
  }
}

import { type Config, loadConfig } from '@jejak/config'
import { createCounters } from '@jejak/core/counting'
import { prepareInstallation } from '@jejak/core/installing'
import { migrateQueue } from '@jejak/core/queue'
import { createSettings } from '@jejak/core/settings'
import { type ApiScope, apiScopes, connect, type Db, saveApiKey } from '@jejak/db'
import { createTestDatabase } from '@jejak/db/testing'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { buildApp, type Deps } from '../app.ts'
import { keysOf } from '../keys-of.ts'
import { openPools } from '../pools.ts'

export type Shop = { organizationId: string; connectionId: string; key: string }

/** The built API on a database of its own, with the queue's schema, a clock moved by hand and every log line kept. */
export type ApiWorld = {
  app: FastifyInstance
  /** What the app was built with, for a second one on the same database. */
  deps: Deps
  config: Config
  db: Db
  shop: Shop
  clock: { now: () => Date; set: (instant: string) => void; advance: (ms: number) => void }
  logLines: () => Record<string, unknown>[]
  /** Another shop with an account and a key of its own. */
  addShop: (slug: string) => Promise<Shop>
  addKey: (organizationId: string, scopes: readonly ApiScope[], expiresAt?: Date) => Promise<string>
  query: <Row extends object>(text: string, values?: unknown[]) => Promise<Row[]>
  close: () => Promise<void>
}

/** All that a shop's own keys may have. */
const shopScopes = apiScopes.filter((scope) => scope !== 'operator')

const bootstrapKey = 'jejak_bootstrap_key_of_the_tests'

const ownerOptions = (url: string) => ({
  url,
  as: 'owner' as const,
  poolMax: 8,
  statementTimeoutMs: 15_000,
  connectTimeoutMs: 5_000,
  applicationName: 'jejak-api-test',
  onError: () => undefined,
})

const env = (url: string, extra: Record<string, string>) => ({
  DATABASE_URL: url,
  SECRET_KEY: 'a secret that only tests know, 32 bytes',
  BOOTSTRAP_API_KEY: bootstrapKey,
  // Tests share their machine with others: what is shed there says nothing.
  OVERLOAD_DELAY_MAX: '60000',
  ...extra,
})

export const createApiWorld = async (extraEnv: Record<string, string> = {}): Promise<ApiWorld> => {
  const database = await createTestDatabase()
  await migrateQueue(database.url)
  const config = loadConfig(env(database.url, extraEnv))
  const db = connect(ownerOptions(database.url))
  const { organizationId, connectionId, isDemo, secretKeys } = await prepareInstallation(db, config)
  let now = new Date('2026-03-02T04:00:00Z')
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) })
  // As in production; what the tests themselves write, they write as the owner.
  const pools = openPools({ config, log, now: () => now })
  const deps: Deps = {
    ...pools,
    ...createSettings({ sql: pools.operatorDb.sql, config, log }),
    config,
    log,
    counters: createCounters(),
    now: () => now,
    clock: async () => now,
    isDemo,
    ...keysOf(secretKeys),
  }
  const app = await buildApp(deps)

  const addKey: ApiWorld['addKey'] = async (organization, scopes, expiresAt) => {
    const key = `jejak_test_${Math.random().toString(36).slice(2)}_of_${organization}`
    await saveApiKey(db.sql, { key, organizationId: organization, name: 'test', scopes, expiresAt: expiresAt ?? null })
    return key
  }
  return {
    app,
    deps,
    config,
    db,
    shop: { organizationId, connectionId, key: bootstrapKey },
    clock: {
      now: () => now,
      set: (instant) => {
        now = new Date(instant)
      },
      advance: (ms) => {
        now = new Date(now.getTime() + ms)
      },
    },
    logLines: () => lines.map((line) => JSON.parse(line)),
    addKey,
    addShop: async (slug) => {
      const { rows } = await db.sql.query<{ organizationId: string; connectionId: string }>(
        `with shop as (insert into organizations (slug, name) values ($1, $1) returning id)
         insert into connections (organization_id, api) select id, 'open' from shop
         returning organization_id as "organizationId", id as "connectionId"`,
        [slug],
      )
      const added = rows[0]!
      return { ...added, key: await addKey(added.organizationId, shopScopes) }
    },
    query: async (text, values) => (await db.sql.query(text, values)).rows,
    close: async () => {
      await app.close()
      await pools.close()
      await db.close()
      await database.drop()
    },
  }
}

/** The header that a key travels in. */
export const withKey = (key: string) => ({ authorization: `Bearer ${key}` })

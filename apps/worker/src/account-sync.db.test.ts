import { createTokenSealer, saveLogin } from '@jejak/core/easyparcel'
import { findBrokenRules } from '@jejak/db'
import { afterEach, expect, test } from 'vitest'
import { launchWorker, type WorkerProcess } from './testing/worker-process.ts'
import { createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

// A larger run: SYNC_PROOF_BOOKINGS=20000 vitest run --project db apps/worker/src/account-sync.db.test.ts
const amount = Number(process.env.SYNC_PROOF_BOOKINGS ?? 3_000)
const accounts = ['demo', 'second', 'third'] as const
const dayMs = 86_400_000
const patienceMs = 600_000

let world: WorkerWorld | undefined
const workers: WorkerProcess[] = []
afterEach(async () => {
  for (const worker of workers) worker.kill()
  await Promise.all(workers.map(({ ended }) => ended))
  await world?.close()
})

const environment = ({ databaseUrl, simulator }: WorkerWorld): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  SECRET_KEY: 'a secret that only tests know, 32 bytes',
  EASYPARCEL_BASE_URL: simulator.url,
  EASYPARCEL_CLIENT_ID: 'demo',
  EASYPARCEL_CLIENT_SECRET: 'demo-secret',
  WORKER_HEALTH_PORT: '0',
  CRON_ACCOUNT_SYNC: '* * * * * *',
})

const numberOf = (place: number) => String(630_000_000_000 + place)
const accountOf = (place: number) => accounts[place % accounts.length]!

/** The shops of the accounts, each connected to its own. */
const connectShops = async ({ query, db, installation }: WorkerWorld): Promise<Map<string, string>> => {
  const shops = new Map<string, string>([['demo', installation.organizationId]])
  for (const account of accounts.slice(1)) {
    const [shop] = await query<{ organizationId: string; connectionId: string }>(
      `with shop as (insert into organizations (slug, name) values ($1, $1) returning id)
       insert into connections (organization_id, api) select id, 'open' from shop
       returning organization_id as "organizationId", id as "connectionId"`,
      [account],
    )
    shops.set(account, shop!.organizationId)
    const sealer = createTokenSealer(installation.secretKeys)
    const tokens = { accessToken: `${account}-token`, refreshToken: null, expiresAt: null }
    await saveLogin({ sql: db.sql, connectionId: shop!.connectionId, sealer }, { tokens, now: new Date() })
  }
  return shops
}

test('each shop that connects gets the parcels of its own account, all of them and no others, whatever is killed and refused on the way', async () => {
  const now = () => new Date()
  const app = { clientId: 'demo', clientSecret: 'demo-secret' }
  world = await createWorkerWorld({
    startAt: now().toISOString(),
    simulator: {
      now,
      accounts: accounts.map((id) => ({
        id,
        ...app,
        accessToken: id === 'demo' ? 'demo-access-token' : `${id}-token`,
      })),
      bookings: Array.from({ length: amount }, (_, place) => ({
        ...{ awb: numberOf(place), account: accountOf(place) },
        bookedAt: new Date(now().getTime() - ((place % 89) + 0.5) * dayMs).toISOString(),
      })),
      faults: { '429_json': 0.03, '429_retry_after': 0.03 },
      retryAfterSeconds: 1,
    },
  })
  const { query, simulator, db } = world
  const shops = await connectShops(world)
  const env = environment(world)
  const launch = () => {
    const worker = launchWorker({ env })
    workers.push(worker)
    return worker
  }
  const counted = async () =>
    (await query<{ amount: number }>('select count(*)::int as amount from tracking_cache'))[0]!.amount
  const begun = Date.now()
  const [first] = [launch(), launch()]
  await expect.poll(counted, { timeout: patienceMs, interval: 100 }).toBeGreaterThan(amount / 4)
  first!.kill()
  launch()
  await expect.poll(counted, { timeout: patienceMs, interval: 250 }).toBeGreaterThanOrEqual(amount)
  const seconds = Math.round((Date.now() - begun) / 1000)

  const stored = await query<{ shop: string; number: string }>(
    'select organization_id as shop, tracking_number as number from tracking_cache',
  )
  const expected = Array.from({ length: amount }, (_, place) => `${shops.get(accountOf(place))} ${numberOf(place)}`)
  expect(stored.map(({ shop, number }) => `${shop} ${number}`).toSorted()).toEqual(expected.toSorted())
  const calls = await query<{ kind: string; manual: boolean; amount: number }>(
    `select kind, is_manual as manual, max(amount)::int as amount
       from (select connection_id, kind, is_manual, count(*) as amount from api_calls group by 1, 2, 3) c group by 1, 2 order by 1, 2`,
  )
  for (const { kind, amount: most } of calls) if (kind !== 'check') expect(most).toBeLessThanOrEqual(100)
  expect(
    (simulator.stats().faults['429_json'] ?? 0) + (simulator.stats().faults['429_retry_after'] ?? 0),
  ).toBeGreaterThan(0)
  for (const worker of workers) await worker.stop()
  expect(await findBrokenRules(db.sql, now())).toEqual([])
  if (process.env.SYNC_PROOF_BOOKINGS) console.info({ amount, seconds, calls, stats: simulator.stats() })
}, 900_000)

import { createShop, createUser } from '@jejak/core/access'
import { systemActor } from '@jejak/core/changes'
import { cancelShopErasure, countHeldOfShop, planShopErasure } from '@jejak/core/privacy'
import { deriveContactKeys, registerTrackings } from '@jejak/core/registering'
import { foldCounts, lockRights, saveApiKey, saveMembership } from '@jejak/db'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cleanUpJob } from './clean-up.ts'
import { aJob, createWorkerWorld, type WorkerWorld } from './testing/worker-world.ts'

const dayMs = 86_400_000
const graceMs = 7 * dayMs

let world: WorkerWorld
let shop: { organizationId: string; connectionId: string }
beforeEach(async () => {
  world = await createWorkerWorld()
  shop = await createShop(deps(), { slug: 'kenari', name: 'Kedai Kenari', api: 'open' })
  await live(shop, 'K')
  await live(world.installation, 'D')
})
afterEach(() => world.close())

const deps = () => ({ db: world.db, clock: async () => world.clock.now(), actor: systemActor })
const cleanUp = () => cleanUpJob(world.deps, aJob)
const numbers = (letter: string) => Array.from({ length: 300 }, (_, place) => `${letter}Y26000${10_000 + place}`)

const live = async ({ organizationId, connectionId }: typeof shop, letter: string) => {
  const { db, boss, config } = world
  const contactKeys = deriveContactKeys(world.installation.secretKeys)
  const registering = {
    ...deps(),
    db,
    boss,
    contactKeys,
    isDemo: false,
    registerDelayMs: config.tracking.registerDelayMs,
  }
  const trackings = numbers(letter).map((trackingNumber) => ({
    ...{ trackingNumber, orderNumber: `${letter}-${trackingNumber}`, contact: { email: `buyer@${letter}.example` } },
  }))
  await registerTrackings(registering, { actor: systemActor, organizationId, connectionId, trackings })
  const key = `jejak_${letter.repeat(40)}`
  await saveApiKey(db.sql, { key, organizationId, name: `till of ${letter}`, scopes: ['trackings:read'] })
  await world.query(
    `insert into security_log (at, organization_id, kind, address_hmac) values ($1, $2, 'limit_hit', $3)`,
    [world.clock.now(), organizationId, `hash of ${letter}`],
  )
  await world.query(
    `insert into daily_reports (organization_id, connection_id, day, calls, calls_manual, calls_failed, numbers_asked, numbers_found,
      trackings_changed, trackings_by_status) values ($1, $2, '2026-11-16', 1, 0, 0, 1, 1, 1, '{}')`,
    [organizationId, connectionId],
  )
  await world.query(
    `with sync as (insert into account_syncs (connection_id, organization_id, next_run_at) values ($2, $1, $3))
     insert into bookings (organization_id, connection_id, shipment_number, tracking_id, tracking_number, first_seen_at, listed_at)
     select $1, $2, 'ES-' || id, id, tracking_number, $3, $3 from tracking_cache where organization_id = $1
     union all select $1, $2, 'ES-WAITING', null, null, $3, $3`,
    [organizationId, connectionId, world.clock.now()],
  )
}

/** In how many rows of each table, the audit log and the queue's own apart, this shop is named. */
const rowsOf = async (organizationId: string) => {
  const tables = await world.query<{ name: string }>(
    `select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'organization_id' and table_name <> 'audit_log'`,
  )
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const [found] = await world.query<{ n: number }>(
      `select count(*)::int as n from ${name} where organization_id = $1`,
      [organizationId],
    )
    if (found!.n > 0) counts[name] = found!.n
  }
  return counts
}
const slugs = async () =>
  (await world.query<{ slug: string }>('select slug from organizations order by slug')).map(({ slug }) => slug)

const someoneWaits = async () => (await world.query(`select from pg_locks where not granted`)).length > 0

test('a shop is erased a week after it was told, with all that names it, and the other shop stays as it was', async () => {
  const password = 'three cups of teh tarik'
  const { organizationId } = shop
  const add = (email: string, to: string, isOperator = false) =>
    createUser(deps(), { name: '', password, email, isOperator, membership: { organizationId: to, role: 'owner' } })
  await add('kenari@kedai.example', organizationId)
  await add('operator@kedai.example', organizationId, true)
  await add('default@kedai.example', world.installation.organizationId)
  const contents = await countHeldOfShop(deps(), organizationId)
  expect(contents).toMatchObject({ parcels: 300, onTheirWay: 300, connections: 1, keys: 1, members: 2, users: 1 })
  const before = await rowsOf(world.installation.organizationId)

  await planShopErasure(deps(), { organizationId, graceMs })
  await expect(planShopErasure(deps(), { organizationId, graceMs })).rejects.toThrow('to be erased already')
  world.clock.advance(graceMs - 60_000)
  await cleanUp()
  expect(await slugs()).toEqual(['default', 'kenari'])
  expect(await countHeldOfShop(deps(), organizationId)).toMatchObject({ parcels: 300, keys: 1, members: 2 })

  world.clock.advance(120_000)
  await cleanUp()
  expect(await slugs()).toEqual(['default'])
  expect(await rowsOf(organizationId)).toEqual({})
  expect(await rowsOf(world.installation.organizationId)).toMatchObject({ ...before, security_log: 1 })
  const users = await world.query<{ email: string }>('select email from users order by email')
  expect(users.map(({ email }) => email)).toEqual(['default@kedai.example', 'operator@kedai.example'])
  const acts = await world.query(
    'select act, actor, object from audit_log where organization_id = $1 and act like $2 order by id',
    [...[organizationId, 'erasure.%']],
  )
  const object = `shop:${organizationId}`
  expect(acts).toEqual([
    { act: 'erasure.planned', actor: 'system', object },
    { act: 'erasure.begun', actor: 'worker', object },
    { act: 'erasure.done', actor: 'worker', object },
  ])
})

test('what was called off in time leaves the shop as it was', async () => {
  const { organizationId } = shop
  await planShopErasure(deps(), { organizationId, graceMs })
  await cancelShopErasure(deps(), organizationId)
  await expect(cancelShopErasure(deps(), organizationId)).rejects.toThrow('not to be erased')
  world.clock.advance(graceMs + dayMs)
  await cleanUp()
  expect(await slugs()).toEqual(['default', 'kenari'])
  expect(await countHeldOfShop(deps(), organizationId)).toMatchObject({ parcels: 300, keys: 1 })
})

test('a run that is cut off leaves a shop that no one can act for, and the next run finishes it', async () => {
  const { organizationId } = shop
  await planShopErasure(deps(), { organizationId, graceMs })
  world.clock.advance(graceMs + 1)
  const stopped = { ...aJob, signal: AbortSignal.abort() }
  await cleanUpJob(world.deps, stopped)
  expect(await countHeldOfShop(deps(), organizationId)).toMatchObject({ parcels: 300, keys: 0, members: 0 })
  await expect(cancelShopErasure(deps(), organizationId)).rejects.toThrow('its time is over')
  await cleanUp()
  expect(await slugs()).toEqual(['default'])
  await cleanUp()
})

test('a user who is given a role in another shop while theirs is being closed stays', async () => {
  const { organizationId } = shop
  const email = 'kenari@kedai.example'
  const membership = { organizationId, role: 'owner' } as const
  const { id } = await createUser(deps(), {
    name: '',
    password: 'three cups of teh tarik',
    email,
    isOperator: false,
    membership,
  })
  await planShopErasure(deps(), { organizationId, graceMs })
  world.clock.advance(graceMs + 1)
  const given = Promise.withResolvers<void>()
  const giving = world.db.transaction(async (tx) => {
    await lockRights(tx)
    await saveMembership(tx, { organizationId: world.installation.organizationId, userId: id, role: 'viewer' })
    await given.promise
  })
  const cleaning = cleanUp()
  await expect.poll(someoneWaits).toBe(true)
  given.resolve()
  await Promise.all([giving, cleaning])
  expect(await slugs()).toEqual(['default'])
  expect(await world.query('select email from users')).toEqual([{ email }])
})

test('an erased shop leaves no counts, also when they are being added up at that moment', async () => {
  const { organizationId } = shop
  await planShopErasure(deps(), { organizationId, graceMs })
  world.clock.advance(graceMs + 1)
  const folded = Promise.withResolvers<void>()
  const folding = world.db.transaction(async (tx) => {
    await foldCounts(tx, 10_000)
    await folded.promise
  })
  const cleaning = cleanUp()
  await expect.poll(someoneWaits, { timeout: 10_000 }).toBe(true)
  folded.resolve()
  await Promise.all([folding, cleaning])
  expect(await slugs()).toEqual(['default'])
  expect(await rowsOf(organizationId)).toEqual({})
})

test('a shop that cannot be erased keeps no other shop waiting', async () => {
  const later = await createShop(deps(), { slug: 'merbok', name: 'Kedai Merbok', api: 'open' })
  await planShopErasure(deps(), { organizationId: shop.organizationId, graceMs })
  world.clock.advance(1)
  await planShopErasure(deps(), { organizationId: later.organizationId, graceMs })
  await world.query('create table books (organization_id bigint references organizations)')
  await world.query('insert into books values ($1)', [shop.organizationId])
  world.clock.advance(graceMs + 1)
  await expect(cleanUp()).rejects.toThrow('failed, the others are done: shops.')
  expect(await slugs()).toEqual(['default', 'kenari'])
})

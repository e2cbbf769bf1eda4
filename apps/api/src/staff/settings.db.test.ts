import { consoleActor } from '@jejak/core/audit'
import { createCheckDeps, openCall } from '@jejak/core/checking'
import { changeSettings, createSettings, followChanges, followEveryMs, inForceWithinMs } from '@jejak/core/settings'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildApp } from '../app.ts'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

let world: ApiWorld
let shop: Shop
let shops = 0
beforeAll(async () => {
  world = await createApiWorld({ TRACKING_EXCEPTION_FREQ: '45' })
})
afterAll(() => world.close())
beforeEach(async () => {
  shops += 1
  shop = await world.addShop(`shop-${shops}`)
  await world.query('delete from audit_log')
})

type Setting = {
  name: string
  value: unknown
  source: string
  default: unknown
  setAt: string | null
  setBy: string | null
}

const ask = (payload?: object, { app = world.app, key = shop.key } = {}) =>
  app.inject({
    method: payload ? 'PATCH' : 'GET',
    url: '/v1/admin/settings',
    headers: withKey(key),
    ...(payload && { payload }),
  })
const settingOf = async (name: string, key = shop.key): Promise<Setting | undefined> =>
  (await ask(undefined, { key })).json<{ data: Setting[] }>().data.find((setting) => setting.name === name)
const acts = () =>
  world.query<{ act: string; object: string; detail: string }>(
    `select act, object, detail from audit_log where act = 'setting.changed' order by id`,
  )

test('a shop sees of every setting what is in force, where it comes from, and what it may be', async () => {
  expect(await settingOf('in_transit_freq')).toEqual({
    name: 'in_transit_freq',
    group: 'cadence',
    value: 120,
    source: 'default',
    default: 120,
    unit: 'minutes',
    bounds: { min: 0.001, max: 43_200 },
    takes: 'a number of minutes from 0.001 to 43200',
    meaning: 'Time between checks of a parcel on its way.',
    changeBy: 'PATCH /v1/admin/settings',
    setAt: null,
    setBy: null,
  })
  expect(await settingOf('exception_freq')).toMatchObject({ value: 45, source: 'environment', default: 45 })
  expect(await settingOf('languages')).toMatchObject({ source: 'default', changeBy: 'PATCH /v1/shop' })
})

test('a setting is changed while everything runs, and goes back to the default; the audit log tells both', async () => {
  const changed = await ask({ in_transit_freq: 90, rest_days: 'fri, sat' })
  expect(changed.statusCode).toBe(200)
  expect(await settingOf('rest_days')).toMatchObject({ value: 'fri,sat', source: 'shop', default: 'sat,sun' })
  expect(await settingOf('in_transit_freq')).toMatchObject({
    ...{ value: 90, source: 'shop', default: 120 },
    ...{ setAt: world.clock.now().toISOString(), setBy: expect.stringMatching(/^key:\d+$/) },
  })
  expect((await ask({ in_transit_freq: null })).statusCode).toBe(200)
  expect(await settingOf('in_transit_freq')).toMatchObject({ value: 120, source: 'default' })
  expect(await acts()).toEqual([
    { act: 'setting.changed', object: 'setting:in_transit_freq', detail: '120 → 90' },
    { act: 'setting.changed', object: 'setting:rest_days', detail: 'sat,sun → fri,sat' },
    { act: 'setting.changed', object: 'setting:in_transit_freq', detail: '90 → 120, the default' },
  ])
})

test.each<[object, string]>([
  [
    { in_transit_freq: 90, min_freq: 'x' },
    'min_freq must be a number of minutes from 0.001 to 43200. Nothing was changed.',
  ],
  [{ in_transit_freq: 90, max_freq: 10 }, 'min_freq must not be above max_freq'],
  [{ in_transit_freq: 90, port: 80 }, 'port: There is no such setting of a shop. Nothing was changed.'],
  [{ name: 'Kedai' }, 'name: This is how the shop shows itself: `jejak shop` or PATCH /v1/shop changes it.'],
  [{ holiday_region: 'ZZ' }, 'holiday_region: No public holidays are known of ZZ'],
])('%j changes nothing, and says why', async (patch, why) => {
  const answer = await ask(patch)
  expect(answer.statusCode).toBe(400)
  expect(answer.json().detail).toContain(why)
  const named = answer.json<{ errors: { path: string }[] }>().errors.map(({ path }) => path)
  expect(named.some((name) => name in patch)).toBe(true)
  expect(await settingOf('in_transit_freq')).toMatchObject({ source: 'default' })
  expect(await acts()).toEqual([])
})

test('a time zone is one that the database reads as Jejak does; others are refused in a sentence', async () => {
  expect((await ask({ timezone: 'Asia/Tokyo' })).statusCode).toBe(200)
  const names = await world.query<{ name: string }>('select name from pg_timezone_names')
  const known = new Set(names.map(({ name }) => name))
  const lacking = Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC' && !known.has(name))
  for (const timezone of ['AET', '+08:00', 'BST', ...lacking.slice(0, 3)]) {
    const refused = await ask({ timezone })
    expect([timezone, refused.statusCode]).toEqual([timezone, 400])
    expect(refused.json<{ detail: string }>().detail).toMatch(/time zone/)
  }
  expect(await settingOf('timezone')).toMatchObject({ value: 'Asia/Tokyo' })
})

test('what one shop sets is no other’s', async () => {
  const other = await world.addShop(`other-${shops}`)
  await ask({ in_transit_freq: 90 })
  expect(await settingOf('in_transit_freq', other.key)).toMatchObject({ value: 120, source: 'default' })
  expect(world.deps.settingsOf(shop.organizationId).inTransitMs).toBe(90 * 60_000)
  expect(world.deps.settingsOf(other.organizationId).inTransitMs).toBe(120 * 60_000)
})

test('two who change settings at the same moment cannot together leave what neither may', async () => {
  const answers = await Promise.all([ask({ min_freq: 100 }), ask({ max_freq: 90 })])
  expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 400])
})

describe('in another process', () => {
  const budgetIn = async (app: ApiWorld['app']): Promise<number> =>
    (await app.inject({ url: '/v1/admin/overview', headers: withKey(shop.key) })).json().connections[0].budget.limit

  /** A second process on the same database; nothing tells it of a change. */
  const startAnother = async () => {
    const { config, log } = world.deps
    const settings = createSettings({ sql: world.deps.operatorDb.sql, config, log })
    await settings.refreshSettings()
    let heard: () => void = () => undefined
    const answered = () =>
      new Promise<void>((resolve) => {
        heard = resolve
      })
    // The first may have been on its way before the change.
    const hears = () => answered().then(answered)
    const refreshSettings = () => settings.refreshSettings().then(() => heard())
    const stop = followChanges({ refresh: refreshSettings, log })
    const app = await buildApp({ ...world.deps, ...settings })
    return { app, settings, hears, close: () => Promise.all([app.close(), stop()]) }
  }

  test('a change may take five seconds: two looks and an answer that takes one fit into that', () => {
    expect(inForceWithinMs).toBe(5_000)
    expect(2 * followEveryMs + 1_000).toBeLessThanOrEqual(inForceWithinMs)
  })

  test('a worker that runs makes no call beyond the budget that was changed through the API', async () => {
    const worker = await startAnother()
    const { config, log, clock, now } = world.deps
    const installation = { isDemo: false, secretKeys: ['a secret that only tests know, 32 bytes'] as const }
    const checks = createCheckDeps({ ...worker.settings, db: world.db, config, installation, log, now, clock })
    const payload = { trackingNumber: `WORKER${shops}0001` }
    await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(shop.key), payload })
    await world.query(
      `update connections set budget_day = '2026-03-02', calls_used = 50, sealed_access_token = 'x', access_token_expires_at = '2026-03-03' where id = $1`,
      [shop.connectionId],
    )
    world.clock.advance(60_000)
    await ask({ daily_budget: 50 })
    await worker.hears()
    expect(await openCall(checks, shop.connectionId)).toMatchObject({ granted: false, reason: 'budget_spent' })
    await ask({ daily_budget: null })
    await worker.hears()
    expect(await openCall(checks, shop.connectionId)).toMatchObject({ granted: true })
    await worker.close()
  })

  test('a change is in force with the next look at the database, which no one has to tell it of', async () => {
    const another = await startAnother()
    expect(await budgetIn(another.app)).toBe(1000)
    await ask({ daily_budget: 77 })
    expect(await budgetIn(world.app)).toBe(77)
    await another.hears()
    expect(await budgetIn(another.app)).toBe(77)
    await ask({ daily_budget: null })
    await another.hears()
    expect(await budgetIn(another.app)).toBe(1000)
    await another.close()
  })
})

test('a setting that was changed while the transaction before it was still open is not missed', async () => {
  const { config, log } = world.deps
  const settings = createSettings({ sql: world.db.sql, config, log })
  const other = await world.addShop(`other-${shops}`)
  const [slow, quick] = [shop.organizationId, other.organizationId]
  const change = (organizationId: string, db = world.db) =>
    changeSettings({ ...world.deps, db }, { actor: consoleActor, organizationId, patch: { daily_budget: 7 } })
  await world.db.transaction(async (tx) => {
    await tx.query(
      `insert into shop_settings (organization_id, name, value, set_at, set_by) values ($1, 'daily_budget', '7', now(), 'console')`,
      [slow],
    )
    await change(quick)
    await settings.refreshSettings()
  })
  expect([slow, quick].map((shop) => settings.settingsOf(shop).dailyBudget)).toEqual([1000, 7])
  await settings.refreshSettings()
  expect([slow, quick].map((shop) => settings.settingsOf(shop).dailyBudget)).toEqual([7, 7])
})

test('a stored setting that no one can read any more is the default, is logged, and keeps no other from being changed', async () => {
  const { organizationId } = shop
  await world.query(
    `insert into shop_settings (organization_id, name, value, set_at, set_by)
     values ($1, 'in_transit_freq', 'often', now(), 'console'), ($1, 'gone', '1', now(), 'console'), ($1, 'exception_freq', '50', now(), 'console')`,
    [organizationId],
  )
  await world.deps.refreshSettings()
  await world.deps.refreshSettings()
  expect(world.deps.settingsOf(organizationId)).toEqual({ ...world.config.tracking, exceptionMs: 50 * 60_000 })
  expect(await settingOf('in_transit_freq')).toMatchObject({ value: 120, source: 'default' })
  expect((await ask({ daily_budget: 500 })).statusCode).toBe(200)
  const warnings = world.logLines().filter(({ msg }) => String(msg).startsWith('a stored setting cannot be used'))
  expect(new Set(warnings.map(({ settings }) => String(settings)))).toEqual(new Set(['in_transit_freq', 'gone']))
})

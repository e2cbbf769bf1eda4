import { createUser } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { findBrokenRules } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

const own = 'http://localhost:3000'
const password = 'three cups of teh tarik'
const minute = 60_000

let world: ApiWorld
let owner: Record<string, string>
beforeAll(async () => {
  world = await createApiWorld()
  const { organizationId } = world.shop
  const by = { ...world.deps, db: world.db, actor: consoleActor }
  const membership = { organizationId, role: 'owner' } as const
  await createUser(by, { email: 'owner@kedai.example', name: 'Owner', password, isOperator: false, membership })
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.query('delete from undos')
  await world.query('delete from tracking_cache')
  const payload = { email: 'owner@kedai.example', password }
  const answer = await world.app.inject({ method: 'POST', url: '/v1/session', headers: { origin: own }, payload })
  owner = { cookie: String(answer.headers['set-cookie']).split(';')[0]!, origin: own }
})

type Method = 'GET' | 'POST' | 'PATCH'
const ask = async (method: Method, url: string, payload?: object) => {
  const answer = await world.app.inject({ method, url, headers: owner, ...(payload && { payload }) })
  return { ...answer.json(), http: answer.statusCode }
}
const done = async (method: Method, url: string, payload?: object) => {
  const answer = await ask(method, url, payload)
  expect(answer).toMatchObject({ http: 200, undo: { id: expect.any(String), until: expect.any(String) } })
  world.clock.advance(minute)
  return answer
}
const undo = (answer: { undo: { id: string } }) => ask('POST', `/v1/admin/undo/${answer.undo.id}`)
const refused = { http: 409, detail: expect.stringContaining('changed since') }

describe('an EasyParcel account', () => {
  const url = () => `/v1/admin/connections/${world.shop.connectionId}`
  const account = async () => ask('GET', url())

  test('goes on when its pause is undone, and pauses again as it did when resuming it is undone', async () => {
    const paused = await done('POST', `${url()}/pause`, { reason: 'Raya' })
    expect(await undo(paused)).toMatchObject({ act: 'connection.paused', restored: 1, kept: 0 })
    expect(await account()).toMatchObject({ pause: null })
    await done('POST', `${url()}/pause`, { reason: 'Raya' })
    const before = await account()
    const resumed = await done('POST', `${url()}/resume`)
    expect(await undo(resumed)).toMatchObject({ act: 'connection.resumed', restored: 1 })
    expect((await account()).pause).toEqual(before.pause)
    await done('POST', `${url()}/resume`)
  })

  test('stays paused where someone has paused it otherwise since', async () => {
    const paused = await done('POST', `${url()}/pause`, { reason: 'Raya' })
    const again = await done('POST', `${url()}/pause`, { reason: 'Stocktaking' })
    expect(await undo(paused)).toMatchObject(refused)
    expect(await account()).toMatchObject({ pause: { reason: 'Stocktaking' } })
    expect(await undo(again)).toMatchObject({ restored: 1 })
    expect(await undo(paused)).toMatchObject({ restored: 1 })
  })

  test('has its name and the calls of today back', async () => {
    const before = await account()
    const named = await done('PATCH', url(), { name: 'Gudang', environment: 'sandbox' })
    const added = await done('POST', `${url()}/budget`, { extraCalls: 10 })
    expect(await undo(added)).toMatchObject({ act: 'budget.changed', restored: 1 })
    expect(await undo(named)).toMatchObject({ act: 'connection.changed', restored: 1 })
    const { name, environment, budget } = await account()
    expect({ name, environment, extra: budget.extra }).toEqual({ name: before.name, environment: null, extra: 0 })
    expect(await ask('PATCH', url(), { isDefault: true })).toMatchObject({ http: 200, undo: null })
  })

  test('is the default again, unless it was disconnected meanwhile', async () => {
    const { organizationId, connectionId } = world.shop
    const [other] = await world.query<{ id: string }>(
      `insert into connections (organization_id, api, name) values ($1, 'open', 'Second') returning id`,
      [organizationId],
    )
    await world.query('update connections set is_default = true where id = $1', [connectionId])
    const makeDefault = () => done('PATCH', `/v1/admin/connections/${other!.id}`, { isDefault: true })
    const first = await makeDefault()
    expect(await account()).toMatchObject({ isDefault: false })
    expect(await undo(first)).toMatchObject({ act: 'connection.made_default', restored: 1 })
    expect(await account()).toMatchObject({ isDefault: true })
    const second = await makeDefault()
    await world.query('update connections set disconnected_at = now() where id = $1', [connectionId])
    expect(await undo(second)).toMatchObject(refused)
    await world.query('update connections set disconnected_at = null where id = $1', [connectionId])
    await world.query('delete from connections where id = $1', [other!.id])
  })
})

describe('settings', () => {
  const settings = '/v1/admin/settings'
  const settingOf = async (name: string) =>
    (await ask('GET', settings)).data.find((setting: { name: string }) => setting.name === name)

  test('are what they were, in force at once, and each change is in the audit log', async () => {
    await ask('PATCH', settings, { in_transit_freq: 90 })
    const changed = await done('PATCH', settings, { in_transit_freq: 60, rest_days: 'fri' })
    await world.query('delete from audit_log')
    expect(await undo(changed)).toMatchObject({ act: 'setting.changed', restored: 2, kept: 0 })
    expect(await settingOf('in_transit_freq')).toMatchObject({ value: 90, source: 'shop' })
    expect(await settingOf('rest_days')).toMatchObject({ value: 'sat,sun', source: 'default' })
    expect(world.deps.settingsOf(world.shop.organizationId)).toMatchObject({ inTransitMs: 90 * minute })
    expect(await world.query('select act, detail from audit_log order by id')).toEqual([
      { act: 'setting.changed', detail: '60 → 90' },
      { act: 'setting.changed', detail: 'fri → sat,sun, the default' },
      { act: 'undo.done', detail: 'setting.changed: 2 of 2' },
    ])
  })

  test('that someone has changed since stay, and so do all where going back would contradict the others', async () => {
    const two = await done('PATCH', settings, { in_transit_freq: 60, exception_freq: 60 })
    await done('PATCH', settings, { exception_freq: 30 })
    expect(await undo(two)).toMatchObject({ restored: 1, kept: 1 })
    expect(await settingOf('exception_freq')).toMatchObject({ value: 30 })
    const most = await done('PATCH', settings, { min_freq: 5 })
    await done('PATCH', settings, { max_freq: 10 })
    expect(await undo(most)).toMatchObject(refused)
    expect(await settingOf('min_freq')).toMatchObject({ value: 5 })
  })

  test('that are set to what they are change nothing, and nothing can be undone', async () => {
    await ask('PATCH', settings, { in_transit_freq: 90 })
    expect(await ask('PATCH', settings, { in_transit_freq: 90 })).toMatchObject({ http: 200, undo: null })
  })
})

test('a shop has its face back, and where someone has changed the same field since, it stays', async () => {
  await ask('PATCH', '/v1/shop', { name: 'Kedai Kopi', phone: null, languages: ['ms'] })
  const { undo: _, http: __, ...before } = await ask('GET', '/v1/shop')
  const changed = await done('PATCH', '/v1/shop', { name: 'Kedai Teh', phone: '+60388881234', languages: ['en', 'ms'] })
  expect(await undo(changed)).toMatchObject({ act: 'shop.changed', restored: 3 })
  expect(await ask('GET', '/v1/shop')).toMatchObject(before)
  const first = await done('PATCH', '/v1/shop', { name: 'Kedai Susu' })
  await done('PATCH', '/v1/shop', { color: '#aa5500' })
  await done('PATCH', '/v1/shop', { name: 'Kedai Roti' })
  expect(await undo(first)).toMatchObject(refused)
  expect(await ask('GET', '/v1/shop')).toMatchObject({ name: 'Kedai Roti', color: '#aa5500' })
  expect(await ask('PATCH', '/v1/shop', { name: 'Kedai Roti' })).toMatchObject({ http: 200, undo: null })
})

test('a shop’s back end undoes what it has done itself', async () => {
  const headers = withKey(await world.addKey(world.shop.organizationId, ['trackings:write']))
  const { id } = await ask('POST', '/v1/trackings', { trackingNumber: 'BACKEND00001' })
  const asked = { method: 'POST', url: `/v1/admin/trackings/${id}/notes`, payload: { text: 'wrong' }, headers } as const
  const noted = (await world.app.inject(asked)).json()
  const answer = await world.app.inject({ method: 'POST', url: `/v1/admin/undo/${noted.undo.id}`, headers })
  expect([answer.statusCode, answer.json()]).toMatchObject([200, { act: 'note.added', restored: 1 }])
})

test('what someone may not do they may not undo', async () => {
  const changed = await done('PATCH', '/v1/shop', { name: 'Kedai Malam' })
  const key = await world.addKey(world.shop.organizationId, ['trackings:write'])
  const url = `/v1/admin/undo/${changed.undo.id}`
  expect((await world.app.inject({ method: 'POST', url, headers: withKey(key) })).statusCode).toBe(403)
})

describe('a parcel', () => {
  let last = 0
  const register = async (more: object = {}): Promise<{ id: string; trackingNumber: string }> => {
    last += 1
    const trackingNumber = `UNDO${String(last).padStart(8, '0')}`
    const { id } = await ask('POST', '/v1/trackings', { trackingNumber, orderNumber: `SO-${last}`, ...more })
    world.clock.advance(minute)
    return { id, trackingNumber }
  }
  const rowsOf = async (id: string) => ({
    parcel: await world.query(
      `select to_jsonb(t) - 'changed_at' - 'document_changed_at' as row from tracking_cache t where id = $1`,
      [id],
    ),
    schedule: await world.query('select to_jsonb(s) as row from tracking_schedule s where tracking_id = $1', [id]),
    orders: await world.query('select to_jsonb(o) as row from tracking_orders o where tracking_id = $1', [id]),
  })
  const change = (id: string, patch: object) => done('PATCH', `/v1/trackings/${id}`, patch)
  const read = async (number: string) => (await world.app.inject({ url: `/v1/track/${number}` })).statusCode

  test('has its number back, with its schedule, and the other number finds nothing', async () => {
    const { id, trackingNumber } = await register()
    await world.query(
      `update tracking_schedule set checked_at = $2, due_because = 'never found' where tracking_id = $1`,
      [...[id, world.clock.now()]],
    )
    const before = await rowsOf(id)
    const changed = await change(id, { trackingNumber: `RIGHT${last}`, courier: 'Pos Laju' })
    expect(await undo(changed)).toMatchObject({ act: 'parcels.changed', restored: 1 })
    expect(await rowsOf(id)).toEqual(before)
    expect([await read(trackingNumber), await read(`RIGHT${last}`)]).toEqual([200, 404])
    expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
  })

  test('keeps the number that it was given once EasyParcel knows it, or where its own is another parcel’s by now', async () => {
    const known = await register()
    const changed = await change(known.id, { trackingNumber: `KNOWN${last}` })
    await world.query('update tracking_cache set confirmed_at = $2 where id = $1', [known.id, world.clock.now()])
    expect(await undo(changed)).toMatchObject(refused)
    const taken = await register()
    const moved = await change(taken.id, { trackingNumber: `MOVED${last}` })
    await ask('POST', '/v1/trackings', { trackingNumber: taken.trackingNumber })
    expect(await undo(moved)).toMatchObject(refused)
    expect(await ask('GET', `/v1/trackings/${taken.id}`)).toMatchObject({ trackingNumber: `MOVED${last}` })
  })

  test('has the contact of its order back, of which only hashes were kept, and an order that came is gone', async () => {
    const { id } = await register({ contact: { email: 'mei@example.com', phone: '012-345 6789' } })
    const before = await rowsOf(id)
    const changed = await change(id, { contact: { email: 'siti@example.com' }, orderNumber: 'SO-NEW' })
    const [{ kept }] = (await world.query('select before::text as kept from undos')) as [{ kept: string }]
    expect(kept).not.toMatch(/example\.com|345/)
    expect(await undo(changed)).toMatchObject({ restored: 1 })
    expect(await rowsOf(id)).toEqual(before)
    const without = await register({ orderNumber: undefined })
    const empty = await rowsOf(without.id)
    const added = await change(without.id, { contact: { email: 'siti@example.com' } })
    expect(await undo(added)).toMatchObject({ restored: 1 })
    expect(await rowsOf(without.id)).toEqual(empty)
  })

  test('does not get a contact back that was erased since, which ends no undo of another customer’s parcel', async () => {
    const other = await register({ contact: 'siti@example.com' })
    const moved = await change(other.id, { orderNumber: 'SO-OTHER' })
    const { id } = await register({ contact: 'mei@example.com' })
    const changed = await change(id, { contact: null })
    const erased = await ask('POST', '/v1/admin/privacy/erase', { contact: 'mei@example.com' })
    expect(erased).toMatchObject({ http: 200, parcels: 0 })
    expect(await undo(changed)).toMatchObject({ http: 404 })
    const gone = await register({ contact: 'mei@example.com' })
    const named = await change(gone.id, { orderNumber: 'SO-GONE' })
    expect(await ask('POST', '/v1/admin/privacy/erase', { contact: 'mei@example.com' })).toMatchObject({ parcels: 1 })
    expect(await undo(named)).toMatchObject({ http: 404 })
    expect(await undo(moved)).toMatchObject({ restored: 1 })
  })

  test('needs a person again when settling it by the right number or courier is undone', async () => {
    const parcels = [await register(), await register()]
    for (const { id } of parcels)
      await world.query(
        `update tracking_cache set attention_reason = 'never_found', requires_attention = true, changed_at = $2 where id = $1`,
        [id, world.clock.now()],
      )
    const cases = async () =>
      (await ask('GET', '/v1/admin/attention/cases')).data.map((one: object) => ({ ...one, changedAt: null }))
    const before = [await cases(), await rowsOf(parcels[0]!.id), await rowsOf(parcels[1]!.id)]
    const fixes = [{ trackingNumber: 'RIGHTONE01' }, { courier: 'Pos Laju' }]
    for (const [place, fix] of fixes.entries()) {
      const settled = await done('POST', '/v1/admin/attention/settle', { ids: [parcels[place]!.id], how: 'fix', fix })
      expect(await cases()).toHaveLength(1)
      expect(await undo(settled)).toMatchObject({ act: 'attention.settled', restored: 1 })
    }
    expect([await cases(), await rowsOf(parcels[0]!.id), await rowsOf(parcels[1]!.id)]).toEqual(before)
  })
})

import { createUser } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { createCheckDeps } from '@jejak/core/checking'
import { saveLogin } from '@jejak/core/easyparcel'
import { readSecretKeys } from '@jejak/core/installing'
import { createSyncDeps, syncAccount } from '@jejak/core/syncing'
import { findBrokenRules, type ShopRole } from '@jejak/db'
import { type BookingInput, type Simulator, startSimulator } from '@jejak/easyparcel-simulator'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

const begin = '2026-03-02T04:00:00Z'
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const app = { clientId: 'app', clientSecret: 'secret of the app' }
const own = 'http://localhost:3000'

let world: ApiWorld
let simulator: Simulator
let other: Shop
beforeAll(async () => {
  simulator = await startSimulator({
    now: () => world?.clock.now() ?? new Date(begin),
    accounts: ['demo', 'second'].map((id) => ({ id, ...app, accessToken: `${id}-token` })),
  })
  world = await createApiWorld({
    ...{ EASYPARCEL_BASE_URL: simulator.url, EASYPARCEL_CLIENT_ID: app.clientId },
    ...{ EASYPARCEL_CLIENT_SECRET: app.clientSecret, EASYPARCEL_ACCESS_TOKEN: 'demo-token' },
    ...{ EASYPARCEL_REFRESH_TOKEN: 'demo-refresh' },
  })
  other = await world.addShop('other')
  const tokens = { accessToken: 'second-token', refreshToken: null, expiresAt: null }
  const { connectionId } = other
  const sealer = world.deps.tokenSealer
  await saveLogin({ sql: world.db.sql, connectionId, sealer }, { tokens, now: world.clock.now() })
})
afterAll(async () => {
  await world.close()
  await simulator.close()
})
// What the account has booked stays; each test books its own, a day later than the one before.
beforeEach(() => world.clock.advance(dayMs))

let last = 632_000_000_000
const nextNumber = () => String(++last)
const book = (booking: Partial<BookingInput> = {}, agoMs = 30 * 60_000) => {
  const awb = nextNumber()
  simulator.book([{ awb, bookedAt: new Date(world.clock.now().getTime() - agoMs).toISOString(), ...booking }])
  return awb
}

/** What a worker does once the sync of this shop's account is due. */
const sync = (shop: Shop = world.shop) => {
  const { deps, db, clock, config } = world
  const installation = { isDemo: false, secretKeys: readSecretKeys(config) }
  const made = createCheckDeps({ ...deps, db, installation })
  const checks = { ...made, sleep: async (ms: number) => clock.advance(ms) }
  const syncs = createSyncDeps({ checks, boss: deps.boss, config, installation })
  return syncAccount(syncs, { connectionId: shop.connectionId, signal: new AbortController().signal })
}

type Told = {
  awb_number: string
  order_number: string
  shipment_details: { reference: string | null }
  receiver: { email: string; contact: string }
  receiver_details: { email: string }
}
/** What the account itself says of its bookings. */
const easyParcelTells = async (what: 'list' | 'details', asked: object): Promise<[Told, ...Told[]]> => {
  const answer = await fetch(`${simulator.url}/open_api/2026-06/shipment/${what}`, {
    method: 'POST',
    headers: { authorization: 'Bearer demo-token', 'content-type': 'application/json' },
    body: JSON.stringify(asked),
  })
  return ((await answer.json()) as { data: [Told, ...Told[]] }).data
}

type Asked = { headers?: Record<string, string>; payload?: object }
const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, asked: Asked = {}) =>
  world.app.inject({ method, url, headers: withKey(world.shop.key), ...asked } as never)
const staffSee = async (number: string, key = world.shop.key) =>
  (await ask('GET', `/v1/trackings?trackingNumber=${number}`, { headers: withKey(key) })).json().data
const customerSees = async (number: string) => (await ask('GET', `/v1/track/${number}`, { headers: {} })).json()
const statusUrl = ({ connectionId }: Shop = world.shop) => `/v1/admin/connections/${connectionId}/sync`
const progress = async () => (await ask('GET', statusUrl())).json()
const signIn = async (role: ShopRole, organizationId = world.shop.organizationId) => {
  const email = `${role}@${organizationId}.example`
  const password = 'three cups of teh tarik'
  const membership = { organizationId, role }
  const by = { ...world.deps, db: world.db, actor: consoleActor }
  await createUser(by, { email, name: role, password, isOperator: false, membership })
  const answer = await ask('POST', '/v1/session', { headers: { origin: own }, payload: { email, password } })
  return { cookie: String(answer.headers['set-cookie']).split(';')[0]!, origin: own }
}

test('a parcel that was registered by hand before is joined with its booking, and keeps what the shop said of it', async () => {
  const number = book({ scenario: 'normal' }, 2 * dayMs)
  const payload = { trackingNumber: number, orderNumber: 'KEDAI-1', courier: 'Pos Laju' }
  expect((await ask('POST', '/v1/trackings', { payload })).statusCode).toBe(201)
  await sync()
  expect(await staffSee(number)).toMatchObject([
    { trackingNumber: number, courier: 'Pos Laju', orderNumber: 'KEDAI-1' },
  ])
  expect(await progress()).toMatchObject({ bookings: 1, parcels: 1, waitingForNumber: 0 })
})

test('a shipment that has no number yet becomes a parcel once it has one', async () => {
  const number = book({ numberedAfterMs: 2 * hourMs })
  await sync()
  expect(await staffSee(number)).toEqual([])
  expect(await progress()).toMatchObject({ waitingForNumber: 1 })
  world.clock.advance(3 * hourMs)
  await sync()
  expect(await staffSee(number)).toMatchObject([{ trackingNumber: number }])
  expect(await progress()).toMatchObject({ waitingForNumber: 0 })
})

test('a booking that is cancelled after it was listed is cancelled for staff and customers', async () => {
  const number = book({ scenario: 'cancelled' })
  await sync()
  expect(await staffSee(number)).toMatchObject([{ status: 'pending' }])
  world.clock.advance(2 * dayMs)
  await sync()
  const [parcel] = await staffSee(number)
  expect(parcel).toMatchObject({ status: 'cancelled' })
  expect(await customerSees(number)).toMatchObject({ trackingNumber: number, status: 'cancelled' })
  const { data } = (await ask('GET', `/v1/admin/trackings/${parcel.id}/history`)).json()
  expect(JSON.stringify(data)).toContain('"newStatus":"cancelled"')
})

test('a customer finds a parcel by the order and the contact that only the account knew', async () => {
  const number = book()
  await sync()
  const shipments = await world.query<{ shipment: string }>(
    'select shipment_number as shipment from bookings where tracking_number = $1 and details_at is not null',
    [number],
  )
  expect(shipments).toHaveLength(1)
  const [{ order_number: easyParcels, shipment_details, receiver }] = await easyParcelTells('details', {
    shipment_number: shipments[0]!.shipment,
  })
  const orderNumber = shipment_details.reference ?? easyParcels
  for (const contact of [receiver.email, receiver.contact]) {
    const found = await ask('POST', '/v1/track?shop=default', { headers: {}, payload: { orderNumber, contact } })
    expect([found.statusCode, found.json().trackings?.[0]?.trackingNumber]).toEqual([200, number])
  }
  const payload = { orderNumber, contact: 'someone.else@example.com' }
  expect((await ask('POST', '/v1/track?shop=default', { headers: {}, payload })).statusCode).toBe(404)
})

test('who may change connections has an account looked at now; who may see them follows it', async () => {
  const manager = await signIn('admin')
  const looker = await signIn('support')
  const asked = await ask('POST', statusUrl(), { headers: manager })
  expect([asked.statusCode, asked.headers.location]).toEqual([202, statusUrl()])
  expect(asked.json()).toEqual({ connectionId: world.shop.connectionId, follow: statusUrl() })
  const jobs = await world.query(`select from pgboss.job where name = 'account-sync' and data->>'connectionId' = $1`, [
    world.shop.connectionId,
  ])
  expect(jobs.length).toBeGreaterThan(0)
  const acts = await world.query(`select act from audit_log where act = 'sync.requested'`)
  expect(acts).toHaveLength(1)
  expect((await ask('GET', statusUrl(), { headers: looker })).statusCode).toBe(200)
  expect((await ask('POST', statusUrl(), { headers: looker })).statusCode).toBe(403)
  expect((await ask('GET', statusUrl(), { headers: {} })).statusCode).toBe(401)
  expect((await ask('POST', statusUrl(), { headers: {} })).statusCode).toBe(401)
})

test('an account that is not connected, is being synced, or is another shop’s is not looked at', async () => {
  const { connectionId } = world.shop
  const headers = await signIn('owner')
  const post = (shop?: Shop) => ask('POST', statusUrl(shop), { headers })
  await world.query('update account_syncs set running_until = $2 where connection_id = $1', [
    ...[connectionId, new Date(world.clock.now().getTime() + hourMs)],
  ])
  expect((await post()).statusCode).toBe(409)
  expect(await progress()).toMatchObject({ state: 'running' })
  await world.query('update account_syncs set running_until = null')
  const unconnected = await world.addShop('unconnected')
  const theirs = await ask('POST', statusUrl(unconnected), {
    headers: await signIn('owner', unconnected.organizationId),
  })
  expect([theirs.statusCode, theirs.json().detail]).toEqual([409, expect.stringContaining('not connected')])
  for (const shop of [other, { ...other, connectionId: '999' }]) {
    expect((await post(shop)).statusCode).toBe(404)
    expect((await ask('GET', statusUrl(shop))).statusCode).toBe(404)
  }
})

test('a shop never sees what another shop’s account has booked', async () => {
  const [ours, theirs] = [book(), book({ account: 'second' })]
  await sync()
  await sync(other)
  expect([(await staffSee(ours)).length, (await staffSee(theirs)).length]).toEqual([1, 0])
  expect([(await staffSee(ours, other.key)).length, (await staffSee(theirs, other.key)).length]).toEqual([0, 1])
  const strange = await world.query(
    `select from bookings b join connections c on c.id = b.connection_id where b.organization_id <> c.organization_id
     union all select from bookings b join tracking_cache t on t.id = b.tracking_id where t.connection_id <> b.connection_id`,
  )
  expect(strange).toEqual([])
})

test('a parcel that is erased with its customer, or removed, does not come back, and its booking tells nothing more', async () => {
  const [erased, removed] = [book(), book()]
  await sync()
  const id = (await staffSee(removed))[0].id
  const emails = await world.query<{ email: string | null }>(
    `select o.contact_email_hmac as email from tracking_orders o join tracking_cache t on t.id = o.tracking_id where t.tracking_number = $1`,
    [erased],
  )
  expect(emails).toEqual([{ email: expect.any(String) }])
  const listed = await easyParcelTells('list', { limit: 250 })
  const contact = listed.find(({ awb_number }) => awb_number === erased)!.receiver_details.email
  expect((await ask('POST', '/v1/admin/privacy/erase', { payload: { contact } })).json()).toMatchObject({ parcels: 1 })
  expect((await ask('DELETE', `/v1/trackings/${id}`)).statusCode).toBe(204)
  world.clock.advance(2 * dayMs)
  await sync()
  for (const number of [erased, removed]) {
    expect(await staffSee(number)).toEqual([])
    expect(await world.query('select from bookings where tracking_number = $1', [number])).toEqual([])
  }
  const left = await world.query(
    'select from bookings where tracking_id is null and made_at is not null and coalesce(courier, state, postcode_area) is null',
  )
  expect(left).toHaveLength(2)
  expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
})

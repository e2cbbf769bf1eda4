import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hashSubject } from '@jejak/core/access'
import { sealAudit, verifyAudit } from '@jejak/core/audit'
import { hashForLog } from '@jejak/core/buyers'
import { consoleActor } from '@jejak/core/changes'
import { checkDue, createCheckDeps } from '@jejak/core/checking'
import { readSecretKeys } from '@jejak/core/installing'
import { derivePrivacyKeys, eraseHeld } from '@jejak/core/privacy'
import { wakeConnection } from '@jejak/core/queue'
import { hashContact } from '@jejak/core/registering'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

const canary = { email: 'kenari.zulqarnain@burung.example', phone: '012-987 6501' }
const numbers = { own: 'MY2600000001', shared: 'MY2600000002', archived: 'MY2600000003', elsewhere: 'MY2600000004' }
const isPersonal = (row: string) => /kenari|zulqarnain|burung\.example|9876501|987 6501|sangkar/i.test(row)
const courierText = (number: string) =>
  `Bungkusan Encik Zulqarnain, 012-9876501, ditinggalkan bersama Puan Kenari, ${number}`

/** An EasyParcel whose courier writes names and phones into a text. */
const answer = (body: string) => {
  const results = Object.values(numbers)
    .filter((number) => body.includes(number))
    .map((awb_number) => {
      const scan = {
        event_date: '2026-03-02 11:30:00',
        shipment_status_code: 99,
        tracking_status: courierText(awb_number),
      }
      return { awb_number, status: 'success', status_log: [scan] }
    })
  return JSON.stringify({ status_code: 200, message: 'Success', data: { results } })
}
let easyParcel: Server
let world: ApiWorld
let other: Shop
beforeAll(async () => {
  easyParcel = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    response.setHeader('content-type', 'application/json').end(answer(body))
  }).listen(0, '127.0.0.1')
  await once(easyParcel, 'listening')
  world = await createApiWorld({
    EASYPARCEL_BASE_URL: `http://127.0.0.1:${(easyParcel.address() as AddressInfo).port}`,
    EASYPARCEL_CLIENT_ID: 'shop',
    EASYPARCEL_CLIENT_SECRET: 'shop-secret',
    EASYPARCEL_ACCESS_TOKEN: 'shop-access-token',
    EASYPARCEL_REFRESH_TOKEN: 'shop-refresh-token',
  })
  other = await world.addShop('other')
})
afterAll(async () => {
  await world.close()
  easyParcel.close()
})

/** Every row of every table, of the queue's too, as text. */
const everyRow = async (): Promise<string[]> => {
  const tables = await world.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
  )
  expect(tables.length).toBeGreaterThan(20)
  const rows = await Promise.all(
    tables.map(({ name }) =>
      world.query<{ row: string }>(`select '${name} ' || to_jsonb(t)::text as row from ${name} t`),
    ),
  )
  return rows.flat().map(({ row }) => row)
}

const send = (
  method: 'POST' | 'GET',
  url: string,
  { payload, key = world.shop.key }: { payload?: object; key?: string } = {},
) => world.app.inject({ method, url, headers: withKey(key), ...(payload && { payload }) })
const ask = async (what: 'find' | 'export' | 'erase', contact: string, key?: string) => {
  const answered = await send('POST', `/v1/admin/privacy/${what}`, { payload: { contact }, ...(key && { key }) })
  expect(answered.statusCode).toBe(200)
  return answered.json()
}
const register = async (payload: object, key?: string) =>
  (await send('POST', '/v1/trackings', { payload, ...(key && { key }) })).json().id

/** What the courier wrote about a parcel that someone else shares, and the same in our words. */
const staysForOthers = (row: string) =>
  row.startsWith('public.tracking_cache ') && row.includes(numbers.shared) && row.includes('ditinggalkan')

/** As `jejak erase` does it, which goes through all shops. */
const eraseAsOperator = (
  contact: { email: string } | { phone: string },
  shop: { organizationId: string; slug: string },
) =>
  eraseHeld(
    {
      ...{ db: world.db, traces: world.db.sql, clock: world.deps.clock },
      keys: derivePrivacyKeys(readSecretKeys(world.config)),
    },
    { actor: consoleActor, contact, shop, isEverywhere: true },
  )

/** All hashes under which this installation may keep the customer. */
const hashesOfCanary = () => {
  const keys = derivePrivacyKeys(readSecretKeys(world.config)).each[0]!
  const hashes = hashContact(keys.contactKeys[0], { email: canary.email, phone: '+60129876501' })
  const contacts = [hashes.contactEmailHmac!, hashes.contactPhoneHmac!]
  const pairs = contacts.flatMap((hash) =>
    ['', 'default', 'other'].map((shop) =>
      hashForLog(keys.lookupKey, { kind: 'pair', text: `${hash}:${shop}:SANGKAR-1` }),
    ),
  )
  const account = hashSubject(keys.accessKey, { kind: 'account', text: canary.email })
  const order = hashForLog(keys.lookupKey, { kind: 'order', text: 'SANGKAR-1' })
  // A part of a hash would tell as much.
  return { contacts, all: [...contacts, ...pairs, account, order].map((hash) => hash.slice(0, 16)) }
}

const live = async () => {
  const { clock, shop } = world
  const own = await register({ trackingNumber: numbers.own, orderNumber: 'SANGKAR-1', contact: canary })
  await register({ trackingNumber: numbers.archived, orderNumber: 'SANGKAR-0', contact: { phone: canary.phone } })
  await register({ trackingNumber: numbers.shared, orderNumber: 'BALA-1', contact: { email: 'bala@example.com' } })
  await register({ trackingNumber: numbers.shared, orderNumber: 'SANGKAR-2', contact: canary })
  await register({ trackingNumber: numbers.elsewhere, orderNumber: 'SANGKAR-9', contact: canary }, other.key)
  await wakeConnection(world.deps.boss, { connectionId: shop.connectionId })
  clock.advance(60_000)
  const checks = createCheckDeps({
    ...world.deps,
    db: world.db,
    installation: { isDemo: false, secretKeys: readSecretKeys(world.config) },
  })
  await checkDue(checks, { connectionId: shop.connectionId, signal: new AbortController().signal })
  await world.query(
    `update tracking_cache set status = 'delivered', ended_at = $1, archived_at = $1 where tracking_number = $2`,
    [clock.now(), numbers.archived],
  )
  const lookUp = (orderNumber: string, contact: string, query = '') =>
    world.app.inject({ method: 'POST', url: `/v1/track${query}`, payload: { orderNumber, contact } })
  expect((await lookUp('SANGKAR-1', canary.email)).statusCode).toBe(200)
  expect((await lookUp('sangkar-1', canary.phone)).statusCode).toBe(200)
  await world.query(`update tracking_orders set order_folded = 'GONE' where order_folded = 'SANGKAR-1'`)
  expect((await lookUp('SANGKAR-1', canary.email)).statusCode).toBe(404)
  await world.query(`update tracking_orders set order_folded = 'SANGKAR-1' where order_folded = 'GONE'`)
  expect((await lookUp('SANGKAR-1', 'wrong@example.com', '?shop=default')).statusCode).toBe(404)
  await world.app.inject({ method: 'POST', url: `/v1/track/${numbers.own}/report`, payload: { kind: 'not_received' } })
  await send('POST', `/v1/admin/trackings/${own}/notes`, { payload: { text: `rang ${canary.phone}` } })
  for (const orderNumber of ['SANGKAR-7', 'SANGKAR-1'])
    await world.app.inject({
      ...{ method: 'PATCH', url: `/v1/trackings/${own}`, headers: withKey(world.shop.key), payload: { orderNumber } },
    })
  await world.app.inject({
    ...{ method: 'POST', url: '/v1/session', headers: { origin: 'http://localhost:3000' } },
    payload: { email: canary.email, password: 'not this one, surely' },
  })
}

test('a customer who was registered, checked, looked up and reported is found, told and erased, in tables, jobs, locks and logs', async () => {
  await live()
  const before = await everyRow()
  const { contacts, all } = hashesOfCanary()
  expect(before.filter(isPersonal).length).toBeGreaterThan(4)
  const isKept = (hash: string) => before.some((row) => row.includes(hash))
  expect(contacts.every(isKept)).toBe(true)
  // One of the pairs, the account and the order, too.
  expect(all.filter(isKept).length).toBeGreaterThanOrEqual(5)

  const counted = await ask('find', canary.email)
  expect(counted).toMatchObject({ parcels: 1, onTheirWay: 1, sharedParcels: 1, orders: 2 })
  expect(counted.traces).toBeGreaterThan(1)
  expect(await ask('find', canary.phone)).toMatchObject({ parcels: 2, onTheirWay: 1, sharedParcels: 1, orders: 3 })

  const told = await ask('export', ` ${canary.email.toUpperCase()} `)
  expect(told).toMatchObject({ shop: 'default', failedLookups: expect.any(Number) })
  expect(told.parcels[0]).toMatchObject({
    ...{ trackingNumber: numbers.own, attentionReason: 'customer_not_received', estimatedDelivery: null },
    orders: [{ orderNumber: 'SANGKAR-1', hasEmail: true, hasPhone: true }],
    scans: [{ text: courierText(numbers.own) }],
    notes: [{ text: `rang ${canary.phone}` }],
  })
  expect(told.parcels[0].changes.map(({ kind }: { kind: string }) => kind)).toContain('reported')

  await sealAudit({ ...world.deps, db: world.db })
  expect(await ask('erase', canary.phone, other.key)).toMatchObject({ parcels: 1, sharedParcels: 0, orders: 1 })
  expect((await everyRow()).filter((row) => row.includes(numbers.elsewhere) && isPersonal(row))).toEqual([])
  expect(await ask('find', canary.email)).toEqual(counted)
  const shop = { organizationId: world.shop.organizationId, slug: 'default' }
  const erased = await eraseAsOperator({ email: canary.email }, shop)
  expect(erased).toMatchObject({ parcels: 1, sharedParcels: 1, orders: 2, stays: expect.stringContaining('courier') })
  expect(await eraseAsOperator({ phone: '+60129876501' }, shop)).toMatchObject({ parcels: 1, orders: 1 })

  const after = await everyRow()
  expect(after.filter(isPersonal).filter((row) => !staysForOthers(row))).toEqual([])
  expect(after.filter(staysForOthers)).toHaveLength(1)
  expect(after.filter((row) => all.some((hash) => row.includes(hash)))).toEqual([])
  const logged = world.logLines().map((line) => JSON.stringify(line))
  expect(logged.length).toBeGreaterThan(10)
  expect(logged.filter((line) => isPersonal(line) || all.some((hash) => line.includes(hash)))).toEqual([])
})

test('who shared a parcel keeps it, and finds it by their own order', async () => {
  const payload = { orderNumber: 'BALA-1', contact: 'bala@example.com' }
  const found = (await world.app.inject({ method: 'POST', url: '/v1/track', payload })).json()
  expect(found.trackings).toMatchObject([{ trackingNumber: numbers.shared, orderNumber: 'BALA-1' }])
  const [parcel] = await world.query('select order_number from tracking_cache where tracking_number = $1', [
    numbers.shared,
  ])
  expect(parcel).toEqual({ order_number: 'BALA-1' })
})

test('the audit log proves what was told and erased without naming the customer, and the same contact has the same proof', async () => {
  const entries = await world.query<{ act: string; object: string; detail: string }>(
    `select act, object, detail from audit_log where object like 'contact:%' and organization_id = $1 order by id`,
    [world.shop.organizationId],
  )
  expect(entries.map(({ act, detail }) => [act, detail])).toEqual([
    ['export.made', '2 parcels'],
    ['erasure.done', '1 parcels'],
    ['erasure.done', '1 orders in parcels of others'],
    ['erasure.done', '1 parcels'],
  ])
  const { proof } = await ask('find', canary.email)
  expect(entries.filter(({ object }) => object === `contact:${proof}`)).toHaveLength(3)
  await sealAudit({ ...world.deps, db: world.db })
  expect(await verifyAudit(world.db)).toMatchObject({ faults: [] })
  expect((await everyRow()).filter(isPersonal).filter((row) => !staysForOthers(row))).toEqual([])
})

test('nothing is found on someone who was never here, and a text that is no contact is refused without repeating it', async () => {
  expect(await ask('erase', 'nobody@example.com')).toMatchObject({ parcels: 0, orders: 0, traces: 0 })
  const refused = await send('POST', '/v1/admin/privacy/find', { payload: { contact: 'Kenari Zulqarnain' } })
  expect(refused.statusCode).toBe(400)
  expect(refused.body).not.toContain('Kenari')
})

test('a shop neither sees nor clears what was noted about another shop’s order of the same number', async () => {
  const payload = { orderNumber: '1001', contact: 'guess@example.com' }
  for (const query of ['', '?shop=default'])
    await world.app.inject({ method: 'POST', url: `/v1/track${query}`, payload })
  const noted = () => world.query(`select subject_hmac from security_log where subject_hmac is not null order by id`)
  const before = await noted()
  expect(before).toHaveLength(2)
  const contact = { email: 'made.up@example.com' }
  await register({ trackingNumber: 'MY2600000005', orderNumber: '1001', contact }, other.key)
  expect(await ask('find', contact.email, other.key)).toMatchObject({ orders: 1, traces: 0 })
  expect(await ask('export', contact.email, other.key)).toMatchObject({ securityEvents: [] })
  await ask('erase', contact.email, other.key)
  expect(await noted()).toEqual(before)
})

test('a shop neither sees nor clears how often someone tried to sign in with an e-mail address', async () => {
  await world.app.inject({
    ...{ method: 'POST', url: '/v1/session', headers: { origin: 'http://localhost:3000' } },
    payload: { email: 'victim@example.com', password: 'not this one, surely' },
  })
  const attempts = () => world.query('select subject_hmac, attempts from sign_in_attempts order by subject_hmac')
  const before = await attempts()
  expect(before.length).toBeGreaterThan(0)
  expect(await ask('find', 'victim@example.com')).toMatchObject({ traces: 0 })
  await ask('erase', 'victim@example.com')
  expect(await attempts()).toEqual(before)
})

test('a customer with more orders than an answer holds is told that it is not all, and erased with all of them', async () => {
  const contact = { email: 'reseller@example.com' }
  const id = await register({ trackingNumber: 'MY2600000007', orderNumber: 'BULK-0', contact })
  await register({ trackingNumber: 'MY2600000007', orderNumber: 'BALA-7', contact: { email: 'bala@example.com' } })
  expect(await ask('find', contact.email)).toMatchObject({ orders: 1, isComplete: true })
  await world.query(
    `insert into tracking_orders (tracking_id, organization_id, order_number, order_folded, contact_email_hmac, registered_at)
     select tracking_id, organization_id, 'BULK-' || n, 'BULK-' || n, contact_email_hmac, registered_at
       from tracking_orders, generate_series(1, 10000) n where tracking_id = $1 and order_folded = 'BULK-0'`,
    [id],
  )
  expect(await ask('find', contact.email)).toMatchObject({ orders: 10_000, isComplete: false })
  const told = await ask('export', contact.email)
  expect(told.isComplete).toBe(false)
  expect(told.parcels.map(({ orders }: { orders: unknown[] }) => orders.length)).toEqual([10_000])
  expect(await ask('erase', contact.email)).toMatchObject({ isComplete: false, stays: expect.any(String) })
  const left = await world.query('select order_number from tracking_orders where tracking_id = $1', [id])
  expect(left).toEqual([{ order_number: 'BALA-7' }])
  expect(await ask('find', contact.email)).toMatchObject({ orders: 0, isComplete: true, stays: null })
})

test('the only shop of an installation clears what was noted about its orders on pages that name no shop', async () => {
  const alone = await createApiWorld()
  try {
    const inject = (url: string, payload: object) =>
      alone.app.inject({ method: 'POST', url, headers: withKey(alone.shop.key), payload })
    const contact = { email: 'aisyah@example.com' }
    await inject('/v1/trackings', { trackingNumber: 'MY2600000006', orderNumber: '1002', contact })
    await inject('/v1/track', { orderNumber: '1002', contact: 'guess@example.com' })
    const noted = () => alone.query('select organization_id from security_log where subject_hmac is not null')
    expect(await noted()).toEqual([{ organization_id: null }])
    await inject('/v1/admin/privacy/erase', { contact: contact.email })
    expect(await noted()).toEqual([])
  } finally {
    await alone.close()
  }
})

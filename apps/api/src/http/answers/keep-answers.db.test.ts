import { createUser } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { deleteOld } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildApp } from '../../app.ts'
import { keysOf } from '../../keys-of.ts'
import { type ApiWorld, createApiWorld, withKey } from '../../testing/api-world.ts'

const secret = 'a secret that only tests know, 32 bytes'
const owner = 'siti@kedai.example'
const password = 'three cups of teh tarik'

let world: ApiWorld
let number = 0
beforeAll(async () => {
  world = await createApiWorld()
  const membership = { organizationId: world.shop.organizationId, role: 'owner' } as const
  await createUser(
    { ...world.deps, db: world.db, actor: consoleActor },
    { email: owner, name: 'Siti', password, isOperator: false, membership },
  )
})
afterAll(() => world.close())
beforeEach(async () => {
  number += 1
  await world.query('delete from audit_log')
})

type Sending = { url?: string; key?: string | undefined; payload?: object; headers?: Record<string, string> }
/** A request with an Idempotency-Key. */
const send = async (
  key: string | undefined,
  { url = '/v1/trackings', payload, headers = withKey(world.shop.key) }: Sending = {},
  app = world.app,
) => {
  const answer = await app.inject({
    ...{ method: 'POST', url, payload: payload ?? { trackingNumber: trackingNumber() } },
    headers: { ...headers, ...(key !== undefined && { 'idempotency-key': key }) },
  })
  const { statusCode: status, body } = answer
  return { status, body, headers: answer.headers, isReplay: answer.headers['idempotency-replayed'] === 'true' }
}
/** One parcel a test. */
const trackingNumber = () => `JT${String(number).padStart(10, '0')}`
const acts = async (act: string) => (await world.query('select from audit_log where act = $1', [act])).length
const sessionOf = async (email: string) => {
  const answer = await world.app.inject({
    ...{ method: 'POST', url: '/v1/session', headers: { origin: 'http://localhost:3000' } },
    payload: { email, password },
  })
  return { cookie: String(answer.headers['set-cookie']).split(';')[0]!, origin: 'http://localhost:3000' }
}

test('a request that is sent again gets the answer of the first time, says so, and does nothing', async () => {
  const first = await send('once')
  const again = await send('once')
  expect(first).toMatchObject({ status: 201, isReplay: false })
  expect(again).toMatchObject({ status: 201, isReplay: true, body: first.body })
  for (const name of ['location', 'content-type', 'content-length', 'cache-control'])
    expect([name, again.headers[name]]).toEqual([name, first.headers[name]])
  expect(await acts('parcels.registered')).toBe(1)
})

test('without the header each request is done, as before', async () => {
  expect((await send(undefined)).status).toBe(201)
  expect(await send(undefined)).toMatchObject({ status: 200, isReplay: false })
})

test('the key may stand in quotation marks', async () => {
  await send('quoted')
  expect(await send('"quoted"')).toMatchObject({ status: 201, isReplay: true })
})

test('another body with the same key is refused, and so is another address', async () => {
  const { id } = JSON.parse((await send('body')).body)
  expect(await send('body', { payload: { trackingNumber: 'JT9999999999' } })).toMatchObject({ status: 422 })
  const refresh = (of: string) => send('refresh', { url: `/v1/admin/trackings/${of}/refresh` })
  expect((await refresh(id)).status).toBe(202)
  expect(await refresh('1')).toMatchObject({ status: id === '1' ? 202 : 422 })
  expect(await refresh(id)).toMatchObject({ status: 202, isReplay: true })
  expect(await acts('parcels.registered')).toBe(1)
  expect(await acts('checks.requested')).toBe(1)
})

test('what is no key is refused before anything is done', async () => {
  for (const wrong of ['', 'two words', 'é', 'a'.repeat(256)])
    expect([wrong, (await send(wrong)).status]).toEqual([wrong, 400])
  expect(await acts('parcels.registered')).toBe(0)
})

test('the same key of another shop, of another caller or on another route is another key', async () => {
  const other = await world.addShop(`other-${number}`)
  const till = await world.addKey(world.shop.organizationId, ['trackings:write'])
  expect(await send('shared')).toMatchObject({ status: 201, isReplay: false })
  expect(await send('shared', { headers: withKey(other.key) })).toMatchObject({ status: 201, isReplay: false })
  expect(await send('shared', { headers: withKey(till) })).toMatchObject({ status: 200, isReplay: false })
  const session = await sessionOf(owner)
  expect(await send('shared', { headers: session })).toMatchObject({ status: 200, isReplay: false })
  const bulk = { url: '/v1/trackings/bulk', payload: { trackings: [{ trackingNumber: trackingNumber() }] } }
  expect(await send('shared', bulk)).toMatchObject({ status: 200, isReplay: false })
  expect(await send('shared', { headers: session })).toMatchObject({ status: 200, isReplay: true })
})

test('an act that failed leaves nothing, and its key is free', async () => {
  await world.query(
    `create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
     create trigger refuse before insert on audit_log for each row execute function refuse()`,
  )
  expect((await send('failed')).status).toBe(500)
  await world.query('drop function refuse() cascade')
  expect(await send('failed')).toMatchObject({ status: 201, isReplay: false })
})

test('a request that is refused keeps nothing: its key may be used once what was wrong is right', async () => {
  const payload = { trackingNumber: '7.02802E+15' }
  expect((await send('refused', { payload })).status).toBe(400)
  expect(await send('refused')).toMatchObject({ status: 201, isReplay: false })
})

test('an answer that cannot be kept is not given, and what it was about is not done', async () => {
  await world.query(
    `create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
     create constraint trigger refuse after insert on kept_answers deferrable initially deferred for each row execute function refuse()`,
  )
  const refused = await send('at-the-end')
  await world.query('drop function refuse() cascade')
  expect(refused.status).toBe(500)
  expect(refused.headers.location).toBeUndefined()
  expect(await acts('parcels.registered')).toBe(0)
  expect(await send('at-the-end')).toMatchObject({ status: 201, isReplay: false })
})

describe('secrets', () => {
  const newKey = { url: '/v1/keys', payload: { name: 'till', scopes: ['trackings:read'] } }

  test('a new API key is told once: it is not stored, and the answer of the second time says that it is left out', async () => {
    const asked = { ...newKey, headers: await sessionOf(owner) }
    const made = await send('new-key', asked)
    const { key, ...others } = JSON.parse(made.body)
    expect(key).toMatch(/^jejak_/)
    const again = await send('new-key', asked)
    expect(again).toMatchObject({ status: 201, isReplay: true })
    expect(again.headers['idempotency-left-out']).toBe('key')
    expect(JSON.parse(again.body)).toEqual(others)
    expect(JSON.stringify(await world.query('select * from kept_answers'))).not.toContain(key)
    expect(await acts('key.created')).toBe(1)
  })

  test('neither keys nor bodies can be told from what is stored', async () => {
    await send('order-SO-1', { payload: { trackingNumber: trackingNumber(), contact: { phone: '012-345 6789' } } })
    const stored = JSON.stringify(await world.query('select key_hmac, request_hmac from kept_answers'))
    expect(stored).not.toMatch(/SO-1|60123456789/)
  })

  test('who lets people in reads no answer about parcels, and a shop none of another', async () => {
    await send('of-the-shop')
    const { rows } = await world.deps.accessDb.sql.query(`select kept_by from kept_answers where kept_by <> 'access'`)
    expect(rows).toEqual([])
    const other = world.deps.db.ofShop((await world.addShop(`fenced-${number}`)).organizationId)
    expect((await other.sql.query('select from kept_answers')).rows).toEqual([])
  })
})

test('a request is known again while SECRET_KEY is changed', async () => {
  const next = 'the secret that comes after it, 32 bytes'
  const turned = await buildApp({ ...world.deps, ...keysOf([next, secret]) })
  await send('rolled')
  expect(await send('rolled', {}, turned)).toMatchObject({ status: 201, isReplay: true })
  await turned.close()
})

test('a key is free again once its time is over', async () => {
  await send('old')
  const tomorrow = new Date(world.clock.now().getTime() + 1)
  expect(await deleteOld(world.db.sql, { rows: 'answers', olderThan: tomorrow, limit: 1000 })).toBeGreaterThan(0)
  expect(await send('old')).toMatchObject({ status: 200, isReplay: false })
})

test('after a day it is free, too, before anything is cleaned up, and kept for another day', async () => {
  const began = world.clock.now()
  await send('daily', { headers: await sessionOf(owner) })
  await send('daily')
  world.clock.advance(86_400_000)
  expect(await send('daily')).toMatchObject({ status: 200, isReplay: false })
  expect(await send('daily')).toMatchObject({ status: 200, isReplay: true })
  expect(await send('daily', { headers: await sessionOf(owner) })).toMatchObject({ status: 200, isReplay: false })
  world.clock.set(began.toISOString())
})

test('a file that is imported again is read again', async () => {
  const file = async () => {
    const headers = { ...withKey(world.shop.key), 'content-type': 'text/csv', 'idempotency-key': 'a file' }
    const payload = `tracking_number\n${trackingNumber()}\n`
    return (await world.app.inject({ method: 'POST', url: '/v1/trackings/import', headers, payload })).json()
  }
  expect(await file()).toMatchObject({ created: 1 })
  expect(await file()).toMatchObject({ created: 0, exists: 1 })
})

test('what was answered about the parcel of a customer who is erased is emptied, and its request is still done once', async () => {
  const payload = { trackingNumber: trackingNumber(), orderNumber: 'SO-1', contact: { phone: '012-345 6780' } }
  const registered = await send('of-a-customer', { payload })
  const erase = { url: '/v1/admin/privacy/erase', payload: { contact: '012-345 6780' } }
  const erased = await send('erase', erase)
  expect(JSON.parse(erased.body)).toMatchObject({ parcels: 1 })
  const again = await send('of-a-customer', { payload })
  expect(again).toMatchObject({ status: registered.status, isReplay: true, body: '{}' })
  expect(again.headers['idempotency-left-out']).toBe('body')
  expect(await send('erase', erase)).toMatchObject({ isReplay: true, body: erased.body })
  expect(await world.query(`select from tracking_cache where tracking_number = $1`, [trackingNumber()])).toEqual([])
})

test('a thousand parcels at once are registered in the transaction of their answer', async () => {
  const trackings = Array.from({ length: 1000 }, (_, i) => ({ trackingNumber: `BULK${number}X${i}A7` }))
  const bulk = { url: '/v1/trackings/bulk', payload: { trackings } }
  const first = await send('bulk', bulk)
  expect(first.status).toBe(200)
  expect(await send('bulk', bulk)).toMatchObject({ isReplay: true, body: first.body })
})

import { buyerDocument } from '@jejak/contract'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld({ PUBLIC_URL: 'https://track.example.com' })
})
afterAll(() => world.close())
beforeEach(async () => {
  world.clock.set('2026-03-02T04:00:00.700Z')
  await world.query('truncate security_log')
})

let last = 0
const nextNumber = () => `JT${String(++last).padStart(10, '0')}`
const nextAddress = () => `198.51.100.${++last}`
const day = 24 * 3_600_000

const register = async (trackingNumber: string, extra: object = {}): Promise<string> => {
  const payload = { trackingNumber, orderNumber: 'ORDER-77', ...extra }
  const headers = withKey(world.shop.key)
  return (await world.app.inject({ method: 'POST', url: '/v1/trackings', headers, payload })).json().id
}
const makeLink = (id: string, key = world.shop.key) =>
  world.app.inject({ method: 'POST', url: `/v1/trackings/${id}/link`, headers: withKey(key) })
/** A parcel with its link. */
const aLink = async (extra: object = {}) => {
  const trackingNumber = nextNumber()
  const id = await register(trackingNumber, extra)
  const { url, expiresAt } = (await makeLink(id)).json()
  return { id, trackingNumber, expiresAt, url: String(url), k: new URL(url).searchParams.get('k')! }
}
const open = (trackingNumber: string, k: string, remoteAddress = '127.0.0.1') =>
  world.app.inject({ url: `/v1/track/${trackingNumber}?k=${k}`, remoteAddress })

test('a shop’s link leads to the tracking page, and says nothing but the number and until when', async () => {
  const { url, trackingNumber, expiresAt } = await aLink()
  expect(url).toMatch(new RegExp(`^https://track\\.example\\.com/t/${trackingNumber}\\?k=[\\w-]{48}$`))
  expect(expiresAt).toBe('2026-04-01T04:00:00.000Z')
})

test('its key opens the buyer’s view of that parcel without typing, for no one to keep', async () => {
  const { trackingNumber, k, id } = await aLink()
  const event = {
    at: '2026-03-01T10:00:00Z',
    rawAt: '2026-03-01 18:00:00',
    zoneGuessed: true,
    code: 5,
    text: 'Received by Puan Aisyah',
    status: 'delivered',
    substatus: null,
    location: 'Gate 3',
  }
  await world.query('update tracking_cache set events = $2 where id = $1', [id, JSON.stringify([event])])
  await world.query(`update organizations set name = 'Kedai Kopi' where id = $1`, [world.shop.organizationId])
  const response = await open(trackingNumber, k)
  expect(response.statusCode).toBe(200)
  expect(response.headers['cache-control']).toBe('private, no-store')
  expect(response.headers.etag).toBeUndefined()
  expect(buyerDocument.parse(response.json())).toMatchObject({
    trackingNumber,
    orderNumber: 'ORDER-77',
    shop: { name: 'Kedai Kopi' },
    events: [{ text: 'Received by Puan Aisyah', rawLocation: 'Gate 3', location: null }],
  })
})

test('without its key, or with an empty one, the same address tells what anyone may see', async () => {
  const { trackingNumber } = await aLink()
  const response = await world.app.inject({ url: `/v1/track/${trackingNumber}` })
  expect(response.headers['cache-control']).toMatch(/^public/)
  expect(response.body).not.toContain('ORDER-77')
  expect((await open(trackingNumber, '')).body).toBe(response.body)
})

test('a link that has expired, is forged, cut, or belongs to another parcel is refused in friendly words', async () => {
  const { trackingNumber, k } = await aLink()
  const other = await aLink()
  const forged = `${k.startsWith('A') ? 'B' : 'A'}${k.slice(1)}`
  for (const [number, key] of [
    [trackingNumber, other.k],
    [trackingNumber, forged],
    [trackingNumber, k.slice(0, -1)],
    [nextNumber(), k],
  ] as const) {
    const refused = await open(number, key)
    expect([refused.statusCode, refused.headers['cache-control']]).toEqual([403, 'no-store'])
    expect(refused.json()).toMatchObject({ code: 'link_refused', detail: expect.stringContaining('not complete') })
  }
  world.clock.advance(30 * day - 1000)
  expect((await open(trackingNumber, k)).statusCode).toBe(200)
  world.clock.advance(1000)
  const expired = await open(trackingNumber, k)
  expect(expired.headers['access-control-allow-origin']).toBe('*')
  expect(expired.json()).toMatchObject({ code: 'link_refused', detail: expect.stringContaining('has expired') })
})

test('a link to a parcel that its shop has removed opens nothing, also once its number is registered again', async () => {
  const headers = withKey(world.shop.key)
  const { id, trackingNumber, k } = await aLink()
  const refused = async () => (await open(trackingNumber, k)).json()
  await world.app.inject({ method: 'DELETE', url: `/v1/trackings/${id}`, headers })
  expect(await refused()).toMatchObject({ code: 'link_refused', detail: expect.stringContaining('no longer valid') })
  await world.app.inject({ method: 'POST', url: '/v1/trackings', headers, payload: { trackingNumber } })
  expect(await refused()).toMatchObject({ code: 'link_refused', detail: expect.stringContaining('no longer valid') })
})

describe('when its shop changes the contact of a parcel', () => {
  const patch = (id: string, payload: object) =>
    world.app.inject({ method: 'PATCH', url: `/v1/trackings/${id}`, headers: withKey(world.shop.key), payload })

  test.each([
    ['replaced', { email: 'bala@example.com' }],
    ['removed', null],
  ])('links made before open nothing once it is %s, and new ones do', async (_, contact) => {
    const { id, trackingNumber, k } = await aLink({ contact: { email: 'aisyah@example.com' } })
    expect((await patch(id, { estimatedDelivery: '2026-03-04' })).statusCode).toBe(200)
    expect((await open(trackingNumber, k)).statusCode).toBe(200)
    expect((await patch(id, { contact })).statusCode).toBe(200)
    const refused = await open(trackingNumber, k, nextAddress())
    const logged = () => world.query('select detail from security_log')
    await expect.poll(logged).toEqual([{ detail: 'ended' }])
    expect(refused.statusCode).toBe(403)
    expect(refused.json()).toMatchObject({ code: 'link_refused', detail: expect.stringContaining('no longer valid') })
    const report = { method: 'POST', payload: { kind: 'not_received' } } as const
    expect((await world.app.inject({ ...report, url: `/v1/track/${trackingNumber}/report?k=${k}` })).statusCode).toBe(
      403,
    )
    const renewed = new URL((await makeLink(id)).json().url).searchParams.get('k')!
    expect((await open(trackingNumber, renewed)).statusCode).toBe(200)
  })
})

test('of two shops with the same number a link opens its own shop’s parcel', async () => {
  const { trackingNumber } = await aLink()
  const other = await world.addShop('other')
  const payload = { trackingNumber, orderNumber: 'B-1' }
  const headers = withKey(other.key)
  const { id } = (await world.app.inject({ method: 'POST', url: '/v1/trackings', headers, payload })).json()
  const k = new URL((await makeLink(id, other.key)).json().url).searchParams.get('k')!
  expect((await open(trackingNumber, k)).json()).toMatchObject({
    orderNumber: 'B-1',
    shop: { name: 'other', slug: 'other' },
  })
})

test('only a key that may write makes links, and only to parcels of its own shop', async () => {
  const { id } = await aLink()
  const readOnly = await world.addKey(world.shop.organizationId, ['trackings:read'])
  const stranger = await world.addShop('stranger')
  expect((await makeLink(id, readOnly)).statusCode).toBe(403)
  expect((await makeLink(id, stranger.key)).statusCode).toBe(404)
})

test('refused links are in the security log once a minute and address, by hashes only; no log holds a link’s key', async () => {
  const { trackingNumber, k } = await aLink()
  const forged = `${k.startsWith('A') ? 'B' : 'A'}${k.slice(1)}`
  const logged = () => world.query<{ kind: string; detail: string }>('select * from security_log')
  for (let round = 0; round < 20; round += 1) await open(trackingNumber, forged, '203.0.113.7')
  await expect.poll(logged).toHaveLength(1)
  world.clock.advance(60_000)
  await open(trackingNumber, forged, '203.0.113.7')
  await expect.poll(logged).toHaveLength(2)
  expect(await logged()).toMatchObject([{ kind: 'link_refused', detail: 'wrong' }, { kind: 'link_refused' }])
  const kept = JSON.stringify([world.logLines(), await logged()])
  for (const secret of [k, forged, trackingNumber, '203.0.113']) expect(kept).not.toContain(secret)
})

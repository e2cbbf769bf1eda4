import { languages, shopView } from '@jejak/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createShopFaces, type FaceAsked } from '../public/shop-faces.ts'
import { makeSignedLink } from '../public/signed-links.ts'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

let world: ApiWorld
let kopi: Shop
let teh: Shop
beforeAll(async () => {
  world = await createApiWorld()
  kopi = await world.addShop('kopi')
  teh = await world.addShop('teh')
})
afterAll(() => world.close())

let last = 0
const nextNumber = () => `JT${String(++last).padStart(10, '0')}`
const change = (payload: object, key: string) =>
  world.app.inject({ method: 'PATCH', url: '/v1/shop', headers: withKey(key), payload })
const read = (key: string) => world.app.inject({ url: '/v1/shop', headers: withKey(key) })
const register = async (trackingNumber: string, { key }: Shop, extra: object = {}): Promise<string> => {
  const payload = { trackingNumber, ...extra }
  return (await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(key), payload })).json().id
}

describe('a shop’s staff', () => {
  test('see a plain face first, and set name, logo, colour, contacts and languages', async () => {
    expect(shopView.parse((await read(kopi.key)).json())).toEqual({
      slug: 'kopi',
      name: 'kopi',
      logoUrl: null,
      color: null,
      whatsapp: null,
      phone: null,
      email: null,
      languages: [...languages],
    })
    const face = {
      name: 'Kedai Kopi',
      logoUrl: 'https://kopi.example.com/logo.png',
      color: '#AA5500',
      whatsapp: '012-345 6789',
      phone: '+60 3-8888 1234',
      email: 'Hello@Kopi.example.com',
      languages: ['ms', 'en'],
    }
    const changed = await change(face, kopi.key)
    expect(changed.statusCode).toBe(200)
    const shown = {
      ...face,
      slug: 'kopi',
      color: '#aa5500',
      whatsapp: '+60123456789',
      phone: '+60388881234',
      email: 'hello@kopi.example.com',
    }
    expect(changed.json()).toEqual({ ...shown, undo: expect.anything() })
    expect((await read(kopi.key)).json()).toEqual(shown)
    expect((await change({ phone: null }, kopi.key)).json()).toMatchObject({ ...shown, phone: null })
    expect((await read(teh.key)).json()).toMatchObject({ slug: 'teh', name: 'teh', color: null })
  })

  test('of a fresh installation find it without a name, give it one, and may take it back', async () => {
    expect((await read(world.shop.key)).json()).toMatchObject({ slug: 'default', name: null })
    expect((await change({ name: null }, world.shop.key)).json()).toMatchObject({ name: null })
    expect((await change({ name: 'My shop' }, world.shop.key)).json()).toMatchObject({ name: 'My shop' })
  })

  test.each([
    [{ logoUrl: 'http://kopi.example.com/logo.png' }, 'https://'],
    [{ logoUrl: 'javascript:alert(1)' }, 'https://'],
    [{ color: 'brown' }, '#rrggbb'],
    [{ whatsapp: '12' }, 'phone number'],
    [{ email: 'kopi' }, 'e-mail address'],
    [{ languages: [] }, 'languages'],
    [{ languages: ['en', 'en'] }, 'once'],
    [{ name: '' }, 'name'],
    [{ name: 'two\nlines' }, 'one line'],
    [{ slug: 'other' }, 'slug'],
    [{}, 'at least one field'],
  ])('cannot set %j', async (payload, reason) => {
    const refused = await change(payload, kopi.key)
    expect(refused.statusCode).toBe(400)
    expect(refused.body).toContain(reason)
  })

  test('need a key of staff', async () => {
    const key = await world.addKey(kopi.organizationId, ['trackings:read', 'trackings:write'])
    expect((await read(key)).statusCode).toBe(403)
    expect((await change({ name: 'Mine' }, key)).statusCode).toBe(403)
  })
})

describe('whose face a page carries', () => {
  const faceOf = async (asked: FaceAsked) =>
    (await createShopFaces({ ...world.deps, promptLookups: world.deps.lookupDb })(asked))?.face.name ?? null

  test('the shop’s that alone holds the number', async () => {
    const trackingNumber = nextNumber()
    await register(trackingNumber, teh)
    expect(await faceOf({ trackingNumber })).toBe('teh')
    expect(await faceOf({ trackingNumber: nextNumber() })).toBeNull()
  })

  test('no one’s when two shops hold it, unless the page names one', async () => {
    const trackingNumber = nextNumber()
    await register(trackingNumber, teh)
    await register(trackingNumber, world.shop)
    expect(await faceOf({ trackingNumber })).toBeNull()
    expect(await faceOf({ trackingNumber, shop: 'teh' })).toBe('teh')
    expect(await faceOf({ trackingNumber, shop: 'default' })).toBe('My shop')
    expect(await faceOf({ trackingNumber, shop: 'nobody' })).toBeNull()
    expect(await faceOf({ shop: 'teh' })).toBe('teh')
  })

  test('the active holder’s, not that of a shop whose parcel of this number is archived', async () => {
    const trackingNumber = nextNumber()
    const id = await register(trackingNumber, world.shop)
    await world.query(`update tracking_cache set status = 'delivered', ended_at = $2, archived_at = $2 where id = $1`, [
      id,
      world.clock.now(),
    ])
    expect(await faceOf({ trackingNumber })).toBe('My shop')
    await register(trackingNumber, teh)
    expect(await faceOf({ trackingNumber })).toBe('teh')
  })

  test('that of a good link’s shop, before any other', async () => {
    const trackingNumber = nextNumber()
    await register(trackingNumber, world.shop)
    const trackingId = await register(trackingNumber, teh)
    const k = new URL(
      (await makeSignedLink({ ...world.deps, db: world.db }, { trackingId, trackingNumber })).url,
    ).searchParams.get('k')!
    expect(await faceOf({ trackingNumber, k })).toBe('teh')
    expect(await faceOf({ trackingNumber, k, shop: 'default' })).toBe('teh')
    expect(await faceOf({ trackingNumber: nextNumber(), k })).toBeNull()
  })
})

describe('a read that names its shop', () => {
  const readAt = (trackingNumber: string, shop: string) =>
    world.app.inject({ url: `/v1/track/${trackingNumber}?shop=${encodeURIComponent(shop)}` })

  test('tells of that shop’s parcel only, whoever was confirmed first', async () => {
    const trackingNumber = nextNumber()
    const confirmed = await register(trackingNumber, world.shop, { courier: 'J&T Express' })
    await register(trackingNumber, teh, { courier: 'Pos Laju' })
    await world.query('update tracking_cache set confirmed_at = registered_at where id = $1', [confirmed])
    expect((await world.app.inject({ url: `/v1/track/${trackingNumber}` })).json().courier).toBe('J&T Express')
    const own = await readAt(trackingNumber, 'teh')
    expect([own.json().courier, own.headers['cache-control']]).toEqual(['Pos Laju', expect.stringMatching(/^public/)])
    expect((await readAt(trackingNumber, 'TEH')).json().courier).toBe('Pos Laju')
    expect((await readAt(trackingNumber, 'kopi')).statusCode).toBe(404)
    expect((await readAt(trackingNumber, 'nobody')).statusCode).toBe(404)
  })

  test('is refused with a sentence when no shop can be called that', async () => {
    const refused = await readAt(nextNumber(), 'a/b\0')
    expect(refused.statusCode).toBe(400)
    expect(refused.json().detail).toContain('slug')
  })

  test('answers each of many at once with its own parcel', async () => {
    const numbers = Array.from({ length: 10 }, nextNumber)
    for (const number of numbers) {
      await register(number, teh, { courier: 'Teh Express' })
      await register(number, kopi, { courier: 'Kopi Express' })
    }
    const answers = await Promise.all(numbers.flatMap((number) => ['teh', 'kopi'].map((shop) => readAt(number, shop))))
    expect(answers.map((answer) => [answer.json().trackingNumber, answer.json().courier])).toEqual(
      numbers.flatMap((number) => ['Teh Express', 'Kopi Express'].map((courier) => [number, courier])),
    )
  })
})

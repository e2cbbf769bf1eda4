import type { Sql } from '@jejak/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../app.ts'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld({ OVERLOAD_DELAY_MAX: '60000', TRUSTED_PROXIES: '127.0.0.1' })
})
afterAll(() => world.close())

const register = (trackingNumber: string, key = world.shop.key) =>
  world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(key), payload: { trackingNumber } })
const page = (url: string, headers = {}) => world.app.inject({ url, headers })

describe('the tracking page', () => {
  test('speaks the language that is asked for, else the browser’s', async () => {
    await register('632143239945')
    const wishes = { 'accept-language': 'fr,zh-CN;q=0.9,en;q=0.8' }
    expect((await page('/t/632143239945', wishes)).body).toContain('<html lang="zh">')
    expect((await page('/t/632143239945?lang=ms', wishes)).body).toContain('<html lang="ms">')
    const { headers } = await page('/t/632143239945')
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-cache',
      vary: 'accept-language, accept-encoding',
      'x-robots-tag': 'noindex',
      'referrer-policy': 'no-referrer',
    })
    expect(headers['content-security-policy']).toContain("script-src 'self'")
  })

  test('names no shop until its operator has named it', async () => {
    await register('632143230002')
    const { body } = await page('/t/632143230002')
    expect(body).toContain('<div class="brand">Track your parcel</div>')
    expect(body).toMatch(/<title>[^<]*Track parcel 632143230002<\/title>/)
    expect(body).not.toContain('og:site_name')
  })

  test('carries the shop that alone holds the number, none where two do, and the one that is asked for', async () => {
    const other = await world.addShop('other-shop')
    await world.query(`update organizations set name = 'My shop' where id = $1`, [world.shop.organizationId])
    await register('632143230001')
    expect((await page('/t/632143230001')).body).toContain('<div class="brand">My shop</div>')
    await register('632143230001', other.key)
    world.clock.advance(4_000)
    const shared = (await page('/t/632143230001')).body
    expect(shared).toContain('<div class="brand">Track your parcel</div>')
    expect(shared).not.toMatch(/My shop|other-shop/)
    expect((await page('/t/632143230001?shop=other-shop')).body).toContain('<div class="brand">other-shop</div>')
  })

  test('of a link is that of the parcel it was made for, also where another shop’s is what anyone sees', async () => {
    const number = '632143230007'
    const susu = await world.addShop('susu')
    const registered = (key: string, courier: string) => {
      const payload = { trackingNumber: number, courier }
      return world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(key), payload })
    }
    await registered(world.shop.key, 'GDEX')
    const { id } = (await registered(susu.key, 'Pos Laju')).json()
    const link = await world.app.inject({ method: 'POST', url: `/v1/trackings/${id}/link`, headers: withKey(susu.key) })
    const { pathname, search } = new URL(link.json().url)
    expect((await page(pathname)).body).toContain('GDEX')
    const { body, headers } = await page(pathname + search)
    expect(headers['cache-control']).toBe('private, no-store')
    expect(body).toContain('Pos Laju')
    expect(body).not.toContain('GDEX')
    expect(body).toContain('<div class="brand">susu</div>')
    expect(body).toContain(' shop="susu" link-key="')
    expect((await page(`${pathname}?k=nonsense`)).body).toContain('GDEX')
  })

  test('reads a shop’s face once for all who come within three seconds, and shows a change to who comes after', async () => {
    const kopi = await world.addShop('kopi')
    await register('632143230003', kopi.key)
    const faces: unknown[] = []
    const query = (statement: { name?: string }, ...rest: []) => {
      if (statement.name?.startsWith('face-')) faces.push(statement.name)
      return world.deps.reads.query(statement as never, ...rest)
    }
    const app = await buildApp({ ...world.deps, reads: { query } as unknown as Sql })
    const brand = async (url: string) => /<div class="brand">([^<]*)</.exec((await app.inject({ url })).body)?.[1]
    const urls = ['/t/632143230003', '/?shop=kopi', '/t/632143230003', '/?shop=kopi']
    for (const url of urls) expect(await brand(url)).toBe('kopi')
    expect(faces).toEqual(['face-of-number', 'face-of-shop'])
    await world.query(`update organizations set name = 'Kopi & Co' where slug = 'kopi'`)
    world.clock.advance(3_000)
    expect(await brand('/?shop=kopi')).toBe('Kopi &amp; Co')
    await app.close()
  })

  test('speaks only the languages of its shop, its first choice where no wish fits, and offers no choice of one', async () => {
    const teh = await world.addShop('teh')
    await register('632143230004', teh.key)
    const speak = (languages: string[]) =>
      world.app.inject({ method: 'PATCH', url: '/v1/shop', headers: withKey(teh.key), payload: { languages } })
    const wishes = { 'accept-language': 'en,zh;q=0.5' }
    await speak(['ms', 'zh'])
    const two = (await page('/t/632143230004', wishes)).body
    expect(two).toContain('<html lang="zh">')
    expect([...two.matchAll(/<a href="\?lang=(\w+)"/g)].map(([, tag]) => tag)).toEqual(['ms', 'zh'])
    expect((await page('/t/632143230004?lang=en')).body).toContain('<html lang="ms">')
    await speak(['ms'])
    world.clock.advance(4_000)
    for (const url of ['/t/632143230004', '/?shop=teh']) {
      const { body } = await page(url, wishes)
      expect(body).toContain('<html lang="ms">')
      expect(body).not.toContain('class="languages"')
    }
  })

  test('comes whatever stands in its address', async () => {
    await register('632143230005')
    const queries = ['?shop=Kedai_Kopi', '?lang=en&lang=ms', '?shop=a&shop=b', `?k=${'x'.repeat(300)}`]
    for (const query of queries)
      for (const path of ['/', '/t/632143230005']) {
        const { statusCode, headers } = await page(`${path}${query}`)
        expect([statusCode, headers['content-type']], path + query).toEqual([200, 'text/html; charset=utf-8'])
      }
    expect((await page('/t?number=1&number=2')).headers.location).toBe('/')
  })

  test('comes with the shop’s face while the primary is away and a replica answers, and without one rather than not at all', async () => {
    await register('632143230006')
    await world.query(`update organizations set name = 'My shop' where id = $1`, [world.shop.organizationId])
    const away = async () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    }
    const db = { ...world.deps.db, sql: { query: away } as unknown as Sql }
    const app = await buildApp({ ...world.deps, db })
    const withFace = (await app.inject({ url: '/t/632143230006' })).body
    expect(withFace).toContain('<div class="brand">My shop</div>')
    const query = (statement: { name?: string }, ...rest: []) =>
      statement.name?.startsWith('face-') ? away() : world.deps.reads.query(statement as never, ...rest)
    const faceless = await buildApp({ ...world.deps, db, reads: { query } as unknown as Sql })
    for (const url of ['/t/632143230006', '/?shop=default']) {
      const { statusCode, body } = await faceless.inject({ url })
      expect(statusCode).toBe(200)
      expect(body).toContain('<div class="brand">')
      expect(body).not.toContain('My shop')
    }
    await Promise.all([app.close(), faceless.close()])
  })

  test('shows a number that no one registered, and markup in its place, as text', async () => {
    const { statusCode, body } = await page(`/t/${encodeURIComponent('"><img src=x onerror=alert(1)>')}`)
    expect(statusCode).toBe(400)
    expect(body).not.toContain('<img')
    expect(body).toContain('That is not a tracking number')
  })
})

describe('without JavaScript the search', () => {
  const search = (fields: Record<string, string>) =>
    world.app.inject({
      method: 'POST',
      url: '/t',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    })

  test('leads to the parcel whose number is in what was typed or pasted', async () => {
    expect((await page('/')).body).toContain('action="/t" method="post"')
    for (const number of ['632143239945', ' "632143239945". ', 'https://www.jtexpress.my/tracking/632143239945']) {
      const { statusCode, headers } = await search({ number, shop: 'aroma', lang: 'ms' })
      expect([statusCode, headers.location]).toEqual([303, '/t/632143239945?shop=aroma&lang=ms'])
    }
    expect((await search({ number: ' ' })).headers.location).toBe('/')
    expect((await page('/t?number=HT00000001.&lang=ms')).headers.location).toBe('/t/HT00000001?lang=ms')
  })

  test.each([
    ['Order 1001', 200, 'That looks like an order number'],
    ['012-345 6789', 200, 'No tracking number? Use your order number'],
    ['aisyah@example.com', 200, 'No tracking number? Use your order number'],
    ['where is my parcel?', 400, 'That is not a tracking number'],
  ])('answers “%s” in place, and repeats it nowhere', async (number, status, said) => {
    const { statusCode, headers, body } = await search({ number, lang: 'en' })
    expect([statusCode, headers['content-type']]).toEqual([status, 'text/html; charset=utf-8'])
    expect(headers.location).toBeUndefined()
    expect(body).toContain(said)
    expect(body).not.toContain(number)
    expect(JSON.stringify(world.logLines())).not.toContain(number)
  })

  test('takes no more than a form holds', async () => {
    const { statusCode, headers } = await search({ number: '9'.repeat(20_000) })
    expect([statusCode, headers['content-type']]).toEqual([413, 'text/html; charset=utf-8'])
  })
})

describe('people who type an address by hand get a page:', () => {
  const asBrowser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

  test.each([
    ['/t/100%', 400],
    ['/t/%E0%A4%A', 400],
    ['/t/100%25', 400],
    [`/t/${'9'.repeat(300)}`, 400],
    [`/t/${'a/'.repeat(300)}`, 400],
    ['/t/https://www.example.com/', 400],
    ['/t/Order%201001', 400],
    ['/t/', 303],
    ['/T/632143239945', 404],
    ['/track/632143239945', 404],
    ['/%', 400],
    ['/wp-login.php?a=%zz', 404],
  ])('%s', async (url, status) => {
    const { statusCode, headers, body } = await page(url, asBrowser)
    expect(statusCode).toBe(status)
    if (status === 303) return
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff' })
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(body).toContain('action="/t" method="post"')
  })

  test('in the language that it asks for, else in the browser’s', async () => {
    expect((await page('/t/100%', { 'accept-language': 'ms-MY' })).body).toContain('<html lang="ms">')
    expect((await page(`/t/${'9'.repeat(300)}?lang=zh-CN`)).body).toContain('<html lang="zh">')
  })

  test('but programs get what they can read', async () => {
    for (const url of ['/nowhere', '/v1/track/100%', '/v1/track/abc', '/v1/nowhere']) {
      const headers = { accept: url.startsWith('/v1') ? asBrowser.accept : 'application/json' }
      expect((await page(url, headers)).headers['content-type'], url).toMatch(/^application\/problem\+json/)
    }
  })

  test('and the parcel, where its number stands in what was pasted behind our address', async () => {
    await register('632143239945')
    const pasted = [
      'https://www.jtexpress.my/tracking/632143239945',
      'https://app.easyparcel.com/tools/easytrack/details?courier=J%26T&awb=632143239945',
      'https://track.example.com/t/632143239945?lang=ms',
      '632143239945.',
      'Tracking:%20632143239945',
      encodeURIComponent('https://www.jtexpress.my/tracking/632143239945'),
      '%EF%BC%96%EF%BC%93%EF%BC%92%EF%BC%91%EF%BC%94%EF%BC%93%EF%BC%92%EF%BC%93%EF%BC%99%EF%BC%99%EF%BC%94%EF%BC%95',
    ]
    for (const text of pasted) {
      const { statusCode, body } = await page(`/t/${text}`, asBrowser)
      expect([statusCode, /tracking-number="[^"]*"/.exec(body)?.[0]], text).toEqual([
        200,
        'tracking-number="632143239945"',
      ])
    }
  })
})

test('who has the page as it is gets 304, also behind a proxy that compresses, until anything on it changes', async () => {
  await register('632143230010')
  const first = await page('/t/632143230010')
  const etag = String(first.headers.etag)
  const ask = (tag: string, url = '/t/632143230010', headers = {}) => page(url, { 'if-none-match': tag, ...headers })
  const zipped = etag.replace(/"$/, '-gzip"')
  for (const tag of [etag, zipped, etag.replace('W/', ''), `"other", ${zipped}`]) {
    const again = await ask(tag)
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag])
  }
  expect((await ask(etag, '/t/632143230010?lang=ms')).statusCode).toBe(200)
  expect((await ask(etag, '/')).statusCode).toBe(200)
  expect((await ask('"other-gzip"')).statusCode).toBe(200)
  await world.query(`update organizations set name = 'Another name' where id = $1`, [world.shop.organizationId])
  world.clock.advance(3_000)
  expect((await ask(etag)).statusCode).toBe(200)
  const renamed = String((await page('/t/632143230010')).headers.etag)
  world.clock.advance(60_000)
  expect((await ask(renamed)).statusCode).toBe(200)
  expect((await ask('*', '/t/632143230099')).statusCode).toBe(404)
})

test('guessing numbers page by page ends like guessing them through the API, with a page that says so', async () => {
  const guess = (index: number) =>
    page(`/t/9000000000${String(index).padStart(3, '0')}`, { 'x-forwarded-for': '203.0.113.9' })
  const answers = []
  for (let index = 0; index < 101; index += 1) answers.push(await guess(index))
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([...Array(100).fill(404), 429])
  const last = answers.at(-1)!
  expect(Number(last.headers['retry-after'])).toBeGreaterThan(0)
  expect(last.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(last.body).toContain('Too many searches for now')
})

describe('the widget’s file', () => {
  test('is kept for an hour at its plain address and for a year at its version’s', async () => {
    const plain = await page('/widget.js', { 'accept-encoding': 'gzip' })
    expect(plain.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'text/javascript; charset=utf-8',
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
    })
    const versioned = /\/widget\.js\?v=\w+/.exec((await page('/')).body)?.[0] ?? ''
    expect((await page(versioned)).headers['cache-control']).toBe('public, max-age=31536000, immutable')
    const again = await page('/widget.js', { 'accept-encoding': 'gzip', 'if-none-match': String(plain.headers.etag) })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })
})

test('other sites may read the public tracking routes and the widget, and nothing else', async () => {
  const origin = { origin: 'https://elsewhere.example' }
  const opened = async (url: string) => (await page(url, origin)).headers['access-control-allow-origin']
  expect([await opened('/v1/track/632143239945'), await opened('/widget.js')]).toEqual(['*', '*'])
  for (const url of ['/', '/t/632143239945', '/v1/trackings', '/v1/admin/overview', '/health/live', '/openapi.json'])
    expect(await opened(url), url).toBeUndefined()
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())

const opened = ({ headers }: { headers: Record<string, unknown> }) => headers['access-control-allow-origin']

describe('a page of another site can read what went wrong', () => {
  test.each([
    ['a mistyped number', 400, { url: '/v1/track/abc' }],
    ['a number no one registered', 404, { url: '/v1/track/632143230000' }],
    ['a number that is far too long', 414, { url: `/v1/track/${'9'.repeat(300)}` }],
    ['an address with a stray percent sign', 400, { url: '/v1/track/100%25%zz' }],
    ['a shop that cannot be one', 400, { url: '/v1/track/632143230000?shop=Kedai_Kopi' }],
    ['a calendar of a shop that cannot be one', 400, { url: '/v1/track/632143230000/calendar.ics?shop=Kedai_Kopi' }],
    ['live updates of a mistyped number', 400, { url: '/v1/track/abc/live' }],
    ['an order look-up without a contact', 400, { method: 'POST', url: '/v1/track', payload: { orderNumber: '1' } }],
    ['an order look-up that is no JSON', 415, { method: 'POST', url: '/v1/track?shop=kopi', payload: 'hello' }],
    ['a report of a mistyped number', 400, { method: 'POST', url: '/v1/track/abc/report', payload: {} }],
  ] as const)('%s', async (_what, status, request) => {
    const answer = await world.app.inject(request)
    expect([answer.statusCode, opened(answer)]).toEqual([status, '*'])
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  })

  test.each([
    ['GET', '/v1/track/632143230000', 'if-none-match,content-type,x-request-id'],
    ['GET', '/v1/track/632143230000/live?shop=kopi', 'cache-control,last-event-id'],
    ['GET', '/v1/track/632143230000/calendar.ics', 'if-none-match'],
    ['GET', '/v1/track/100%zz', 'traceparent'],
    ['GET', '/widget.js', 'if-none-match'],
    ['POST', '/v1/track', 'content-type'],
    ['POST', '/v1/track/632143230000/report', 'content-type'],
  ])('after asking whether it may %s %s with %s', async (method, url, headers) => {
    const asked = { origin: 'https://shop.example', 'access-control-request-method': method }
    const answer = await world.app.inject({
      method: 'OPTIONS',
      url,
      headers: { ...asked, 'access-control-request-headers': headers },
    })
    expect([answer.statusCode, opened(answer), answer.body]).toEqual([204, '*', ''])
    expect(String(answer.headers['access-control-allow-methods']).split(', ')).toContain(method)
    const allowed = String(answer.headers['access-control-allow-headers']).split(', ')
    for (const header of headers.split(',')) expect(allowed.includes(header) || allowed.includes('*')).toBe(true)
  })

  test('however often it asks, without using up what its visitor may ask in vain', async () => {
    const ask = () => world.app.inject({ method: 'OPTIONS', url: '/v1/track/632143230000' })
    const answers = await Promise.all(Array.from({ length: 150 }, ask))
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([204]))
    expect((await world.app.inject({ url: '/v1/track/632143230000' })).statusCode).toBe(404)
  })

  test('and of a good answer also when it was written, and how long a cache has kept it', async () => {
    const { headers } = await world.app.inject({ url: '/v1/track/632143230000' })
    const exposed = String(headers['access-control-expose-headers']).split(', ')
    expect(exposed).toEqual(expect.arrayContaining(['Date', 'Age', 'ETag']))
  })

  test('but not what belongs to shops, however it fails', async () => {
    for (const url of ['/v1/trackings', '/v1/trackings/%zz', '/v1/tracking', '/v1/shop', '/t/632143230000'])
      expect(opened(await world.app.inject({ url })), url).toBeUndefined()
  })
})

test('whatever is answered to a key is kept by no one on the way', async () => {
  const headers = withKey(world.shop.key)
  const payload = { trackingNumber: '632143230001', orderNumber: '1001' }
  const { id } = (await world.app.inject({ method: 'POST', url: '/v1/trackings', headers, payload })).json()
  const asked = [
    { url: `/v1/trackings/${id}` },
    { url: '/v1/trackings?orderNumber=1001' },
    { url: '/v1/shop' },
    { url: '/v1/admin/overview' },
    { url: '/v1/trackings/999999' },
    { method: 'PATCH', url: `/v1/trackings/${id}`, payload: { orderNumber: '1002' } },
    { method: 'POST', url: `/v1/trackings/${id}/link` },
    { method: 'POST', url: '/v1/trackings/bulk', payload: { trackings: [payload] } },
  ] as const
  for (const request of asked)
    expect((await world.app.inject({ ...request, headers })).headers['cache-control'], request.url).toBe('no-store')
})

test('search engines may fetch pages, calendars and answers, so that they learn that none is to be listed', async () => {
  const headers = withKey(world.shop.key)
  await world.app.inject({ method: 'POST', url: '/v1/trackings', headers, payload: { trackingNumber: '632143230002' } })
  for (const path of ['', '/calendar.ics', '?k=a-shared-link'])
    expect((await world.app.inject({ url: `/v1/track/632143230002${path}` })).headers['x-robots-tag']).toBe('noindex')
  for (const url of ['/', '/t/632143230002', '/t/632143230002?k=a-shared-link', '/t/abc', '/docs', '/openapi.json'])
    expect((await world.app.inject({ url })).headers['x-robots-tag'], url).toBe('noindex')
  expect((await world.app.inject({ url: '/robots.txt' })).body).toBe('User-agent: *\nDisallow:\n')
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())

const opened = ({ headers }: { headers: Record<string, unknown> }) => headers['access-control-allow-origin']

describe('a page of another site can read what went wrong', () => {
  test.each([
    ['a mistyped number', 400, { url: '/v1/track/abc' }],
    ['a number nobody registered', 404, { url: '/v1/track/632143230000' }],
    ['a number that is far too long', 414, { url: `/v1/track/${'9'.repeat(300)}` }],
    ['an address with a stray percent sign', 400, { url: '/v1/track/100%25%zz' }],
    ['a shop that cannot be one', 400, { url: '/v1/track/632143230000?shop=Kedai_Kopi' }],
    ['a calendar in a language nobody speaks', 400, { url: '/v1/track/632143230000/calendar.ics?lang=klingon' }],
    ['live updates of a mistyped number', 400, { url: '/v1/track/abc/live' }],
    ['an order look-up without a contact', 400, { method: 'POST', url: '/v1/track', payload: { orderNumber: '1' } }],
    ['an order look-up that is no JSON', 415, { method: 'POST', url: '/v1/track?shop=kopi', payload: 'hello' }],
    ['a report of a mistyped number', 400, { method: 'POST', url: '/v1/track/abc/report', payload: {} }],
  ] as const)('%s', async (_what, status, request) => {
    const answer = await world.app.inject(request)
    expect([answer.statusCode, opened(answer)]).toEqual([status, '*'])
    expect(answer.headers['x-content-type-options']).toBe('nosniff')
  })

  test.each(['/v1/track', '/v1/track/632143230000/report'])('after asking whether it may post to %s', async (url) => {
    const answer = await world.app.inject({ method: 'OPTIONS', url })
    expect([answer.statusCode, opened(answer), answer.headers['access-control-allow-methods']]).toEqual([
      204,
      '*',
      'POST',
    ])
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

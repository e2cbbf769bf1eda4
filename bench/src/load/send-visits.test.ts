import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendVisits } from './send-visits.ts'

type Behaviour = 'good' | 'busy' | 'silent'
let behaviour: Behaviour = 'good'
let served: Record<string, number> = {}
const documentEvent = 'event: document\ndata: {}\n\n'

const server = createServer((request, response) => {
  const path = request.url ?? ''
  const kind = /^\/(t|v1|widget\.js)?/.exec(path)?.[0] ?? ''
  served[kind] = (served[kind] ?? 0) + 1
  if (kind !== '/v1') return response.end('fine')
  if (behaviour === 'busy') return response.writeHead(503).end('busy')
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  if (behaviour === 'silent') return response.write(': I live\n\n')
  response.write(documentEvent)
  return setTimeout(() => response.write(documentEvent), 10)
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.closeAllConnections())

const send = (as: Behaviour, widgetPath: string | null = '/widget.js?v=1') => {
  behaviour = as
  served = {}
  return sendVisits({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visitors: 3,
    arriveSeconds: 0,
    // Long enough for a busy machine to answer within each stay.
    seconds: 2,
    stayMs: [400, 500],
    liveAfterMs: 5,
    from: 630_000_000_001,
    count: 10,
    widgetPath,
  })
}

test('each visitor loads page after page and watches each live, but loads the widget once', async () => {
  const result = await send('good')
  expect(result).toMatchObject({ failed: 0, refused: {}, widget: { answers: 3 } })
  expect(served['/widget.js']).toBe(3)
  expect(result.visits).toBeGreaterThan(3)
  expect(result.page.answers).toBeGreaterThanOrEqual(result.visits)
  expect(result.live.answers).toBeGreaterThanOrEqual(result.visits)
  expect(result.news).toBeGreaterThanOrEqual(result.visits)
  expect(result.page.p50).toBeGreaterThan(0)
})

test('a stream that is refused or says nothing is an error of the visit', async () => {
  expect((await send('busy')).refused['503']).toBeGreaterThan(0)
  const silent = await send('silent')
  expect(silent.failed).toBeGreaterThan(0)
  expect(silent).toMatchObject({ visits: 0, news: 0, live: { answers: 0 } })
})

test('a bare server is asked for nothing but its one route, in the same rhythm', async () => {
  const result = await send('good', null)
  expect(Object.keys(served)).toEqual(['/'])
  expect(result).toMatchObject({ failed: 0, widget: { answers: 3 } })
  expect(result.live.answers).toBeGreaterThanOrEqual(result.visits)
})

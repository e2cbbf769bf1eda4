import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assertGood } from './run-load.ts'
import { sendLoad } from './send-load.ts'

const served = new Map<string, number>()
const server = createServer((request, response) => {
  const path = request.url ?? ''
  served.set(path, (served.get(path) ?? 0) + 1)
  if (path === '/cut') return request.socket.destroy()
  if (path === '/busy') return response.writeHead(503).end('busy')
  if (path === '/in-parts') return response.write('x'.repeat(100_000), () => response.end('the rest'))
  return response.end('fine')
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => server.closeAllConnections())

const load = (...list: string[]) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return sendLoad({ url, paths: { list }, connections: 4, warmUpSeconds: 0, seconds: 0.2 })
}

test('every answer is counted once, whole ones and those in parts, and its time is taken', async () => {
  const result = await load('/plain', '/in-parts')
  const counted = result.statuses['200']!
  expect(counted).toBeGreaterThan(0)
  expect(result.perSecond).toBeCloseTo(counted / 0.2)
  const all = served.get('/plain')! + served.get('/in-parts')!
  // The server has also seen what was under way at the end: one a connection at most.
  expect(all - counted).toBeGreaterThanOrEqual(0)
  expect(all - counted).toBeLessThanOrEqual(4)
  expect(result.p50).toBeGreaterThan(0)
  expect(result.p50).toBeLessThanOrEqual(result.p99)
  expect(result.failed).toBe(0)
  assertGood('good', result)
})

test('a figure made of refusals or broken connections is none', async () => {
  const refused = await load('/busy')
  expect(refused.statuses['503']).toBeGreaterThan(0)
  expect(() => assertGood('refused', refused)).toThrow('not every answer was a 200')
  const cut = await load('/cut')
  expect(cut.failed).toBeGreaterThan(0)
  expect(() => assertGood('cut', cut)).toThrow('not every answer was a 200')
})

import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld } from '../testing/api-world.ts'

let world: ApiWorld
let port: number
beforeAll(async () => {
  world = await createApiWorld({
    HTTP_REQUEST_TIMEOUT: '400',
    IMPORT_TIMEOUT: '2',
    HTTP_CONNECTIONS_MAX: '40',
    HTTP_CONNECTIONS_PER_ADDRESS: '25',
    TRUSTED_PROXIES: '127.0.0.9',
    LIMIT_PUBLIC_MISSES: '100000',
  })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  port = (world.app.server.address() as AddressInfo).port
})
afterAll(() => world.close())

const cutWithinMs = 6_000

type Client = { socket: Socket; received: () => string; closed: Promise<unknown> }

const aClient = async (localAddress = '127.0.0.1'): Promise<Client> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  // Being cut off in the middle of sending is what these tests are about.
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await once(socket, 'connect')
  return { socket, received: () => text, closed }
}

/** Sends `piece` every 50 ms until the server hangs up; answers what it said, and fails if it never did. */
const trickle = async (head: string, piece: string): Promise<string> => {
  const { socket, received, closed } = await aClient()
  socket.write(head)
  const timer = setInterval(() => socket.writable && socket.write(piece), 50)
  const outcome = await Promise.race([closed, wait(cutWithinMs, 'still open', { ref: false })])
  clearInterval(timer)
  socket.destroy()
  expect(outcome).not.toBe('still open')
  return received()
}

/** Sends up to 10 MB as fast as the server takes it, until it hangs up. */
const pour = async (head: string, piece: string): Promise<{ answer: string; sentBytes: number }> => {
  const { socket, received, closed } = await aClient()
  let sentBytes = 0
  let isClosed = false
  void closed.then(() => {
    isClosed = true
  })
  socket.write(head)
  const deadline = wait(cutWithinMs, 'still open', { ref: false })
  while (!isClosed && sentBytes < 10_000_000) {
    sentBytes += piece.length
    if (!socket.write(piece))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed, deadline])
  }
  const outcome = await Promise.race([closed, deadline])
  socket.destroy()
  expect(outcome).not.toBe('still open')
  return { answer: received(), sentBytes }
}

const key = () => `authorization: Bearer ${world.shop.key}\r\n`
const post = (length: string) =>
  `POST /v1/trackings HTTP/1.1\r\nhost: x\r\n${key()}content-type: application/json\r\n${length}\r\n\r\n`
const chunk = `2000\r\n${'x'.repeat(0x2000)}\r\n`

test('a client that trickles its headers is cut', async () => {
  expect(await trickle('GET /v1/track/SPXMY1 HTTP/1.1\r\nhost: x\r\n', 'x-a: b\r\n')).toMatch(/^HTTP\/1\.1 408 /)
})

test('a client that connects and says nothing is cut', async () => {
  expect(await trickle('', '')).toMatch(/^HTTP\/1\.1 408 /)
})

test('a client that trickles its body is told so, then cut', async () => {
  const answer = await trickle(post('content-length: 5000'), ' ')
  expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  expect(answer).toContain('The request took too long to arrive.')
})

test('a client that stops in the middle of its body is cut', async () => {
  expect(await trickle(post('content-length: 5000'), '')).toMatch(/^HTTP\/1\.1 408 /)
})

test('10 MB are refused as soon as that is known, said or not', async () => {
  const said = await pour(post('content-length: 10000000'), 'x'.repeat(0x2000))
  expect(said.answer).toMatch(/^HTTP\/1\.1 413 /)
  const chunked = await pour(post('transfer-encoding: chunked'), chunk)
  expect(chunked.answer).toMatch(/^HTTP\/1\.1 413 /)
})

test('a read that carries an endless body is answered and cut, and so is a body for an address no one serves', async () => {
  const read = await trickle('GET /health/live HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n', chunk)
  expect(read).toMatch(/^HTTP\/1\.1 200 /)
  const nowhere = await trickle('POST /nowhere HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n', chunk)
  expect(nowhere).toMatch(/^HTTP\/1\.1 4\d\d /)
})

test.each([
  ['an address no one serves', 'POST /nowhere'],
  ['a method no one serves', 'PUT /v1/trackings'],
  ['an address that cannot be read', 'POST /v1/track/%zz'],
  ['a preflight', 'OPTIONS /v1/track'],
  ['another OPTIONS', 'OPTIONS /v1/trackings'],
  ['a request without a key', 'POST /v1/trackings'],
  ['an order look-up', 'POST /v1/track'],
  ['a report', 'POST /v1/track/SPXMY0000000001/report'],
  ['a read', 'GET /v1/track/SPXMY0000000001'],
])('a client that trickles the body of %s is cut', async (_what, line) => {
  const head = `${line} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 3000\r\n\r\n`
  expect(await trickle(head, ' ')).toMatch(/^HTTP\/1\.1 [24]\d\d /)
})

test('a client that asks first is refused before it has sent its body, or told to go on', async () => {
  const ask = async (line: string, body: string) => {
    const { socket, received } = await aClient()
    const length = `content-length: ${body.length}\r\nexpect: 100-continue`
    socket.write(`${line} HTTP/1.1\r\nhost: x\r\n${key()}content-type: application/json\r\n${length}\r\n\r\n`)
    await expect.poll(received).toMatch(/^HTTP\/1\.1 \d/)
    if (received().startsWith('HTTP/1.1 100 ')) socket.write(body)
    await expect.poll(received).toMatch(/HTTP\/1\.1 [2-5]\d\d /)
    socket.destroy()
    return [...received().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))
  }
  expect(await ask('POST /nowhere', '{}')).toEqual([404])
  expect(await ask('POST /v1/trackings', '{"trackingNumber":"SPXMY0000000001"}')).toEqual([100, 201])
})

test.each([
  ['an expectation that no one can meet', 'GET /health/live HTTP/1.1\r\nhost: x\r\nexpect: more\r\n\r\n', 417],
  ['a request without a host', 'GET /health/live HTTP/1.1\r\n\r\n', 400],
  ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n', 400],
  ['no HTTP at all', 'hello\r\n\r\n', 400],
  ['headers without end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
])('%s is answered with a problem', async (_what, text, status) => {
  const { socket, received } = await aClient()
  socket.write(text)
  await expect.poll(received).toContain('\r\n\r\n{')
  socket.destroy()
  expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*content-type: application/problem\\+json`))
})

test('a client that sends one request after the other without waiting for answers is cut', async () => {
  const { answer } = await pour('', 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(200))
  expect(answer.match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThanOrEqual(10)
})

test('one address has its share of the connections, and a proxy brings those of everyone', async () => {
  const isServed = async (socket: Socket): Promise<boolean> => {
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n')
    await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => undefined)
    return text.startsWith('HTTP/1.1 200 ')
  }
  const from = (localAddress: string) => connect({ port, host: '127.0.0.1', localAddress })
  const greedy = Array.from({ length: 30 }, () => from('127.0.0.2'))
  const served = await Promise.all(greedy.map(isServed))
  expect(served.filter(Boolean)).toHaveLength(25)
  const other = from('127.0.0.3')
  expect(await isServed(other)).toBe(true)
  for (const socket of [...greedy, other]) socket.destroy()
  const proxied = Array.from({ length: 30 }, () => from('127.0.0.9'))
  await expect.poll(async () => (await Promise.all(proxied.map(isServed))).every(Boolean)).toBe(true)
  for (const socket of proxied) socket.destroy()
})

test('more connections than allowed are refused, and there is room again once some are closed', async () => {
  const answers = async () => {
    const { socket, received, closed } = await aClient()
    socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    await closed
    return received().startsWith('HTTP/1.1 200 ')
  }
  const addresses = ['127.0.0.1', '127.0.0.4']
  const idle = await Promise.all(Array.from({ length: 40 }, (_, index) => aClient(addresses[index % 2])))
  expect(await answers()).toBe(false)
  for (const { socket } of idle) socket.destroy()
  await expect.poll(answers).toBe(true)
})

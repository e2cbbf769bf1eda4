import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld } from '../testing/api-world.ts'

let world: ApiWorld
let port: number
beforeAll(async () => {
  world = await createApiWorld({ HTTP_REQUEST_TIMEOUT: '400', IMPORT_TIMEOUT: '2', HTTP_CONNECTIONS_MAX: '40' })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  port = (world.app.server.address() as AddressInfo).port
})
afterAll(() => world.close())

const cutWithinMs = 6_000

type Client = { socket: Socket; received: () => string; closed: Promise<unknown> }

const aClient = async (): Promise<Client> => {
  const socket = connect(port, '127.0.0.1')
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

test('a read that carries an endless body is answered and cut, and so is a body for an address nobody serves', async () => {
  const read = await trickle('GET /health/live HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n', chunk)
  expect(read).toMatch(/^HTTP\/1\.1 200 /)
  const nowhere = await trickle('POST /nowhere HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n', chunk)
  expect(nowhere).toMatch(/^HTTP\/1\.1 4\d\d /)
})

test('more connections than allowed are refused, and there is room again once some are closed', async () => {
  const answers = async () => {
    const { socket, received, closed } = await aClient()
    socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    await closed
    return received().startsWith('HTTP/1.1 200 ')
  }
  const idle = await Promise.all(Array.from({ length: 40 }, () => aClient()))
  expect(await answers()).toBe(false)
  for (const { socket } of idle) socket.destroy()
  await expect.poll(answers).toBe(true)
})

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, test } from 'vitest'
import { type LiveStream, sendTo } from './stream.ts'

test('a client that does not read is cut off before it fills our memory', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  client.on('error', () => undefined)
  client.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n')
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
  const openedAt = new Date('2026-03-02T04:00:00Z')
  const parcel = { trackingNumber: 'A', shop: undefined }
  const stream: LiveStream = { ...parcel, response, openedAt, eventId: undefined, isOpen: true }
  const event = Buffer.alloc(100_000, 'x')
  let sent = 0
  // What the kernel takes is not in our memory: the writes go on until it takes no more.
  for (; !response.destroyed && sent < 1_000; sent++) {
    sendTo(stream, { text: event, backlogMaxBytes: 250_000 })
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(sent).toBeLessThan(1_000)
  expect(response.writableLength).toBeLessThan(500_000)
  expect(() => sendTo(stream, { text: event, backlogMaxBytes: 250_000 })).not.toThrow()
  client.destroy()
  server.close()
})

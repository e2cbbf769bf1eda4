import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { loadConfig } from '@jejak/config'
import { deriveLinkKeys, deriveLookupKey } from '@jejak/core/buyers'
import { deriveContactKeys } from '@jejak/core/registering'
import Fastify from 'fastify'
import pino from 'pino'
import { expect, test } from 'vitest'
import { addLimits } from './limit-requests.ts'

const secret = 'a secret that only tests know, 32 bytes'

/** Says yes to whatever a client of Redis asks, and keeps it. */
const aListener = async () => {
  const heard: string[] = []
  const server = createServer((socket) =>
    socket.on('data', (chunk) => {
      heard.push(String(chunk))
      socket.write('+OK\r\n'.repeat(String(chunk).match(/^\*/gm)?.length ?? 1))
    }),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, server }
}

test('addresses go to Redis as hashes of the key for look-ups, never of the one that buyers’ contacts are kept under', async () => {
  const { url, heard, server } = await aListener()
  const app = Fastify()
  const limits = addLimits(app, {
    config: loadConfig({ SECRET_KEY: secret, REDIS_URL: url, LIMIT_SHARE_INTERVAL: '10' }),
    linkKeys: deriveLinkKeys([secret]),
    lookupKey: deriveLookupKey([secret]),
    log: pino({ level: 'silent' }),
    now: () => new Date('2026-11-22T02:00:00Z'),
  })
  const keyOf = (hashKey: Buffer) => createHmac('sha256', hashKey).update('visits 203.0.113.1').digest('base64url')
  await app.ready()
  limits.take('visits', '203.0.113.1')
  await expect.poll(() => heard.join()).toContain(keyOf(deriveLookupKey([secret])))
  expect(heard.join()).not.toContain(keyOf(deriveContactKeys([secret])[0].key))
  expect(heard.join()).not.toContain('203.0.113')
  await app.close()
  server.close()
})

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { listenForChanges } from './listen-changes.ts'

test('a process that stops while it still connects to the database does stop', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const listener = listenForChanges({
    ...{ url: `postgres://jejak@127.0.0.1:${(silent.address() as AddressInfo).port}/jejak`, applicationName: 'test' },
    ...{ as: 'owner' as const, connectTimeoutMs: 60_000, probeMs: 60_000 },
    ...{ onChange: () => undefined, onGap: () => undefined, onError: () => undefined },
  })
  const [socket] = await once(silent, 'connection')
  socket.on('error', () => undefined).resume()
  await expect(listener.close()).resolves.toBeUndefined()
  silent.close()
})

import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { openForeignTable } from './foreign-table.ts'

const open = (url: string) =>
  openForeignTable({ url, query: 'select 1 as id', key: 'id', statementTimeoutMs: 100, connectTimeoutMs: 50 })

test.each(['nowhere', 'http://example.com/shop', 'postgres://a:b#c@example.com/shop'])(
  'that %s is no address of a database is said as that',
  (url) => expect(open(url)).rejects.toThrow('The source cannot be read: its address is not one.'),
)

test('a server that says nothing is told apart from a wrong address', async () => {
  const server = createServer()
  server.on('connection', (socket) => socket.unref())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  try {
    await expect(open(`postgres://a:b@127.0.0.1:${port}/shop`)).rejects.toThrow(
      'The source cannot be read: it did not answer in time.',
    )
  } finally {
    server.close()
  }
})

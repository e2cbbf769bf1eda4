import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The network between a process and its database, which a test can silence: connections stay, nothing arrives any more. */
export type DatabaseLine = { url: string; silence: () => void; restore: () => void; close: () => void }

export const openDatabaseLine = async (databaseUrl: string, nearPort = 0): Promise<DatabaseLine> => {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let isSilent = false
  const join = (from: Socket, to: Socket) => {
    sockets.add(from)
    from.on('data', (chunk) => isSilent || to.write(chunk))
    from.on('error', () => undefined)
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    join(near, far)
    join(far, near)
  }).listen(nearPort, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(databaseUrl)
  url.port = String((server.address() as AddressInfo).port)
  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: url.href,
    silence: () => {
      isSilent = true
    },
    // What was swallowed is lost, so no connection of that time can be used again.
    restore: () => {
      isSilent = false
      hangUp()
    },
    close: () => {
      server.close()
      hangUp()
    },
  }
}

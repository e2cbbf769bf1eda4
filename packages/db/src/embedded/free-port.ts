import { createServer } from 'node:net'

const tryPort = (port: number, host: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })

/** `wanted` when nothing listens there; otherwise, and by default, any free port. */
export const freePort = async (wanted = 0, host = '127.0.0.1'): Promise<number> => {
  const port = (await tryPort(wanted, host)) ?? (await tryPort(0, host))
  if (port === undefined) throw new Error(`No port is free on ${host}.`)
  return port
}

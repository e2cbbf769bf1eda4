import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export type SeenRequest = { path: string; headers: IncomingHttpHeaders; body: string }
export type Reply = (response: ServerResponse, request: SeenRequest) => unknown

export type LocalServer = {
  baseUrl: string
  seen: SeenRequest[]
  /** What every request gets from now on. */
  replyWith(reply: Reply): void
  close(): Promise<void>
}

/** A real HTTP server on a free port that answers whatever a test asks it to and remembers what it was asked. */
export const startLocalServer = async (): Promise<LocalServer> => {
  const seen: SeenRequest[] = []
  let reply: Reply = (response) => response.writeHead(500).end()
  const server = createServer(async (incoming, response) => {
    const request = { path: incoming.url ?? '', headers: incoming.headers, body: await text(incoming).catch(() => '') }
    seen.push(request)
    reply(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    replyWith: (next) => {
      reply = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A reply with this status and body, as JSON unless `headers` say otherwise. */
export const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body))

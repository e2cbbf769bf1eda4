import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Config } from '@jejak/config'
import { addressBlock } from './address-block.ts'
import { answerUnreadable } from './unreadable-requests.ts'

const checkEveryMs = 1_000
const keepAliveMs = 72_000
// Browsers and proxies wait for an answer before they send the next request; one that does not keeps all others waiting.
const unansweredMax = 10

/** Node would make a request of each of the thousands that are still in the packet. A property of its own parser: without it this is only slower. */
const stopParsing = (socket: Socket & { parser?: { onIncoming: () => number } | null }): void => {
  if (socket.parser) socket.parser.onIncoming = () => 0
}

/** Cuts off a client that sends one request after the other without waiting: a single packet could hold thousands. */
const withoutPipelines = (handle: RequestListener): RequestListener => {
  const unanswered = new WeakMap<Socket, number>()
  return (request, response) => {
    const { socket } = request
    const waiting = (unanswered.get(socket) ?? 0) + 1
    unanswered.set(socket, waiting)
    if (socket.destroyed) return
    if (waiting > unansweredMax) {
      stopParsing(socket)
      socket.destroy()
      return
    }
    response.once('close', () => unanswered.set(socket, unanswered.get(socket)! - 1))
    handle(request, response)
  }
}

/** Refuses the connections of one address beyond its share. A proxy brings those of everyone, and has limits of its own. */
const shareConnections = (
  server: Server,
  { max, isProxy }: { max: number; isProxy: (address: string) => boolean },
): void => {
  const open = new Map<string, number>()
  server.on('connection', (socket) => {
    const { remoteAddress = '' } = socket
    if (isProxy(remoteAddress)) return
    const block = addressBlock(remoteAddress)
    const amount = (open.get(block) ?? 0) + 1
    if (amount > max) return void socket.destroy()
    open.set(block, amount)
    socket.once('close', () => {
      const left = open.get(block)! - 1
      if (left > 0) open.set(block, left)
      else open.delete(block)
    })
  })
}

/** Node's server with bounds on what clients can hold open: connections in all and of one address, and how long anything may take to arrive. */
export const createHttpServer = (
  { http, live }: Pick<Config, 'http' | 'live'>,
  { handle, isProxy }: { handle: RequestListener; isProxy: (address: string) => boolean },
): Server => {
  const listener = withoutPipelines(handle)
  const server = createServer(
    {
      // A request may take as long as an import; each route but that one has the shorter limit of its own.
      requestTimeout: Math.max(http.importTimeoutMs, http.requestTimeoutMs),
      headersTimeout: http.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(checkEveryMs, http.requestTimeoutMs),
      keepAliveTimeout: keepAliveMs,
      // What is missing or asks too much is refused by our own hooks, in our own words.
      requireHostHeader: false,
    },
    listener,
  )
  server.on('checkContinue', listener)
  server.on('checkExpectation', listener)
  server.on('connect', (_request, socket) => answerUnreadable(new Error('CONNECT'), socket as Socket))
  // Nothing moves in either direction: a client that never reads its answer, or a network that is gone. Live streams have a heartbeat.
  server.setTimeout(2 * Math.max(http.requestTimeoutMs, live.heartbeatMs))
  server.maxConnections = http.connectionsMax
  shareConnections(server, { max: http.connectionsPerAddressMax, isProxy })
  return server
}

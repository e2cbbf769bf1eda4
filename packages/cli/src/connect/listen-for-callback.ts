import { createServer, Server, type ServerResponse } from 'node:http'
import { CliError } from '../cli-error.ts'
import { type CallbackReading, readCallback } from './read-callback.ts'

export type CallbackListener = { readonly answered: Promise<CallbackReading>; readonly close: () => void }

const requestTimeoutMs = 5000
const loopback: Record<string, readonly string[]> = {
  localhost: ['127.0.0.1', '::1'],
  '127.0.0.1': ['127.0.0.1'],
  '[::1]': ['::1'],
}

/** Whether a browser on this machine can bring EasyParcel's answer to us. */
export const isLoopback = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && Object.hasOwn(loopback, hostname)

const pages = {
  code: [200, 'EasyParcel has answered. You can close this window; the terminal tells the rest.'],
  refused: [200, 'EasyParcel did not give access. The terminal tells why.'],
  foreign: [400, 'This is no answer to the login that is waiting. Use the address that the terminal printed last.'],
} as const

const send = (reply: ServerResponse, status: number, sentence: string) =>
  reply
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'",
      connection: 'close',
    })
    .end(`<!doctype html><title>Jejak</title><p>${sentence}`)

/**
 * Waits at a loopback `redirectUri` for the browser; what does not belong to this login is turned away and the wait goes on. Undefined where something else
 * listens there, as Jejak itself does while it runs.
 */
export const listenForCallback = async (redirectUri: URL, state: string): Promise<CallbackListener | undefined> => {
  const { promise: answered, resolve } = Promise.withResolvers<CallbackReading>()
  const serve = () =>
    createServer({ requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs }, (request, reply) => {
      const url = URL.parse(request.url ?? '', redirectUri.origin)
      if (request.method !== 'GET' || url?.pathname !== redirectUri.pathname) return send(reply, 404, 'Nothing here.')
      const reading = readCallback(url, state)
      const [status, sentence] = pages[reading.kind]
      send(reply, status, sentence)
      if (reading.kind !== 'foreign') resolve(reading)
    })
  const port = Number(redirectUri.port || 80)
  const hosts = loopback[redirectUri.hostname] ?? []
  const places = await Promise.all(hosts.map((host) => listen(serve(), port, host)))
  const servers = places.filter((place) => place instanceof Server)
  const close = () => {
    for (const server of servers) server.close().closeAllConnections()
  }
  if (!places.includes('taken')) return { answered, close }
  close()
  return undefined
}

/** Undefined where this machine has no such address, as one without IPv6. */
const listen = (server: Server, port: number, host: string): Promise<Server | 'taken' | undefined> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'EAFNOSUPPORT') return resolve(undefined)
      if (cause.code === 'EADDRINUSE') return resolve('taken')
      const sentence = `Port ${port} of EASYPARCEL_REDIRECT_URI cannot be used (${cause.code}): stop what uses it, or add --paste.`
      reject(new CliError(sentence, { cause }))
    })
    server.listen({ port, host }, () => resolve(server))
  })

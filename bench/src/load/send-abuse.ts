import { connect, type Socket } from 'node:net'
import type { AbuseKind, AbusePlan, AbuseResult } from './abuse-plan.ts'
import { createAnswerReader } from './answer-reader.ts'

const reconnectMs = 5
const bodyBytes = 1_000_000

const request = (line: string, headers: Record<string, string> = {}, body = ''): string => {
  const length = body === '' ? {} : { 'content-length': String(body.length) }
  const lines = Object.entries({ host: 'x', ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}
const json = { 'content-type': 'application/json' }
const brackets = '['.repeat(bodyBytes)
const unknownFields = `{${Array.from({ length: bodyBytes / 20 }, (_, at) => `"field${at + 1_000_000_000}":1`).join(',')}}`
const csv = `tracking_number\n${'no;no\n'.repeat(bodyBytes / 6)}`
const number = () => Math.floor(Math.random() * 1e9)

/** What each kind sends, a new one each time it is called. */
const sendings: Record<AbuseKind, (plan: AbusePlan) => string> = {
  'unknown address, 1 MB': () => request('POST /nowhere', json, brackets),
  'look-up, 1 MB of unknown fields': () => request('POST /v1/track', json, unknownFields),
  'report, 1 MB of brackets': () => request('POST /v1/track/630000000001/report', json, brackets),
  'unknown addresses': () => request(`GET /v1/track/NOSUCH${number()}`),
  'unreadable numbers': () => request(`GET /v1/track/${'x'.repeat(90)}`),
  'long searches': () => request(`GET /t?number=${'%C2%B7'.repeat(1_200)}`),
  'wrong keys': () => request('GET /v1/trackings', { authorization: `Bearer jejak_guess_number_${number()}` }),
  'preflights with a body': () => request('OPTIONS /v1/track', json, brackets),
  'the description': () => request('GET /openapi.json'),
  'many requests in one packet': () => request('GET /nowhere').repeat(2_000),
  'silent sockets': () => '',
  'CSV of bad lines, with a key': ({ key }) =>
    request('POST /v1/trackings/import', { 'content-type': 'text/csv', authorization: `Bearer ${key}` }, csv),
}

/** Sends abuse as planned and tells what became of it. */
export const sendAbuse = async (plan: AbusePlan): Promise<AbuseResult> => {
  const { hostname, port } = new URL(plan.url)
  const result: AbuseResult = { sent: 0, statuses: {}, cut: 0 }
  const sockets = new Set<Socket>()
  let isOver = false

  const open = (kind: AbuseKind): void => {
    const socket = connect({ host: hostname, port: Number(port), localAddress: plan.localAddress, noDelay: true })
    const send = () => {
      const text = sendings[kind](plan)
      if (text === '') return
      result.sent += 1
      socket.write(text, 'latin1')
    }
    const read = createAnswerReader((status) => {
      result.statuses[status] = (result.statuses[status] ?? 0) + 1
      if (!isOver) send()
    })
    sockets.add(socket)
    socket.once('connect', send)
    socket.on('data', read)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      if (isOver) return
      result.cut += 1
      setTimeout(open, reconnectMs, kind)
    })
  }

  for (let connection = 0; connection < plan.connections; connection++)
    open(plan.kinds[connection % plan.kinds.length]!)
  if (plan.kinds.includes('silent sockets'))
    for (let connection = 0; connection < plan.silentConnections; connection++) open('silent sockets')
  await new Promise((resolve) => setTimeout(resolve, plan.seconds * 1000))
  isOver = true
  for (const socket of sockets) socket.destroy()
  return result
}

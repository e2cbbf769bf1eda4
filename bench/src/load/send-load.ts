import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { createAnswerReader } from './answer-reader.ts'
import { createHistogram } from './histogram.ts'
import type { LoadPlan, LoadResult } from './load-plan.ts'

const patienceMs = 10_000
const reconnectMs = 100

const pathPicker = ({ paths }: LoadPlan): (() => string) => {
  if ('list' in paths) return () => paths.list[Math.floor(Math.random() * paths.list.length)]!
  return () => `${paths.prefix}${paths.from + Math.floor(Math.random() * paths.count)}`
}

const open = ({ protocol, hostname, port }: URL, localAddress: string | undefined): Socket =>
  protocol === 'https:'
    ? connectTls({ host: hostname, port: Number(port || 443), servername: hostname })
    : connect({ host: hostname, port: Number(port || 80), noDelay: true, ...(localAddress && { localAddress }) })

/** Sends load as planned and tells how it was answered. */
export const sendLoad = async (plan: LoadPlan): Promise<LoadResult> => {
  const target = new URL(plan.url)
  const nextPath = pathPicker(plan)
  const { through, pauseMs = 0 } = plan
  const times = createHistogram()
  const statuses: Record<string, number> = {}
  const sockets = new Set<Socket>()
  const beginAt = performance.now() + plan.warmUpSeconds * 1000
  const endAt = beginAt + plan.seconds * 1000
  let failed = 0

  const visit = (client: number): void => {
    const socket = open(target, through)
    const forwarded = through ? `x-forwarded-for: 198.51.${client >> 8}.${client & 255}\r\n` : ''
    const tail = ` HTTP/1.1\r\nhost: ${target.host}\r\n${forwarded}\r\n`
    let sentAt = 0
    const ask = () => {
      sentAt = performance.now()
      socket.write(`GET ${nextPath()}${tail}`, 'latin1')
    }
    const read = createAnswerReader((status, mayGoOn) => {
      const at = performance.now()
      if (at >= beginAt && at < endAt) {
        times.add(at - sentAt)
        statuses[status] = (statuses[status] ?? 0) + 1
      }
      sentAt = 0
      if (at >= endAt || !mayGoOn) socket.end()
      else if (pauseMs > 0) setTimeout(ask, pauseMs)
      else ask()
    })
    sockets.add(socket)
    socket.setTimeout(patienceMs, () => socket.destroy())
    socket.once(target.protocol === 'https:' ? 'secureConnect' : 'connect', ask)
    socket.on('data', read)
    socket.on('error', () => undefined)
    socket.once('close', () => {
      sockets.delete(socket)
      const at = performance.now()
      if (at >= endAt) return
      // What was closed between two requests did not fail anyone.
      if (sentAt !== 0 || socket.bytesRead === 0) failed += 1
      setTimeout(visit, socket.bytesRead === 0 ? reconnectMs : 0, client)
    })
  }

  for (let client = 0; client < plan.connections; client++) visit(client)
  await new Promise((resolve) => setTimeout(resolve, endAt - performance.now()))
  await new Promise((resolve) => setTimeout(resolve, 20))
  for (const socket of sockets) socket.destroy()
  const perSecond = times.total() / plan.seconds
  return {
    perSecond,
    p50: times.quantile(0.5),
    p95: times.quantile(0.95),
    p99: times.quantile(0.99),
    longest: times.quantile(1),
    statuses,
    failed,
  }
}

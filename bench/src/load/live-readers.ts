// A process of live readers: opens streams, tells its parent when all have their first document, then when each later one arrived.
import { connect } from 'node:net'

export type LivePlan = { url: string; from: number; count: number; streams: number }
export type LiveMessage = { kind: 'open'; streams: number } | { kind: 'arrived'; trackingNumber: string; at: number }

const plan = JSON.parse(process.argv[2] ?? '') as LivePlan
const { hostname, port, host } = new URL(plan.url)
const openAtOnce = 200
const tell = (message: LiveMessage) => process.send?.(message)

const openStream = (trackingNumber: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) })
    let events = 0
    socket.once('connect', () => socket.write(`GET /v1/track/${trackingNumber}/live HTTP/1.1\r\nhost: ${host}\r\n\r\n`))
    socket.on('data', (chunk: Buffer) => {
      if (!chunk.includes('event: document')) {
        if (events === 0 && chunk.includes(' 429 ')) reject(new Error('too many streams'))
        return
      }
      events += 1
      if (events === 1) resolve()
      else tell({ kind: 'arrived', trackingNumber, at: performance.timeOrigin + performance.now() })
    })
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('a stream was closed')))
  })

for (let opened = 0; opened < plan.streams; opened += openAtOnce) {
  const amount = Math.min(openAtOnce, plan.streams - opened)
  await Promise.all(
    Array.from({ length: amount }, (_, place) => openStream(String(plan.from + ((opened + place) % plan.count)))),
  )
}
tell({ kind: 'open', streams: plan.streams })
process.once('disconnect', () => process.exit(0))

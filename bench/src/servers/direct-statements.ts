// The public read's statement, straight to Postgres: prepared once, then one number a round trip on each of several connections.
import { findTrackingDocuments, type Sql } from '@jejak/db'
import pg from 'pg'

export type DirectPlan = { url: string; from: number; count: number; clients: number; seconds: number }

const plan = JSON.parse(process.argv[2] ?? '') as DirectPlan
const anyNumber = () => String(plan.from + Math.floor(Math.random() * plan.count))
const readyForQuery = 0x5a

/** Takes the statement's own text and name from the product by letting it prepare itself. */
const prepare = async (client: pg.Client): Promise<string> => {
  let name = ''
  const sql = {
    query: (query: pg.QueryConfig) => {
      name = query.name ?? ''
      return client.query(query)
    },
  } as unknown as Sql
  const rows = await findTrackingDocuments(sql, [anyNumber()])
  if (rows.length !== 1 || name === '') throw new Error('the public read is not one named statement any more')
  return name
}

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const bind = (name: string, trackingNumber: string): Buffer => {
  const value = Buffer.from(`{${trackingNumber}}`)
  const length = Buffer.alloc(4)
  length.writeInt32BE(value.length)
  const counts = Buffer.from([0, 0, 0, 1])
  return message('B', Buffer.concat([Buffer.from(`\0${name}\0`), counts, length, value, Buffer.from([0, 0])]))
}

const execute = Buffer.concat([message('E', Buffer.from([0, 0, 0, 0, 0])), message('S', Buffer.alloc(0))])

/** Calls `onReady` at each end of a statement; looks at nothing but the kinds and lengths of messages, as a load tool may. */
const watch = (onReady: () => void) => {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk: Buffer): void => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (bytes.length - at >= 5) {
      const length = bytes.readInt32BE(at + 1) + 1
      if (bytes.length - at < length) break
      const kind = bytes[at]
      at += length
      if (kind === 0x45) throw new Error('the statement failed')
      if (kind === readyForQuery) onReady()
    }
    rest = bytes.subarray(at)
  }
}

let done = 0
const startClient = async (): Promise<void> => {
  const client = new pg.Client({ connectionString: plan.url })
  await client.connect()
  const name = await prepare(client)
  const { stream } = (client as unknown as { connection: { stream: import('node:net').Socket } }).connection
  stream.removeAllListeners('data')
  const ask = () => stream.write(Buffer.concat([bind(name, anyNumber()), execute]))
  stream.on(
    'data',
    watch(() => {
      done += 1
      ask()
    }),
  )
  ask()
}

await Promise.all(Array.from({ length: plan.clients }, startClient))
await new Promise((resolve) => setTimeout(resolve, 300))
const before = done
const from = performance.now()
await new Promise((resolve) => setTimeout(resolve, plan.seconds * 1000))
const perSecond = ((done - before) / (performance.now() - from)) * 1000
process.stdout.write(JSON.stringify({ perSecond }), () => process.exit(0))

import {
  findShopDocuments,
  findTrackingDocuments,
  isDatabaseUnavailable,
  type Sql,
  type TrackingDocumentRow,
} from '@jejak/db'
import { unavailable } from './http-problem.ts'

const batchMax = 500
const waitingMax = 20_000

type Waiting<Row> = { resolve: (row: Row | undefined) => void; reject: (error: unknown) => void }
type Reading<Row> = { read: (keys: string[]) => Promise<Row[]>; keyOf: (row: Row) => string; connections: number }
export type DocumentReader = { find: (trackingNumber: string) => Promise<TrackingDocumentRow | undefined> }
export type ShopDocumentReader = {
  find: (shop: string, trackingNumber: string) => Promise<TrackingDocumentRow | undefined>
}

/** Reads public documents by tracking number. */
export const createDocumentReader = (sql: Sql, { connections }: { connections: number }): DocumentReader =>
  createBatchReader({
    read: (numbers) => findTrackingDocuments(sql, numbers),
    keyOf: ({ trackingNumber }) => trackingNumber,
    connections,
  })

/** Reads public documents of one shop's parcels. */
export const createShopDocumentReader = (sql: Sql, { connections }: { connections: number }): ShopDocumentReader => {
  const keyOf = ({ shop, trackingNumber }: { shop: string; trackingNumber: string }) => `${shop}/${trackingNumber}`
  const read = (keys: string[]) =>
    findShopDocuments(
      sql,
      keys.map((key) => {
        const [shop = '', trackingNumber = ''] = key.split('/')
        return { shop, trackingNumber }
      }),
    )
  const { find } = createBatchReader({ read, keyOf, connections })
  return { find: (shop, trackingNumber) => find(keyOf({ shop, trackingNumber })) }
}

/**
 * The look-ups of one turn of the event loop share one statement, and while every connection is busy the next
 * batch grows, so a rush costs fewer statements instead of a longer queue.
 */
const createBatchReader = <Row>({ read, keyOf, connections }: Reading<Row>) => {
  const waiting = new Map<string, Waiting<Row>[]>()
  let lookUps = 0
  let running = 0
  let isScheduled = false

  const takeAll = (): Map<string, Waiting<Row>[]> => {
    const all = new Map(waiting)
    waiting.clear()
    lookUps = 0
    return all
  }
  const fail = (batch: Map<string, Waiting<Row>[]>, error: unknown): void => {
    for (const askers of batch.values()) for (const { reject } of askers) reject(error)
  }

  const readBatch = async (): Promise<void> => {
    const batch = new Map([...waiting].slice(0, batchMax))
    for (const [key, askers] of batch) {
      waiting.delete(key)
      lookUps -= askers.length
    }
    running += 1
    try {
      const rows = await read([...batch.keys()])
      const found = new Map(rows.map((row) => [keyOf(row), row]))
      for (const [key, askers] of batch) for (const { resolve } of askers) resolve(found.get(key))
    } catch (error) {
      fail(batch, error)
      // Who waits for the same database would wait as long again.
      if (isDatabaseUnavailable(error)) fail(takeAll(), error)
    } finally {
      running -= 1
      flush()
    }
  }

  const flush = (): void => {
    isScheduled = false
    while (waiting.size > 0 && running < connections) void readBatch()
  }

  return {
    find: (key: string): Promise<Row | undefined> =>
      new Promise((resolve, reject) => {
        if (lookUps >= waitingMax) return reject(unavailable('Too many look-ups are waiting; try again soon.'))
        lookUps += 1
        const askers = waiting.get(key)
        if (askers) askers.push({ resolve, reject })
        else waiting.set(key, [{ resolve, reject }])
        if (isScheduled || running >= connections) return
        isScheduled = true
        setImmediate(flush)
      }),
  }
}

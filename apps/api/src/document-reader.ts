import { findTrackingDocuments, type Sql, type TrackingDocumentRow } from '@jejak/db'
import { unavailable } from './http-problem.ts'

const batchMax = 500
const waitingMax = 20_000

type Waiting = { resolve: (row: TrackingDocumentRow | undefined) => void; reject: (error: unknown) => void }
export type DocumentReader = { find: (trackingNumber: string) => Promise<TrackingDocumentRow | undefined> }

/**
 * Reads public documents: the look-ups of one turn of the event loop share one statement, and while every connection is busy the next
 * batch grows, so a rush costs fewer statements instead of a longer queue.
 */
export const createDocumentReader = (sql: Sql, { connections }: { connections: number }): DocumentReader => {
  const waiting = new Map<string, Waiting[]>()
  let lookUps = 0
  let running = 0
  let isScheduled = false

  const readBatch = async (): Promise<void> => {
    const batch = new Map([...waiting].slice(0, batchMax))
    for (const [trackingNumber, askers] of batch) {
      waiting.delete(trackingNumber)
      lookUps -= askers.length
    }
    running += 1
    try {
      const rows = await findTrackingDocuments(sql, [...batch.keys()])
      const found = new Map(rows.map((row) => [row.trackingNumber, row]))
      for (const [trackingNumber, askers] of batch) for (const { resolve } of askers) resolve(found.get(trackingNumber))
    } catch (error) {
      for (const askers of batch.values()) for (const { reject } of askers) reject(error)
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
    find: (trackingNumber) =>
      new Promise((resolve, reject) => {
        if (lookUps >= waitingMax) return reject(unavailable('Too many look-ups are waiting; try again soon.'))
        lookUps += 1
        const askers = waiting.get(trackingNumber)
        if (askers) askers.push({ resolve, reject })
        else waiting.set(trackingNumber, [{ resolve, reject }])
        if (isScheduled || running >= connections) return
        isScheduled = true
        setImmediate(flush)
      }),
  }
}

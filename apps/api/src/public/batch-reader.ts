import { isDatabaseUnavailable } from '@jejak/db'
import { unavailable } from '../http/http-problem.ts'

const batchMax = 500
const waitingMax = 20_000

type Asker<Row> = { resolve: (row: Row | undefined) => void; reject: (error: unknown) => void }
type Waiting<Asked, Row> = { asked: Asked; askers: Asker<Row>[] }
type Reading<Asked, Row extends Asked> = {
  read: (asked: Asked[]) => Promise<Row[]>
  keyOf: (asked: Asked) => string
  connections: number
}

/**
 * The look-ups of one turn of the event loop share one statement, and while every connection is busy the next
 * batch grows, so a rush costs fewer statements instead of a longer queue.
 */
export const createBatchReader = <Asked, Row extends Asked>({ read, keyOf, connections }: Reading<Asked, Row>) => {
  const waiting = new Map<string, Waiting<Asked, Row>>()
  let lookUps = 0
  let running = 0
  let isScheduled = false

  const takeAll = (): Waiting<Asked, Row>[] => {
    const all = [...waiting.values()]
    waiting.clear()
    lookUps = 0
    return all
  }
  const fail = (batch: Waiting<Asked, Row>[], error: unknown): void => {
    for (const { askers } of batch) for (const { reject } of askers) reject(error)
  }

  const readBatch = async (): Promise<void> => {
    const batch = new Map([...waiting].slice(0, batchMax))
    for (const [key, { askers }] of batch) {
      waiting.delete(key)
      lookUps -= askers.length
    }
    running += 1
    try {
      const rows = await read([...batch.values()].map(({ asked }) => asked))
      const found = new Map(rows.map((row) => [keyOf(row), row]))
      for (const [key, { askers }] of batch) for (const { resolve } of askers) resolve(found.get(key))
    } catch (error) {
      fail([...batch.values()], error)
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
    find: (asked: Asked): Promise<Row | undefined> =>
      new Promise((resolve, reject) => {
        if (lookUps >= waitingMax) return reject(unavailable('Too many look-ups are waiting; try again soon.'))
        lookUps += 1
        const key = keyOf(asked)
        const others = waiting.get(key)
        if (others) others.askers.push({ resolve, reject })
        else waiting.set(key, { asked, askers: [{ resolve, reject }] })
        if (isScheduled || running >= connections) return
        isScheduled = true
        setImmediate(flush)
      }),
  }
}

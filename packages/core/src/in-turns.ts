import { setImmediate } from 'node:timers/promises'

const turnMs = 2

let lastTurn: Promise<unknown> = Promise.resolve()
let turnedAt = 0
/** Long works of one process take turns: however many run at once, everyone else waits for one of them. */
export const nextTurn = (): Promise<unknown> => {
  lastTurn = lastTurn.then(async () => {
    await setImmediate()
    turnedAt = performance.now()
  })
  return lastTurn
}

/**
 * Does synchronous work for one item after the other, in order, and lets the event loop turn whenever it has been held up for 2 ms: requests and
 * timers wait for no more than that and one item, also where one such work follows another. Rejects with what `work` throws first.
 */
export const mapInTurns = async <Item, Done>(items: Iterable<Item>, work: (item: Item) => Done): Promise<Done[]> => {
  const done: Done[] = []
  for (const item of items) {
    if (performance.now() - turnedAt >= turnMs) await nextTurn()
    done.push(work(item))
  }
  return done
}

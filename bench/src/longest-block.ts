import { median } from './statistics.ts'

const times = 9

/** The usual longest block of several works: a collection of garbage, which takes 4 to 10 ms, falls into some of them. */
export const usualLongestBlock = async (prepare: () => (() => Promise<unknown>) | Promise<() => Promise<unknown>>) => {
  const blocks: number[] = []
  for (let time = 0; time < times; time++) blocks.push(await longestBlock(await prepare()))
  return median(blocks)
}

/** The longest time, in ms, for which the event loop did not turn while `work` went on: how long a request or a timer may have to wait for it. */
const longestBlock = async (work: () => Promise<unknown>): Promise<number> => {
  let longest = 0
  let turnedAt = performance.now()
  const see = () => {
    const now = performance.now()
    longest = Math.max(longest, now - turnedAt)
    turnedAt = now
  }
  let next = setImmediate(function turn() {
    see()
    next = setImmediate(turn)
  })
  try {
    await work()
  } finally {
    clearImmediate(next)
  }
  see()
  return longest
}

/** The longest time, in ms, for which the event loop did not turn while `work` went on: how long a request or a timer may have to wait for it. */
export const longestBlock = async (work: () => Promise<unknown>): Promise<number> => {
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

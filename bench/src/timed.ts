import { median } from './statistics.ts'

/** How many milliseconds the work took. */
export const timed = async (work: () => unknown): Promise<number> => {
  const begunAt = performance.now()
  await work()
  return performance.now() - begunAt
}

/** The median of several times. */
export const several = async (times: number, work: () => unknown): Promise<number> => {
  const taken: number[] = []
  for (let time = 0; time < times; time++) taken.push(await timed(work))
  return median(taken)
}

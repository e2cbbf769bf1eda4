import type { Clock, Sql } from '@jejak/db'

/** How far a process's clock may be from the database's. */
export const agreeWithinMs = 60_000

/** Whether a clock is not believed any more; see `clockDifference`. */
export const clockIsOff = (differenceMs: number): boolean => Math.abs(differenceMs) > agreeWithinMs

/** How many ms the clock of this process is ahead of the database's; what the answer took counts for neither. */
export const clockDifference = async (deps: { sql: Sql; clock: Clock; now: () => Date }): Promise<number> => {
  const askedMs = deps.now().getTime()
  const databaseMs = (await deps.clock(deps.sql)).getTime()
  const answeredMs = deps.now().getTime()
  return databaseMs < askedMs ? askedMs - databaseMs : Math.min(0, answeredMs - databaseMs)
}

/** The same in words, for a person. */
export const clockComplaint = (differenceMs: number): string =>
  `the clock of this machine is ${Math.round(Math.abs(differenceMs) / 1000)} s ${differenceMs > 0 ? 'ahead of' : 'behind'} the database's`

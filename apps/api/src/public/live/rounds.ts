export type Rounds<T> = { add: (member: T) => void; remove: (member: T) => void; stop: () => void }

/** Visits every member once a round, a share of them each turn, so that thousands of visits never come in one go. */
export const startRounds = <T>(
  visit: (member: T) => void,
  { roundMs, turns = 20 }: { roundMs: number; turns?: number },
): Rounds<T> => {
  const shares = Array.from({ length: turns }, () => new Set<T>())
  let added = 0
  let turn = 0
  const timer = setInterval(() => {
    turn = (turn + 1) % turns
    for (const member of shares[turn]!) visit(member)
  }, roundMs / turns)
  return {
    add: (member) => shares[added++ % turns]!.add(member),
    remove: (member) => {
      for (const share of shares) if (share.delete(member)) return
    },
    stop: () => clearInterval(timer),
  }
}

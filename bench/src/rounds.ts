/**
 * Runs every arm once a round, in turn: each round begins with another arm, so that none always follows the same one. Returns each arm's
 * results in the order of the rounds.
 */
export const alternate = async <Name extends string, Result>(
  arms: Record<Name, () => Promise<Result>>,
  rounds: number,
  report: (line: string) => void,
): Promise<Record<Name, Result[]>> => {
  const names = Object.keys(arms) as Name[]
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>
  for (let round = 0; round < rounds; round++) {
    report(`round ${round + 1} of ${rounds}`)
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length]!
      results[name].push(await arms[name]())
    }
  }
  return results
}

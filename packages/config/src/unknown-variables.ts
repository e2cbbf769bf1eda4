const OUR_PREFIXES =
  /^(TRACKING|EASYPARCEL|RETENTION|CRON|SIMULATOR|JEJAK|IMPORT|BOOTSTRAP|EMBEDDED_POSTGRES|DATABASE)_/

/** Levenshtein distance: how many letters to insert, delete or replace. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}

/** One sentence for each name that carries one of our prefixes, or is a near miss of ours, without being ours. */
export const unknownVariables = (names: readonly string[], known: readonly string[]): string[] =>
  names
    .filter((name) => OUR_PREFIXES.test(name) && !known.includes(name))
    .map((name) => {
      const [nearest] = known
        .map((candidate) => ({ candidate, steps: distance(name.slice(0, 100), candidate) }))
        .sort((a, b) => a.steps - b.steps)
      const hint = nearest && nearest.steps <= name.length / 3 ? `; did you mean ${nearest.candidate}?` : ''
      return `${name} is not a setting and has no effect${hint}`
    })

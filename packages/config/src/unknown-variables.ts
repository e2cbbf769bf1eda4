/** Words that begin variables of many other programs, too: behind them only a near miss of ours is pointed out. */
const commonWords = ['PUBLIC', 'DATA', 'SECRET']

/** What systems set by themselves beside our names: proxies of the network, service links of Kubernetes, add-ons of hosts. */
const foreign =
  /^(HTTP_PROXY|REDIS_TLS_URL|DATABASE_(PRIVATE|PUBLIC|POOLER)_URL)$|_SERVICE_(HOST|PORT)(_|$)|_PORT(_\d+_|$)/

const stepsOfNearMiss = 2
/** Two steps away from a shorter name are too many other words. */
const lengthOfNearMiss = 8

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

const nearestOf = (name: string, known: readonly string[]) => {
  const [nearest] = known
    .map((candidate) => ({ candidate, steps: distance(name.slice(0, 100), candidate) }))
    .sort((a, b) => a.steps - b.steps)
  return nearest ?? { candidate: '', steps: Number.POSITIVE_INFINITY }
}

/** The words that begin our names: TRACKING of TRACKING_LAPSE. A name of one word, such as PORT, begins none. */
const firstWords = (known: readonly string[]): ReadonlySet<string> =>
  new Set(known.flatMap((name) => /^([A-Z]+)_/.exec(name)?.[1] ?? []).filter((word) => !commonWords.includes(word)))

/** One sentence for each name that begins like ours, or is a near miss of ours, without being ours. */
export const unknownVariables = (names: readonly string[], known: readonly string[]): string[] => {
  const words = firstWords(known)
  return names.flatMap((name) => {
    if (known.includes(name)) return []
    const { candidate, steps } = nearestOf(name, known)
    const isNearMiss = steps <= stepsOfNearMiss && candidate.length >= lengthOfNearMiss
    const beginsLikeOurs = words.has(name.split('_', 1)[0]!) && name.includes('_') && !foreign.test(name)
    if (!isNearMiss && !beginsLikeOurs) return []
    const hint = steps <= name.length / 3 ? `; did you mean ${candidate}?` : ''
    // A damaged line may have its value here.
    const shown = /^\w{0,60}/.exec(name)![0]
    return [`${shown === name ? name : `${shown}…`} is not a setting and has no effect${hint}`]
  })
}

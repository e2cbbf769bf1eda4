export const states = ['PASS', 'WARN', 'FAIL'] as const

/** What one look at a deployment found. `says` is a sentence for the operator: what is so, and what to do if it is not well. */
export type Finding = { state: (typeof states)[number]; says: string }

export const pass = (says: string): Finding => ({ state: 'PASS', says })
export const warn = (says: string): Finding => ({ state: 'WARN', says })
export const fail = (says: string): Finding => ({ state: 'FAIL', says })

/** One question about a deployment. It asks, changes nothing, and gives up by itself. */
export type Probe<Context> = { name: string; look: (context: Context) => Promise<Finding | Finding[]> }

export type Line = Finding & { name: string; ms: number }

const timeLimitMs = 10_000

/** Asks one question after the other, none for longer than ten seconds; one that throws has failed, and holds up no other. */
export const runProbes = async <Context>(probes: readonly Probe<Context>[], context: Context): Promise<Line[]> => {
  const lines: Line[] = []
  for (const { name, look } of probes) {
    const startedAt = performance.now()
    const found = await withinTime(() => look(context)).catch((error: Error) =>
      fail((error.message || error.name).replaceAll(/\s+/g, ' ').trim()),
    )
    const ms = Math.round(performance.now() - startedAt)
    lines.push(...[found].flat().map((finding) => ({ name, ...finding, ms })))
  }
  return lines
}

const withinTime = async <T>(work: () => Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${timeLimitMs / 1000} s.`)), timeLimitMs)
  })
  return Promise.race([work(), late]).finally(() => clearTimeout(timer))
}

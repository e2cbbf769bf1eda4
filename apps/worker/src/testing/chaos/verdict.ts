/** A rule, whether it held, and what broke it. */
export type Verdict = { rule: string; holds: boolean; problems: readonly string[] }

export const verdict = (rule: string, problems: readonly string[]): Verdict => ({
  rule,
  holds: problems.length === 0,
  problems,
})

/** One problem unless `holds`. */
export const verdictOf = (rule: string, holds: boolean, problem: string): Verdict =>
  verdict(rule, holds ? [] : [problem])

type Rule = { rule: string; holds: boolean; examples: readonly object[] }

/** A rule of the database, whether it holds, and the rows that break it. */
export const renderRule = ({ rule, holds, examples }: Rule): string =>
  [`${holds ? 'holds ' : 'BROKEN'}  ${rule}`, ...examples.map((row) => `          ${JSON.stringify(row)}`)].join('\n')

import { isDeepStrictEqual } from 'node:util'

/** Whether a row still is what JSON kept of it; what was not kept may have changed. */
export const isAsKept = (row: object, kept: object): boolean => {
  const now: Record<string, unknown> = JSON.parse(JSON.stringify(row))
  return Object.entries(kept).every(([name, value]) => isDeepStrictEqual(now[name], value))
}

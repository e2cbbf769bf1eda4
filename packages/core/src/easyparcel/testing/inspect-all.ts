import { inspect } from 'node:util'

/** Everything a logger could possibly print of a value. */
export const inspectAll = (value: unknown): string =>
  inspect(value, { depth: 20, showHidden: true, maxStringLength: null })

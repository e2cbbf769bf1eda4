const namedMax = 5

/** The first ones of some names, for a sentence. */
export const nameSome = (names: readonly string[]): string =>
  `${names.slice(0, namedMax).join(', ')}${names.length > namedMax ? ` and ${names.length - namedMax} more` : ''}`

/** One spelling for what limits and locks count: `#a-1001` and `A-1001` are one order. */
export const foldOrderNumber = (typed: string): string => typed.normalize('NFC').replace(/^#/, '').trim().toUpperCase()

/** The ways a shop may have written an order number that a buyer types with or without its `#`, in any case; always as many. */
export const orderSpellings = (typed: string): string[] => {
  const bare = typed.replace(/^#/, '')
  return [bare, bare.toUpperCase(), bare.toLowerCase()].flatMap((spelling) => [spelling, `#${spelling}`])
}

/**
 * One spelling of an order number: without leading #s and in capitals (A to Z, as the database's own fold). Look-ups find, and limits
 * and locks count, by this alone, so that no other spelling of an order has a count of its own.
 */
export const foldOrderNumber = (typed: string): string =>
  typed.replace(/^[# ]+/, '').replace(/[a-z]/g, (letter) => letter.toUpperCase())

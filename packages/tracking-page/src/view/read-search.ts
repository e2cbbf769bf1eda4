import { foldTyped } from '@jejak/contract'

/** What someone typed or pasted into the search: a tracking number, or what leads to the order form, filled in as far as it goes. */
export type Searched =
  | { kind: 'number'; number: string }
  | { kind: 'notice'; notice: 'looks_like_order' | 'by_order' | 'wrong_shape'; typed: Typed }
export type Typed = { number?: string; order?: string; contact?: string }

const fold = (typed: string): string => foldTyped(typed.slice(0, 300)).replace(/\s+/g, ' ')

const numberShape = /^(?=.*\d)[A-Z0-9][A-Z0-9-]{5,34}$/
/** EasyParcel's own ids, and what shops call their orders: `#1001`, `1001`, `KK-12`. */
const orderShape = /^(?:E[ISP]-|EO?D-|#|[A-Z]{0,5}[-_/]?\d{1,5}$)/
/** Malaysian phones, those that lack their `+` of Singapore, China, the USA, the UK, India and Bangladesh, and whatever has it. */
const phoneShape =
  /^(?:\+\d{8,}|0\d{8,10}|60\d{8,9}|601\d{9}|65[3689]\d{7}|1[2-9]\d{9}|1[38]00\d{6}|(?:447|861\d|8801|91\d)\d{9})$/
/** What stands before it, in a sentence or an address, says that it is none of ours. */
const saysOrder = /(?:(?:order|pesanan|订单)\D{0,9}|(?:^| )#)$/i

const isNumber = (text: string): boolean => numberShape.test(text) && !orderShape.test(text)

const withDigits = /\+?(?<![A-Z0-9-])(?=[A-Z-]*\d)[A-Z0-9-]+(?: (?=[A-Z-]*\d)[A-Z0-9-]+)*/g

/** Hosts and escapes of addresses, and what groups the digits of one number, are spaces: `6321 4323 9945`, `ER 665 997 516 MY`, `(012) 345.6789`. */
const spaced = (text: string): string =>
  text
    .toUpperCase()
    .replace(/:\/\/[^/]*|%(?:25)*[2-7][\dA-F]/g, ' ')
    .replace(/(?<=\d)[ ()./]+(?=\d)/g, ' ')
    .replace(/^(?!NO|ID|JT|HP)([A-Z]{2}) (?=\d)|(?<=\d) (?=[A-Z]{2}$)/g, '$1')

/** Reads what stands in the search. What is no tracking number must not be put into an address: it may be a phone number. */
export const readSearch = (typed: string): Searched => {
  const text = fold(typed)
  let contact = text.split(/[ /]/).find((word) => /.@./.test(word))
  let order: string | undefined
  const rest = spaced(contact ? text.replace(contact, '') : text)
  for (const { 0: run, index } of rest.matchAll(withDigits)) {
    const whole = run.replaceAll(' ', '')
    const isPhone = phoneShape.test(whole.replaceAll('-', ''))
    const long = isPhone ? [] : run.split(' ').filter((group) => group.length >= 8)
    const isOrder = saysOrder.test(rest.slice(Math.max(0, index - 24), index))
    for (const piece of long[0] ? long : [whole]) {
      if (isOrder) order ??= piece
      else if (phoneShape.test(piece.replaceAll('-', ''))) contact ??= piece
      else if (isNumber(piece)) return { kind: 'number', number: piece }
      else if (orderShape.test(piece) && text.length < 20) order ??= text
    }
  }
  if (contact) return { kind: 'notice', notice: 'by_order', typed: { contact } }
  if (order) return { kind: 'notice', notice: 'looks_like_order', typed: { order } }
  return { kind: 'notice', notice: 'wrong_shape', typed: { number: text } }
}

/** The same of an address or a shop's attribute, where a number that looks like a phone is one. */
export const readGiven = (given: string): Searched => {
  const number = fold(given).toUpperCase()
  return isNumber(number) ? { kind: 'number', number } : readSearch(given)
}

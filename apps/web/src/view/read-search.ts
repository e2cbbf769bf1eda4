/** What somebody typed or pasted into the search: a tracking number, or what leads to the order form, filled in as far as it goes. */
export type Searched =
  | { kind: 'number'; number: string }
  | { kind: 'notice'; notice: 'looks_like_order' | 'looks_like_contact' | 'wrong_shape'; typed: Typed }
export type Typed = { number?: string; order?: string; contact?: string }

/** Full-width characters become plain ones, marks that nobody sees go, and dashes are one kind. */
const fold = (typed: string): string =>
  typed
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()

const numberShape = /^(?=.*\d)[A-Z0-9][A-Z0-9-]{5,34}$/
/** EasyParcel's own ids, and what shops call their orders: `#1001`, `1001`, `KK-12`. */
const orderShape = /^(?:E[ISP]-|EO?D-\d|#|[A-Z]{0,5}[-_/]?\d{1,5}$)/
/** Malaysian phones, those of Singapore and China that lack their `+`, and whatever has it. */
const phoneShape = /^(?:\+\d{8,15}|0[1-9]\d{7,9}|(?:00)?(?:60(?:1\d{8,9}|[3-9]\d{7,8})|65[3689]\d{7}|861[3-9]\d{9}))$/

const tracking = 'track|trace|awb|cons|conn|ship|waybill|parcel|barcode|jejak|运单|快递|(?<!订)单号'
const saysTracking = RegExp(`(?:${tracking})\\D{0,12}$`, 'i')
const saysOrder = /(?:order|pesanan|invoice|订单|#)\D{0,12}$/i
const namesNumber = RegExp(`${tracking}|^(?:t|id|nos?|num|number|code|q|cn)$`, 'i')
const namesOther = /^(?:k|h|lang|shop|order\w*|phone|tel|\w*mobile|\w*token|ref|utm\w*|\w+clid)$/i

const isNumber = (text: string): boolean => numberShape.test(text) && !orderShape.test(text)

type Piece = { text: string; is: 'number' | 'order' | 'contact' | false }

const phoneIn = (text: string): string | false => {
  const [, label = '', rest = ''] = /^(|[^\d+]*[^\d+a-z])([+\d][\d ()./-]*)\W*$/i.exec(text) ?? []
  return phoneShape.test(rest.replace(/[^\d+]/g, '')) && !saysTracking.test(label) && rest
}

const looksLikeAddress = /:\/|^[\w-]+(?:\.[\w-]+)+[/?#]/

/** The part of an address, however often it was encoded, that is most like a number: what is named one, or else has most digits. */
const pieceOfAddress = (address: string): Piece | undefined => {
  const text = address.replace(/%(?:25)*([2-7][\dA-F])/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
  const parts = text.split(/\.*[^\w.-]+|\.+$/)
  const rank = (part: string, name = ''): number => {
    const isNamed = namesNumber.test(name)
    if (!isNumber(part) || namesOther.test(name) || (phoneShape.test(part) && !isNamed)) return 0
    return (isNamed ? 100 : 0) + part.replace(/\D/g, '').length
  }
  return parts
    .map((part, index) => ({ text: part, rank: rank(part, parts[index - 1]), is: 'number' as const }))
    .filter((part) => part.rank)
    .sort((one, other) => other.rank - one.rank)[0]
}

const withDigits = /(?<![A-Z0-9-])(?=[A-Z-]*\d)[A-Z0-9-]+(?: (?=[A-Z-]*\d)[A-Z0-9-]+)*/g

const kindOf = (text: string, before: string): Piece['is'] => {
  const isTracking = saysTracking.test(before)
  if (isTracking && isNumber(text)) return 'number'
  if (phoneShape.test((before.endsWith('+') ? '+' : '') + text.replaceAll('-', ''))) return 'contact'
  if (saysOrder.test(before) && !isTracking) return 'order'
  return isNumber(text) && 'number'
}

/** What has digits, groups of one number together: `6321 4323 9945`, `HT 0000 0001`. */
const piecesOf = (typed: string): Piece[] => {
  const text = typed.replace(/^(?!NO|ID|JT|SF|PO|HP|WA)([A-Z]{2}) (?=\d)/, '$1').replace(/(\d) ([A-Z]{2})$/, '$1$2')
  return [...text.matchAll(withDigits)].flatMap(({ 0: run, index }) => {
    const before = text.slice(Math.max(0, index - 24), index)
    const groups = run.split(' ')
    const whole = groups.filter((group) => group.length >= 8)
    return (whole[0] ? whole : [groups.join('')]).map((piece) => ({ text: piece, is: kindOf(piece, before) }))
  })
}

/** Reads what stands in the search. What is no tracking number must not be put into an address: it may be a phone number. */
export const readSearch = (typed: string): Searched => {
  const text = fold(typed.slice(0, 1_000))
  const upper = text.toUpperCase()
  const isAddress = looksLikeAddress.test(text)
  const pieces = isAddress ? [pieceOfAddress(upper)] : piecesOf(upper)
  const find = (kind: Piece['is']) => pieces.find((piece) => piece?.is === kind)?.text
  let contact = isAddress ? '' : (/\S+@\S+/.exec(text)?.[0] ?? phoneIn(text))
  const number = find('number')
  if (number && !contact) return { kind: 'number', number }
  contact ||= find('contact') ?? ''
  if (contact) return { kind: 'notice', notice: 'looks_like_contact', typed: { contact } }
  const whole = text.replace(/^no\W+|[\s.,;]+$/gi, '')
  const order = find('order') ?? (orderShape.test(whole.toUpperCase().replaceAll(' ', '')) && whole)
  return order
    ? { kind: 'notice', notice: 'looks_like_order', typed: { order } }
    : { kind: 'notice', notice: 'wrong_shape', typed: { number: text } }
}

/** The same of an address or a shop's attribute, where a number that looks like a phone is one. */
export const readGiven = (given: string): Searched => {
  const number = fold(given).toUpperCase()
  return isNumber(number) ? { kind: 'number', number } : readSearch(given)
}

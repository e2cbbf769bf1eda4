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

const saysTracking =
  /(?:TRACK|TRACE|AWB|CONS|CONNOTE|SHIP|WAYBILL|PARCEL|BARCODE|JEJAK|运单|快递|(?<!订)单号)\D{0,12}$/i
const saysOrder = /(?:ORDER|PESANAN|INVOICE|订单|#)\D{0,12}$/i

const isNumber = (text: string): boolean => numberShape.test(text) && !orderShape.test(text)

const phoneIn = (text: string): string | undefined => {
  const [, label = '', rest = ''] = /^(|[^\d+]*[^\d+A-Za-z])([+\d][\d ()./-]*)\W*$/.exec(text) ?? []
  return phoneShape.test(rest.replace(/[^\d+]/g, '')) && !saysTracking.test(label) ? rest : undefined
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const looksLikeAddress = /:\/|^[\w-]+(?:\.[\w-]+)+[/?#]/
const namesNumber = /track|trace|awb|cons|connote|ship|waybill|parcel|barcode|^(?:t|id|nos?|num|number|code|q|cn)$/i
const namesOther = /^(?:k|lang|shop|order\w*|phone|tel|mobile|token|hash|h|sig|ref|sid|utm\w*|\w+clid|_\w+)$/i

/** The part of an address that is most like a number: what names itself one, or else has most digits. */
const numberInAddress = (text: string): string | undefined => {
  const parts = decoded(decoded(text)).split(/\.*[^\w.-]+|\.+$/)
  const rated = parts.map((part, index) => {
    const name = parts[index - 1] ?? ''
    const isNamed = namesNumber.test(name)
    const isOne = isNumber(part.toUpperCase()) && !namesOther.test(name) && (isNamed || !phoneShape.test(part))
    return { part, rank: isOne ? (isNamed ? 100 : 0) + part.replace(/\D/g, '').length : 0 }
  })
  const best = rated.reduce((one, other) => (other.rank > one.rank ? other : one), { part: '', rank: 0 })
  return best.part.toUpperCase() || undefined
}

const postal = /\b[A-Z]{2} ?(?:\d ?){9}[A-Z]{2}\b/
const inGroups = /^(?!(?:NO|ID|JT|SF|PO|HP|WA) )[A-Z]{1,2}(?: (?=[A-Z]*\d)[A-Z0-9]+)+(?: [A-Z]{2})?$/
const withDigits = /(?<![A-Z0-9-])(?=[A-Z-]*\d)[A-Z0-9-]+(?: (?=[A-Z-]*\d)[A-Z0-9-]+)*/g

type Piece = { text: string; is: 'number' | 'order' | 'contact' | null }

const kindOf = (text: string, before: string): Piece['is'] => {
  const isTracking = saysTracking.test(before)
  if (isTracking && isNumber(text)) return 'number'
  if (phoneShape.test((before.endsWith('+') ? '+' : '') + text.replaceAll('-', ''))) return 'contact'
  if (saysOrder.test(before) && !isTracking) return 'order'
  return isNumber(text) ? 'number' : null
}

/** What has digits, groups of one number together: `6321 4323 9945`. */
const piecesOf = (text: string): Piece[] =>
  [...text.matchAll(withDigits)].flatMap(({ 0: run, index }) => {
    const before = text.slice(Math.max(0, index - 24), index)
    const groups = run.split(' ')
    const whole = groups.filter((group) => group.length >= 8)
    return (whole.length > 0 ? whole : [groups.join('')]).map((piece) => ({ text: piece, is: kindOf(piece, before) }))
  })

const notice = (kind: (Searched & { kind: 'notice' })['notice'], typed: Typed): Searched => ({
  kind: 'notice',
  notice: kind,
  typed,
})

/** Reads what stands in the search. What is no tracking number must not be put into an address: it may be a phone number. */
export const readSearch = (typed: string): Searched => {
  const text = fold(typed.slice(0, 1_000))
  const upper = text.toUpperCase()
  const isAddress = looksLikeAddress.test(text)
  const contact = isAddress ? undefined : (/\S+@\S+/.exec(text)?.[0] ?? phoneIn(text))
  if (contact) return notice('looks_like_contact', { contact })
  const pieces = isAddress ? [] : piecesOf(upper)
  const number = isAddress
    ? numberInAddress(text)
    : ((inGroups.exec(upper) ?? postal.exec(upper))?.[0].replaceAll(' ', '') ??
      pieces.find(({ is }) => is === 'number')?.text)
  if (number && isNumber(number)) return { kind: 'number', number }
  const rest = pieces.find(({ is }) => is !== null)
  if (rest?.is === 'contact') return notice('looks_like_contact', { contact: rest.text })
  const whole = text.replace(/^no\W+|[\s.,;]+$/gi, '')
  const order = rest?.text ?? (orderShape.test(whole.toUpperCase().replaceAll(' ', '')) && whole)
  return order ? notice('looks_like_order', { order }) : notice('wrong_shape', { number: text })
}

/** The same of an address or a shop's attribute, where a number that looks like a phone is one. */
export const readGiven = (given: string): Searched => {
  const number = fold(given).toUpperCase()
  return isNumber(number) ? { kind: 'number', number } : readSearch(given)
}

import { z } from 'zod'
import { foldDashes, foldTyped, isShortened, unwrapNumber } from './fold-typed.ts'

const numberShape = /^(?=.*\d)[A-Z0-9][A-Z0-9-]{5,34}$/
const severalShape = /^(?=.*\d)[A-Z0-9][A-Z0-9-]{7,34}$/
const cellMax = 1_000

/** EasyParcel's other ids, which people paste by mistake (docs/easyparcel.md). First match wins. */
const otherIds = [
  { shape: /^ES-/, is: 'an EasyParcel shipment number' },
  { shape: /^EI-/, is: 'an EasyParcel order number' },
  { shape: /^EP-CR/, is: 'an EasyParcel courier id' },
  { shape: /^EP-CS/, is: 'an EasyParcel service id' },
  { shape: /^EP-/, is: 'an EasyParcel parcel number' },
  { shape: /^EO?D-\d/, is: 'an EasyParcel on-demand booking number' },
] as const

const labels = [
  '(?:TRACKING|TRACK|SHIPPING|AWB|AIR ?WAY ?BILL|WAY ?BILL|CONSIGNMENT|CONNOTE|PENJEJAKAN|KONSAINAN|RESI|COURIER|KURIER|PARCEL)(?:[ .:]*(?:NO|NUMBER|NOTE|ID|CODE|NUM))*',
  'NO(?:MBOR)?(?: (?:TRACKING|AWB|PENJEJAKAN|KONSAINAN|RESI))+',
  'NO(?:MBOR)?(?=[.:\\s])',
  'TN|REF|VIA',
]
const couriers = [
  'POS ?LAJU',
  'POS(?: MALAYSIA)?',
  'J ?& ?T(?: EXPRESS| CARGO)?',
  'JNT(?: EXPRESS)?',
  'DHL(?: ?E ?-?COMMERCE| EXPRESS)?',
  'NINJA ?VAN',
  'CITY[ -]?LINK(?: EXPRESS)?',
  'GDEX',
  'GD EXPRESS',
  'SKYNET(?: EXPRESS)?',
  'ABX(?: EXPRESS)?',
  'ARAMEX',
  'FEDEX',
  'UPS',
  'TNT',
  'S\\.?F\\.? EXPRESS',
  'BEST EXPRESS',
  'FLASH(?: EXPRESS)?',
  'SHOPEE(?: ?E?XPRESS)?',
  'SPX(?: EXPRESS)?',
  'LAZADA(?: EXPRESS)?',
  'LEX MY',
  'KERRY(?: EXPRESS)?',
  'KEX',
  'NATIONWIDE(?: EXPRESS)?',
  'PGEON',
  'LINE ?CLEAR(?: EXPRESS)?',
  'TEAM2U',
  'EASY ?PARCEL',
]
const quiet = '[\\s:;,.#"\'`()\\[\\]<>]'
const chinese = '(?:\u5feb\u9012|\u8fd0\u5355|\u7269\u6d41)?(?:\u5355\u53f7|\u53f7)|\u5feb\u9012|\u8fd0\u5355'
/** A label or a courier's name is one before a space, a colon, the end: `SPXMY…`, `TNT-1…` begin a number. */
const word = `(?:${[...labels, ...couriers].join('|')})(?![\\w&]|-\\S)`
const before = new RegExp(`^(?:${quiet}|${word}(?:\\s*[-=]+)?|${chinese})+`)
const behind = new RegExp(
  `(?:${quiet}(?:${quiet}|-)*(?:(?:VIA|BY|WITH|MELALUI)\\s+)?(?:${couriers.join('|')}))?${quiet}*$`,
)

const notes =
  /\b(?:NOT? (?:YET )?(?:AVAILABLE|READY|TRACKING|AWB)|N\/A|SELF[ -]?(?:PICK[ -]?UP|COLLECT\w*)|PICK[ -]?UP|PENDING|TB[ACD]|TO BE \w+|TIADA|BELUM|CANCELL?ED|BATAL|WALK[ -]?IN|HAND DELIVER\w*|COLLECT(?:ED|ION)?|NONE|NULL|UNKNOWN|AMBIL SENDIRI)\b/

const shortened =
  'A spreadsheet has shortened this tracking number and its digits are lost. Format the column as text, enter the full number again and export the file once more.'
const shapeProblem = 'A tracking number has 6 to 35 letters, digits and dashes, and starts with a letter or digit.'
const isNote =
  'This is a note and not a tracking number, which has at least one digit. Leave the parcel out until it has its number.'

const apartProblem =
  'These are several tracking numbers that cannot be told apart. Write each whole, with a comma or a line end between them.'
const dayOrPhone =
  'This is a date or a phone number and not a tracking number. Leave the parcel out until it has its number.'

const day = /^(?:(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}|[0-3]?\d([-/.])[01]?\d\2(?:(?:19|20)?\d\d))(?![\dA-SU-Z-])/
const phoneWithSigns =
  /^(?:\+[\d\s()-]{8,}|\(?(?:60[ -]?)?0?1?\d{1,2}\)?\s*-\s*\d{3,4}[ -]?\d{4}|\(?0\d{1,2}\)?[ -]\d{3,4}[ -]?\d{3,4})$/
const isDayOrPhone = (text: string): boolean =>
  day.test(text) || (phoneWithSigns.test(text) && /^(?:\+|\(?(?:60|0)\d)/.test(text))

const postal = /[A-Z]{2}\d{9}[A-Z]{2}/g
/** Numbers that begin with letters of their courier, which people set apart with a blank: these letters are no word of a note. */
const lettered = /^(?:JT\d{10}|JT\d{12}|PL\d{12}|SPXMY\d{10,12}[A-Z]?|NV[A-Z]{2,7}\d{9}|EPSAMPLE\d{13})$/
const alike = /^(\d{8,}|[A-Z]{2}\d{9}[A-Z]{2})-(?:\d{8,}|[A-Z]{2}\d{9}[A-Z]{2})$/
/** Two numbers that a blank or a dash has made one. */
const isGlued = (number: string): boolean =>
  alike.test(number) || /^\d{23,}$/.test(number) || (number.match(postal)?.length ?? 0) > 1

const problemWith = (number: string): string | null => {
  if (number === '') return 'The tracking number is empty.'
  if (isShortened(number)) return shortened
  if (notes.test(number)) return isNote
  if (isDayOrPhone(number)) return dayOrPhone
  if (isGlued(number)) return apartProblem
  const other = otherIds.find(({ shape }) => shape.test(number))
  if (other) return `This is ${other.is}. Use the tracking number (AWB) printed on the courier label instead.`
  if (numberShape.test(number)) return null
  return /\d/.test(number) ? shapeProblem : isNote
}

export type ReadTrackingNumbers = { numbers: string[]; problem?: never } | { numbers: []; problem: string }

const strip = (text: string): string => unwrapNumber(text.replace(before, '').replace(behind, ''))

const between = /[\n\r,;|/+\u3001]|(?<!J ?)&|\s(?:AND|DAN|OR|ATAU)\s|\u548c/

/** The numbers of one part: several whole ones with blanks between them, or one with blanks inside. A word beside them makes it a note. */
const readPart = (part: string): ReadTrackingNumbers => {
  const pieces = part.split(/\s+/)
  const whole = pieces.filter((piece) => severalShape.test(piece))
  if (whole.length > 1 && whole.length < pieces.length) return { numbers: [], problem: apartProblem }
  const numbers = whole.length > 1 ? [...new Set(whole)] : [pieces.join('')]
  const isWhole = numbers[0]!.replace(postal, '') === '' || lettered.test(numbers[0]!)
  if (!isWhole && pieces.some((piece) => /^\p{L}{2,}[.:]?$/u.test(piece))) return { numbers: [], problem: isNote }
  const problem = isDayOrPhone(part) ? dayOrPhone : numbers.map(problemWith).find((found) => found !== null)
  return problem ? { numbers: [], problem } : { numbers }
}

/**
 * The tracking numbers in a cell or in what someone typed, in one spelling: a label or a courier's name around them is taken off, spaces
 * inside one number go, and several numbers stay several. Else one sentence for the person who wrote it.
 */
export const readTrackingNumbers = (cell: string): ReadTrackingNumbers => {
  if (cell.length > cellMax) return { numbers: [], problem: shapeProblem }
  const text = unwrapNumber(foldDashes(foldTyped(cell)).toUpperCase())
  const whole = strip(text) || text
  const problem = [notes.test(text) && isNote, isShortened(whole) && shortened, isDayOrPhone(whole) && dayOrPhone].find(
    Boolean,
  )
  if (problem) return { numbers: [], problem }
  const parts = text.split(between).map(strip).filter(Boolean)
  if (parts.length < 2) return readPart(parts[0] ?? whole)
  const read = parts.map(readPart)
  const numbers = read.flatMap((part) => part.numbers)
  const refused = read.find((part) => part.problem === isNote || part.problem === dayOrPhone)
  if (refused) return refused
  return read.every((part) => !part.problem) && numbers.every((number) => severalShape.test(number))
    ? { numbers: [...new Set(numbers)] }
    : { numbers: [], problem: apartProblem }
}

const onlyOne = 'These are several tracking numbers; give one at a time.'

const notText = (input: unknown): string =>
  typeof input === 'number' || typeof input === 'bigint'
    ? 'Send the tracking number as text in quotes: a number loses leading zeros and every digit after the sixteenth.'
    : 'The tracking number is missing or is not text.'

/** One or several tracking numbers (AWB) in one cell, always text. A JSON number is refused because numbers lose digits. */
export const trackingNumbers = z.string({ error: ({ input }) => notText(input) }).transform((typed, ctx): string[] => {
  const { numbers, problem } = readTrackingNumbers(typed)
  if (problem) ctx.issues.push({ code: 'custom', input: typed, message: problem })
  return numbers
})

/** A courier's tracking number (AWB), always text, in one spelling. */
export const trackingNumber = z
  .string({ error: ({ input }) => notText(input) })
  .max(300, { error: 'A tracking number has 6 to 35 letters, digits and dashes.', abort: true })
  .overwrite((typed) => readTrackingNumbers(typed).numbers.join(' ') || foldTyped(typed))
  .check((ctx) => {
    const { numbers, problem } = readTrackingNumbers(ctx.value)
    const message = problem ?? (numbers.length > 1 ? onlyOne : null)
    if (message) ctx.issues.push({ code: 'custom', input: ctx.value, message })
  })
  .meta({ description: 'Tracking number (AWB) as printed on the courier label', examples: ['632143239945'] })

export type ParsedTrackingNumber = { ok: true; trackingNumber: string } | { ok: false; problem: string }

/** The number in one spelling, or one sentence for the person who typed it. */
export const parseTrackingNumber = (input: unknown): ParsedTrackingNumber => {
  const parsed = trackingNumber.safeParse(input)
  if (parsed.success) return { ok: true, trackingNumber: parsed.data }
  return { ok: false, problem: parsed.error.issues[0]?.message ?? 'This is not a tracking number.' }
}

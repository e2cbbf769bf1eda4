import { z } from 'zod'

const numberShape = /^[A-Z0-9][A-Z0-9-]{5,34}$/
const shortenedBySpreadsheet = /^\d(?:[.,]\d+)?E\+?\d{1,3}$/
const spaces = /[\s\u200B-\u200D\u2060]+/g

/** EasyParcel's other ids, which people paste by mistake (easyparcel-api.md §11). First match wins. */
const otherIds = [
  { shape: /^ES-/, is: 'an EasyParcel shipment number' },
  { shape: /^EI-/, is: 'an EasyParcel order number' },
  { shape: /^EP-CR/, is: 'an EasyParcel courier id' },
  { shape: /^EP-CS/, is: 'an EasyParcel service id' },
  { shape: /^EP-/, is: 'an EasyParcel parcel number' },
  { shape: /^EO?D-\d/, is: 'an EasyParcel on-demand booking number' },
] as const

const normalise = (raw: string): string => raw.replace(spaces, '').toUpperCase()

const problemWith = (normalised: string): string | null => {
  if (normalised === '') return 'The tracking number is empty.'
  if (shortenedBySpreadsheet.test(normalised))
    return 'A spreadsheet has shortened this tracking number and its digits are lost. Format the column as text, enter the full number again and export the file once more.'
  const other = otherIds.find(({ shape }) => shape.test(normalised))
  if (other) return `This is ${other.is}. Use the tracking number (AWB) printed on the courier label instead.`
  if (!numberShape.test(normalised))
    return 'A tracking number has 6 to 35 letters, digits and dashes, and starts with a letter or digit.'
  return null
}

/** A courier's tracking number (AWB), always text: spaces removed, upper case. A JSON number is refused because numbers lose digits. */
export const trackingNumber = z
  .string({
    error: ({ input }) =>
      typeof input === 'number' || typeof input === 'bigint'
        ? 'Send the tracking number as text in quotes: a number loses leading zeros and every digit after the sixteenth.'
        : 'The tracking number is missing or is not text.',
  })
  .max(100, { error: 'A tracking number has 6 to 35 letters, digits and dashes.', abort: true })
  .overwrite(normalise)
  .check((ctx) => {
    const problem = problemWith(ctx.value)
    if (problem) ctx.issues.push({ code: 'custom', input: ctx.value, message: problem })
  })
  .meta({ description: 'Tracking number (AWB) as printed on the courier label', examples: ['632143239945'] })

export type ParsedTrackingNumber = { ok: true; trackingNumber: string } | { ok: false; problem: string }

/** The normalised number, or one sentence for the person who typed it. */
export const parseTrackingNumber = (input: unknown): ParsedTrackingNumber => {
  const parsed = trackingNumber.safeParse(input)
  if (parsed.success) return { ok: true, trackingNumber: parsed.data }
  return { ok: false, problem: parsed.error.issues[0]?.message ?? 'This is not a tracking number.' }
}

import { foldDashes, foldTyped, isShortened, unwrapNumber } from './fold-typed.ts'
import { line } from './line.ts'

const label =
  /^(?:["'([#:. !]|YOUR(?= ORDER)|(?:ORDER|PESANAN|TEMPAHAN)(?![A-Z_-])|(?:NOMBOR|NUMBER|NO|ID|REF|REFERENCE)(?![A-Z0-9_-])|(?:\u8ba2\u5355|\u8a02\u55ae)(?:\u7f16\u53f7|\u7de8\u865f|\u53f7|\u865f)?)*/
const tail = `.,;:!)]"' \``

/** A regular expression would look at each of these signs again for each of them. */
const withoutTail = (text: string): string => {
  let end = text.length
  while (end > 0 && tail.includes(text[end - 1]!)) end--
  return text.slice(0, end)
}

/**
 * One spelling of an order number: without the `#`, "Order" or "No." before it and the full stop behind it, in capitals (A to Z). Look-ups
 * find, lists filter, and limits and locks count, by this alone. The database's `fold_order_number` is its twin for rows of old.
 */
export const foldOrderNumber = (typed: string): string => {
  const text = foldDashes(foldTyped(typed))
    .replace(/[\t-\r ]+/g, ' ')
    .replace(/^ | $/g, '')
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
  return withoutTail(text.replace(label, '')) || text
}

const shortened =
  'A spreadsheet has shortened this order number and its digits are lost. Format the column as text, enter the full number again and export the file once more.'

/** An order number as its shop writes it. */
export const orderNumber = line(100)
  .overwrite(unwrapNumber)
  .refine((text) => !isShortened(text), shortened)
  .meta({ examples: ['1001'] })

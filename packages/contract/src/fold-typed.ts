/**
 * One spelling for what people type, paste and export: full-width characters become plain ones, a numero sign is a `#`, and marks that no one sees (zero-width
 * spaces, writing directions, soft hyphens, byte order marks) go. Everything that reads numbers, orders and contacts begins here.
 */
export const foldTyped = (typed: string): string =>
  typed
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replaceAll('\u2116', '#')
    .normalize('NFKC')
    .trim()

/** The dashes that editors and phones put in place of the one on the keyboard. */
export const foldDashes = (folded: string): string => folded.replace(/[\u2010-\u2015\u2212]/g, '-')

/** How programs and spreadsheets write a long number that they cannot hold: its digits are lost. */
export const isShortened = (folded: string): boolean => /^\d(?:[.,]\d+)?E\+?\d{1,3}$/i.test(folded)

/** Whether a number ends as those do that a spreadsheet has cut after their fifteenth digit. */
export const endsInZeros = (folded: string): boolean => /^\d{15}0+$/.test(folded)

/** What spreadsheets put around a number so that it stays text, and the `.0` they put behind it. */
export const unwrapNumber = (folded: string): string =>
  folded
    .replace(/^="?([^"]*)"?$/, '$1')
    .replace(/^'/, '')
    .replace(/^(\+?\d{1,15})\.0+$/, '$1')

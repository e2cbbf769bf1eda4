import type { OwnTextRow } from '@jejak/db'

/** What goes into a change of Jejak itself: rows of its collection of texts, and lines for its readings. */
export type TextExport = { corpusRows: string[]; readingLines: string[] }

const languageOf = (text: string): string => {
  if (/\p{Script=Han}/u.test(text)) return 'zh'
  return /\b(?:telah|sedang|akan|untuk|dalam|penghantaran|bungkusan|tidak|belum|dihantar|diterima)\b/.test(text)
    ? 'ms'
    : 'en'
}

/** Texts as docs/how-to-add.md wants them: a row for the collection, and the meaning that the words of the text must come to have. */
export const exportTexts = (texts: readonly OwnTextRow[]): TextExport => ({
  corpusRows: texts.map(({ text, status }) =>
    [text, languageOf(text), 'other', status, 'an installation of Jejak', 'judgement'].join('\t'),
  ),
  readingLines: texts.map(
    ({ text, status, substatus }) =>
      `['${[status, substatus].filter(Boolean).join(' ')}', '…', '', ${JSON.stringify(text)}],`,
  ),
})

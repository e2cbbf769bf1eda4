import { foldText } from '../texts/fold-text.ts'
import {
  createFinders,
  createReader,
  readText,
  type TextReading,
  type Vocabulary,
  vocabulary,
} from '../texts/read-text.ts'
import { type ReadingLine, readingLines } from '../texts/text-readings.ts'
import type { CourierText } from './courier-texts.ts'

/** The one source whose texts show it, where no other source does. */
type OnlySource = string | null

/** Of each word of the vocabulary, the only source of the texts it is found in: for all we know, it was written from those texts. */
const onlySourcesOfWords = (corpus: readonly CourierText[]): Map<string, OnlySource> => {
  const folded = corpus.map(({ text, source }) => ({ text: foldText(text), source }))
  const words = Object.entries(vocabulary).flatMap(([concept, list]) =>
    list.map((word) => [`${concept}: ${word}`, word]),
  )
  const findersOf = createFinders({ ...vocabulary, ...Object.fromEntries(words.map(([key, word]) => [key, [word]])) })
  return new Map(
    words.map(([key = '']) => {
      const { latin, han } = findersOf([key])
      const shows = (text: string) => latin.test(text) || han.test(text)
      const first = folded.find(({ text }) => shows(text))?.source ?? null
      const another = folded.some(({ text, source }) => source !== first && shows(text))
      return [key, another ? null : first]
    }),
  )
}

const onlySourcesOfLines = (corpus: readonly CourierText[]): Map<ReadingLine, OnlySource> => {
  const read = corpus.flatMap(({ text, wanted, source }) => {
    const reading = readText(text)
    return reading?.status === wanted ? [{ line: reading.line, source }] : []
  })
  const sources = (line: ReadingLine) => [...new Set(read.filter((row) => row.line === line).map((row) => row.source))]
  return new Map(readingLines.map((line) => [line, sources(line).length === 1 ? (sources(line)[0] as string) : null]))
}

/**
 * What the reader makes of each text when every word and every line known from that text's source alone is switched off: how it reads a wording that it
 * has never met, as far as a test can tell.
 */
export const readUnseen = (corpus: readonly CourierText[]): Map<CourierText, TextReading | null> => {
  const words = onlySourcesOfWords(corpus)
  const lines = onlySourcesOfLines(corpus)
  const bySource = Map.groupBy(corpus, ({ source }) => source)
  return new Map(
    [...bySource].flatMap(([source, rows]) => {
      const known: Vocabulary = Object.fromEntries(
        Object.entries(vocabulary).map(([concept, list]) => [
          concept,
          list.filter((word) => words.get(`${concept}: ${word}`) !== source),
        ]),
      )
      const read = createReader(
        known,
        readingLines.filter((line) => lines.get(line) !== source),
      )
      return rows.map((row): [CourierText, TextReading | null] => [row, read(row.text)])
    }),
  )
}

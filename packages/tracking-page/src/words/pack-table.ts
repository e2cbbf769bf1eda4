import type { Word } from './en.ts'
import { table } from './table.ts'

/** The table as the widget's module: each word's name once, then the texts by language, which compresses well. Words of page and calendars stay out. */
export const packTable = (): string => {
  const words = (Object.keys(table.en) as Word[]).filter((word) => !/^(page|calendar)_/.test(word))
  const columns = Object.entries(table).map(([language, said]) => [language, words.map((word) => said[word]).join('|')])
  return `const words = '${words.join(' ')}'.split(' ')
const read = (column) => Object.fromEntries(column.split('|').map((text, index) => [words[index], text]))
export const table = Object.fromEntries(${JSON.stringify(columns)}.map(([language, column]) => [language, read(column)]))`
}

import { isLanguage, type Language, languages, type Substatus, type TrackingStatus } from '@jejak/contract'
import type { Word } from './en.ts'
import { table } from './table.ts'

export const isWord = (word: string): word is Word => word in table.en

type Filling = Record<string, string | number>

/** Says a word of the table in one language, with `{name}` filled in. */
export type Say = (word: Word, filling?: Filling) => string

/** The first wish that is offered (`zh-Hant-TW` counts as zh, `id` as ms), else what is offered first. */
export const pickLanguage = (
  wishes: readonly (string | null | undefined)[],
  offered: readonly Language[] = languages,
): Language => {
  for (const wish of wishes) {
    const tag = wish?.trim().toLowerCase().split(/[-_;]/)[0] ?? ''
    const language = tag === 'id' || tag === 'may' ? 'ms' : tag
    if (isLanguage(language) && offered.includes(language)) return language
  }
  return offered[0] ?? 'en'
}

export const createSay =
  (language: Language): Say =>
  (word, filling = {}) =>
    table[language][word].replace(/\{(\w+)\}/g, (whole, name: string) => String(filling[name] ?? whole))

/** What a customer reads for a status; the substatus if there is one. */
export const wordOf = ({ status, substatus }: { status: TrackingStatus; substatus: Substatus | null }): Word =>
  substatus ? `substatus_${substatus}` : `status_${status}`

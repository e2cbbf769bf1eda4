import type { Substatus, TrackingStatus } from '@jejak/contract'
import { table } from './table.ts'

export const languages = { en: 'English', ms: 'Bahasa Melayu', zh: '简体中文' } as const
export type Language = keyof typeof languages
export type Word = keyof typeof table
type Filling = Record<string, string | number>

/** Says a line of the table in one language, with `{name}` filled in. */
export type Say = (word: Word, filling?: Filling) => string

/** BCP 47 tags for dates and for `lang`. */
export const localeOf: Record<Language, string> = { en: 'en-GB', ms: 'ms-MY', zh: 'zh-CN' }

const isLanguage = (tag: string): tag is Language => Object.hasOwn(languages, tag)

/** The first wish we can speak (`zh-Hant-TW` counts as zh, `id` as ms), else English. */
export const pickLanguage = (wishes: readonly (string | null | undefined)[]): Language => {
  for (const wish of wishes) {
    const tag = wish?.trim().toLowerCase().split(/[-_;]/)[0] ?? ''
    if (isLanguage(tag)) return tag
    if (tag === 'id' || tag === 'may') return 'ms'
  }
  return 'en'
}

export const createSay =
  (language: Language): Say =>
  (word, filling = {}) =>
    table[word][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(filling[name] ?? whole))

/** What a customer reads for a status; the substatus if there is one. */
export const wordOf = ({ status, substatus }: { status: TrackingStatus; substatus: Substatus | null }): Word =>
  substatus ? `substatus_${substatus}` : `status_${status}`

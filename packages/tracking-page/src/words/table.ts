import type { Language } from '@jejak/contract'
import { en, type Words } from './en.ts'
import { ms } from './ms.ts'
import { zh } from './zh.ts'

/** The words of every language. */
export const table: Readonly<Record<Language, Words>> = { en, ms, zh }

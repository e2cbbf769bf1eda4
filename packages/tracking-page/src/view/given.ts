import type { Language } from '@jejak/contract'
import type { Times } from '../words/times.ts'
import type { Say } from '../words/words.ts'

/** What every part of a page or widget needs to speak; `api` is the address of the installation, empty on its own pages, `shop` the one that asks. */
export type Given = { say: Say; times: Times; now: Date; language: Language; api: string; shop: string | null }

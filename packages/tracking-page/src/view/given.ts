import type { Language } from '@jejak/contract'
import type { Html } from '../html.ts'
import type { Times } from '../words/times.ts'
import type { Say } from '../words/words.ts'

/** What every part of a page or widget needs; `api` is the address of the installation, empty on its own pages, `shop` the one that asks. */
export type Given = {
  html: Html
  say: Say
  times: Times
  now: Date
  language: Language
  api: string
  shop: string | null
}

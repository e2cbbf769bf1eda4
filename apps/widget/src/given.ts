import type { Language } from '@jejak/contract'
import type { Given } from '@jejak/tracking-page/view/given.ts'
import { createTimes } from '@jejak/tracking-page/words/times.ts'
import { createSay, pickLanguage } from '@jejak/tracking-page/words/words.ts'
import { html } from 'lit/html.js'
import { serverNow } from './api.ts'

/** The attribute's language, else `?lang=` of the page, else the browser's. */
const languageOfPage = (attribute: string | null): Language =>
  pickLanguage([attribute, new URLSearchParams(location.search).get('lang'), ...navigator.languages])

/** What templates need for one rendering; times are those of the reader's own zone. */
export const givenFor = (lang: string | null, { api, shop }: Pick<Given, 'api' | 'shop'>): Given => {
  const now = serverNow()
  const language = languageOfPage(lang)
  const times = createTimes({ language, timeZone: undefined, now })
  return { html, say: createSay(language), times, now, language, api, shop }
}

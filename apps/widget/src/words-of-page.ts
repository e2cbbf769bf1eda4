import type { Language } from '@jejak/contract'
import { createTimes } from '@jejak/tracking-page/words/times.ts'
import { createSay, pickLanguage } from '@jejak/tracking-page/words/words.ts'
import { serverNow } from './api.ts'
import type { Given } from './templates/given.ts'

/** The attribute's language, else `?lang=` of the page, else the browser's. */
export const languageOfPage = (attribute: string | null): Language =>
  pickLanguage([attribute, new URLSearchParams(location.search).get('lang'), ...navigator.languages])

/** Words and times for one rendering, in the reader's own time zone. */
export const givenFor = (language: Language): Omit<Given, 'api' | 'shop'> => {
  const now = serverNow()
  return { say: createSay(language), times: createTimes({ language, timeZone: undefined, now }), now, language }
}

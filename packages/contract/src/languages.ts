/** The languages that pages, calendars and the widget speak, first choice first. */
export const languages = ['en', 'ms', 'zh'] as const
export type Language = (typeof languages)[number]

export const isLanguage = (tag: string): tag is Language => (languages as readonly string[]).includes(tag)

/** Those of a shop's languages that we can speak, in its order; all where it names none. */
export const offeredLanguages = (wanted: readonly string[] = []): Language[] => {
  const offered = wanted.filter(isLanguage)
  return offered.length > 0 ? offered : [...languages]
}

/** What calendars say, one language a column: `{parcel}` is courier and tracking number, `{number}` the number alone. */
export const calendarWords = {
  en: {
    calendar: 'Parcel {number}',
    expected: 'Parcel expected: {parcel}',
    delivered: 'Parcel delivered: {parcel}',
    cancelled: 'Parcel not coming: {parcel}',
    details: 'Where it is now: {url}',
    demo: 'Demo, not a real parcel.',
  },
  ms: {
    calendar: 'Bungkusan {number}',
    expected: 'Bungkusan dijangka tiba: {parcel}',
    delivered: 'Bungkusan telah dihantar: {parcel}',
    cancelled: 'Bungkusan tidak akan tiba: {parcel}',
    details: 'Lokasi terkini: {url}',
    demo: 'Demo, bukan bungkusan sebenar.',
  },
  zh: {
    calendar: '包裹 {number}',
    expected: '包裹预计送达：{parcel}',
    delivered: '包裹已送达：{parcel}',
    cancelled: '包裹不会送达：{parcel}',
    details: '查看最新位置：{url}',
    demo: '演示，并非真实包裹。',
  },
} as const

export const calendarLanguages = ['en', 'ms', 'zh'] as const
export type CalendarLanguage = (typeof calendarLanguages)[number]
export type CalendarWord = keyof (typeof calendarWords)['en']

/** A sentence with its gaps filled. */
export const say = (language: CalendarLanguage, word: CalendarWord, gaps: Record<string, string>): string =>
  calendarWords[language][word].replace(/\{(\w+)\}/g, (_gap, name: string) => gaps[name] ?? '')

/** The languages that pages, calendars and the widget speak, first choice first. */
export const languages = ['en', 'ms', 'zh'] as const
export type Language = (typeof languages)[number]

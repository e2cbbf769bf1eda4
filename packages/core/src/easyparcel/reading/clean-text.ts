/**
 * An upstream text as it may be stored: without control characters (a line break becomes a space) and lone surrogates, which Postgres jsonb refuses,
 * trimmed, and cut to `charactersMax`.
 */
export const cleanText = (text: string, charactersMax: number): string =>
  text
    .replace(/[\t\n\r]+/g, ' ')
    .replace(/[\p{Cc}\p{Cs}]/gu, '')
    .trim()
    .slice(0, charactersMax)
    .replace(/\p{Cs}$/u, '')
    .trimEnd()

/** The form in which tracking numbers are compared: EasyParcel may echo them in another case or with spaces. */
export const numberKey = (trackingNumber: string): string => trackingNumber.replace(/\s+/g, '').toUpperCase()

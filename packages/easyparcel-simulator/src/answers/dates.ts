const klOffsetMs = 8 * 3_600_000

const naive = (at: Date, offsetMs: number) =>
  new Date(at.getTime() + offsetMs).toISOString().slice(0, 19).replace('T', ' ')

/** `YYYY-MM-DD HH:MM:SS` on a clock in Kuala Lumpur. */
export const naiveKualaLumpur = (at: Date): string => naive(at, klOffsetMs)

/** `YYYY-MM-DD HH:MM:SS` in UTC; only EasyParcel's own "Schedule In Arrangement" is written so. */
export const naiveUtc = (at: Date): string => naive(at, 0)

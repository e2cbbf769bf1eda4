import type { ToldScan } from '../easyparcel/client/easyparcel-client.ts'
import { meaningOf } from '../easyparcel/reading/meaning.ts'
import { createIsGone, type StoredScan } from './merge-scans.ts'

const gone = { status: 'unknown', substatus: null } as const

/**
 * The scans of a parcel as its row keeps them: JSON. For one release with what they mean today, which the release before reads as it stands; what was
 * taken back decides nothing there either.
 */
export const writeScans = (scans: readonly StoredScan[]): string => {
  const isGone = createIsGone(scans)
  return JSON.stringify(
    scans.map((scan) => {
      const { status, substatus } = isGone(scan) ? gone : meaningOf(scan)
      return { ...scan, status, substatus }
    }),
  )
}

/** The newest scan that has happened, or `since` when that is later. */
export const lastScanAt = (scans: readonly Pick<ToldScan, 'at'>[], { since, now }: { since: Date; now: Date }): Date =>
  new Date(
    scans
      .map(({ at }) => Date.parse(at))
      .reduce((last, ms) => (ms > last && ms <= now.getTime() ? ms : last), since.getTime()),
  )

type Stored = StoredScan & { status?: string; substatus?: string }

/** Reads what `writeScans` wrote, and what was written before: then the connection's API is the source, and the status read at that time is left out. */
export const readStoredScans = (stored: string, api: ToldScan['source']): StoredScan[] =>
  JSON.parse(stored).map((scan: Stored): StoredScan => {
    // Field by field, which is several times as fast as to leave two out.
    const { at, rawAt, zoneGuessed, code, text, location, source = api, position = 0, toldAt = '', wholeAt } = scan
    const told = { at, rawAt, zoneGuessed, code, text, location, source, position, toldAt }
    return wholeAt === undefined ? told : { ...told, wholeAt }
  })

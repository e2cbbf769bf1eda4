import type { ToldScan } from '../easyparcel/courier-source.ts'

/**
 * One telling of a scan, as its row keeps it: what was said, never what it means. `toldAt` is the database's instant of the answer that told it last, ''
 * for what was stored before answers were noted. `wholeAt` is that of the newest whole log whose oldest scan this was.
 */
export type StoredScan = ToldScan & { toldAt: string; wholeAt?: string }

/** The scans of a parcel as its row keeps them: JSON. */
export const writeScans = (scans: readonly StoredScan[]): string => JSON.stringify(scans)

type Stored = StoredScan & { status?: string; substatus?: string }

/** Reads what `writeScans` wrote, and what was written before: then the connection's API is the source, and the status read at that time is left out. */
export const readStoredScans = (stored: string, api: ToldScan['source']): StoredScan[] =>
  JSON.parse(stored).map(
    ({ status, substatus, source = api, position = 0, toldAt = '', ...scan }: Stored): StoredScan => ({
      ...scan,
      source,
      position,
      toldAt,
    }),
  )

import { listParcelsWithUnread, type ScanRow, type Sql } from '@jejak/db'
import { classifyScan } from '../easyparcel/reading/classify-scan.ts'
import { maskText, type OwnTexts, ownTexts } from '../easyparcel/texts/own-texts.ts'
import { mapInTurns } from '../in-turns.ts'
import { readStoredScans } from '../parcels/index.ts'
import { type Meant, readMeant } from './map-text.ts'

/** What saying so would change of stored scans: `moves` counts them by their status before and after, `pending → in_transit`. */
export type TextPreview = {
  text: string
  scans: number
  parcels: number
  moves: Record<string, number>
  /** Ids of parcels that have it. */
  examples: string[]
  /** Of how many parcels the scans were looked at; there may be more with this text. */
  lookedAt: number
}

const parcelsMax = 5_000
const examplesMax = 5

/** Counts what `mapText` would change, and changes nothing. Looks at parcels that have changed since the text was first seen, the newest first. */
export const previewText = async (sql: Sql, meant: Meant): Promise<TextPreview> => {
  const own = readMeant(meant)
  const candidate: OwnTexts = new Map([...ownTexts(), [own.text, own]])
  const rows = await listParcelsWithUnread(sql, { text: own.text, limit: parcelsMax })
  const preview: TextPreview = { text: own.text, scans: 0, parcels: 0, moves: {}, examples: [], lookedAt: rows.length }
  await mapInTurns(rows, (row) => addParcel(preview, row, candidate))
  return preview
}

const addParcel = (preview: TextPreview, { id, events, api }: ScanRow, candidate: OwnTexts): void => {
  const scans = readStoredScans(events, api).filter(({ text }) => maskText(text) === preview.text)
  if (scans.length === 0) return
  preview.parcels += 1
  preview.scans += scans.length
  if (preview.examples.length < examplesMax) preview.examples.push(id)
  for (const scan of scans) {
    const move = `${classifyScan(scan).status} → ${classifyScan(scan, candidate).status}`
    preview.moves[move] = (preview.moves[move] ?? 0) + 1
  }
}

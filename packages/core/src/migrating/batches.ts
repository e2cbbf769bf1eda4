import type { TrackingRegistration } from '@jejak/contract'
import { Refusal } from '../errors.ts'
import { nextTurn } from '../in-turns.ts'
import { mapRow, type OldEnd } from './map-row.ts'
import type { Mapping } from './mapping.ts'
import { countRow, type MigrationReport } from './migration-report.ts'
import type { Source } from './source.ts'

/** One number of a row, with its end where the old system tells one. */
export type OldParcel = { key: string; tracking: TrackingRegistration; end: OldEnd | null }

/** Rows that are taken in together: `position` is where they end. */
export type Batch = { parcels: OldParcel[]; position: string }

export const migrationBatch = 500

type Reading = {
  mapping: Mapping
  now: Date
  deleteMs: number
  rowsMax: number
  report: MigrationReport
  behind: string | null
}

/** Reads a source batch by batch, counting its rows in `report`; of each batch, what was counted before it is yielded is in it. */
export async function* readBatches(
  source: Source,
  { behind, report, rowsMax, ...reading }: Reading,
): AsyncGenerator<Batch> {
  const alike = new Set<string>()
  let batch: Batch = { parcels: [], position: behind ?? '' }
  let rows = 0
  for await (const { position, key, cells, problem } of source.readBehind(behind)) {
    if (report.rows >= rowsMax) throw tooManyRows(rowsMax)
    const mapped = cells
      ? mapRow(cells, { ...reading, alike })
      : ({ kind: 'unreadable', reason: problem ?? 'This row cannot be read.' } as const)
    countRow(report, { key, mapped })
    rows += 1
    batch.position = position
    if (mapped.kind === 'parcels')
      batch.parcels.push(...mapped.trackings.map((tracking) => ({ key, tracking, end: mapped.end })))
    if (rows % 100 === 0) await nextTurn()
    if (rows < migrationBatch && batch.parcels.length < migrationBatch) continue
    yield batch
    batch = { parcels: [], position }
    rows = 0
  }
  if (rows > 0) yield batch
}

export const tooManyRows = (rowsMax: number): Refusal =>
  new Refusal(
    'validation',
    `The source has more than ${rowsMax} rows: give a larger --max-rows, or read a part of them.`,
  )

import type { Cells } from './map-row.ts'

/** A row of another system. `position` is where a run goes on behind it, `key` how people find it there. */
export type SourceRow = { position: string; key: string; cells: Cells | null; problem?: string }

/** Rows of another system, in an order that stays. */
export type Source = {
  kind: 'postgres' | 'csv'
  /** Names what is read: the same rows in the same order, or the same table. */
  hash: string
  columns: readonly string[]
  /** How many rows there are; of a file about as many. */
  rows: number
  readBehind: (position: string | null) => AsyncIterable<SourceRow>
  close: () => Promise<void>
}

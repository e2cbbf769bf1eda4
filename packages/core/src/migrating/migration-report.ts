import type { MappedRow, RowNote } from './map-row.ts'

/** What became of rows for one reason, with the keys of the first ones. */
export type ReasonReport = {
  outcome: 'unreadable' | 'left_out' | 'warning'
  reason: string
  rows: number
  examples: { key: string; shape?: string }[]
}

/**
 * What a run, or a dry run, did. Rows are read, left out or unreadable; each number of a read one is new, joined what is here (another order, or a
 * contact), or was here already. Holds no personal data but the keys of rows.
 */
export type MigrationReport = {
  rows: number
  leftOut: number
  unreadable: number
  numbers: number
  created: number
  /** Of the new ones, those that come in as ended: no call is made for them. */
  ended: number
  joined: number
  here: number
  reasons: ReasonReport[]
  /** Statuses of the old system that the mapping does not name, with how many rows have them. */
  unknownStatuses: { word: string; rows: number }[]
}

const examplesMax = 5
const reasonsMax = 50
const wordsMax = 50

export const emptyReport = (): MigrationReport => ({
  ...{ rows: 0, leftOut: 0, unreadable: 0, numbers: 0, created: 0, ended: 0, joined: 0, here: 0 },
  ...{ reasons: [], unknownStatuses: [] },
})

const note = (report: MigrationReport, key: string, said: RowNote & Pick<ReasonReport, 'outcome'>): void => {
  const { outcome, reason, shape } = said
  let found = report.reasons.find((one) => one.outcome === outcome && one.reason === reason)
  if (!found && report.reasons.length < reasonsMax) {
    found = { outcome, reason, rows: 0, examples: [] }
    report.reasons.push(found)
  }
  if (!found) return
  found.rows += 1
  if (found.examples.length < examplesMax) found.examples.push({ key: key.slice(0, 60), ...(shape && { shape }) })
}

/** Counts a row as what it was read as; its numbers are counted once it is known what becomes of them. */
export const countRow = (report: MigrationReport, { key, mapped }: { key: string; mapped: MappedRow }): void => {
  report.rows += 1
  if (mapped.kind !== 'parcels') {
    report[mapped.kind === 'left_out' ? 'leftOut' : 'unreadable'] += 1
    note(report, key, { ...mapped, outcome: mapped.kind })
    return
  }
  for (const warning of mapped.warnings) note(report, key, { ...warning, outcome: 'warning' })
  if (mapped.unknownStatus === undefined) return
  const word = mapped.unknownStatus
  const found = report.unknownStatuses.find((one) => one.word === word)
  if (found) found.rows += 1
  else if (report.unknownStatuses.length < wordsMax) report.unknownStatuses.push({ word, rows: 1 })
}

export type NumberOutcome = 'created' | 'joined' | 'here'

export const countNumber = (
  report: MigrationReport,
  { outcome, isEnded }: { outcome: NumberOutcome; isEnded: boolean },
): void => {
  report.numbers += 1
  report[outcome] += 1
  if (outcome === 'created' && isEnded) report.ended += 1
}

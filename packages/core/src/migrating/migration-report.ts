import { type MappedRow, type RowNote, shapeOf } from './map-row.ts'

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
  unknownStatuses: UnknownStatus[]
}

/** `isForm`: `word` is only the form of what stands there, which may be someone's name or number. */
export type UnknownStatus = { word: string; rows: number; isForm?: true }

const examplesMax = 5
const reasonsMax = 50
// No system has more: it is the column of something else.
const wordsMax = 20
const formsMax = 50

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
  addStatus(report.unknownStatuses, { word: mapped.unknownStatus, rows: 1 })
  if (!report.unknownStatuses.every(isWord) || report.unknownStatuses.length > wordsMax)
    report.unknownStatuses = toForms(report.unknownStatuses)
}

const isWord = ({ word, isForm }: UnknownStatus): boolean =>
  !isForm && !word.includes('@') && word.replace(/\D/g, '').length < 6

const addStatus = (statuses: UnknownStatus[], { word, rows, isForm }: UnknownStatus): void => {
  const found = statuses.find((one) => one.word === word && one.isForm === isForm)
  if (found) found.rows += rows
  else if (statuses.length < formsMax) statuses.push({ word, rows, ...(isForm && { isForm }) })
}

const toForms = (statuses: readonly UnknownStatus[]): UnknownStatus[] => {
  const forms: UnknownStatus[] = []
  for (const { word, rows, isForm } of statuses)
    addStatus(forms, { word: isForm ? word : shapeOf(word), rows, isForm: true })
  return forms
}

/** What is kept of a report: nothing that a cell says. */
export const keptReport = (report: MigrationReport): MigrationReport => ({
  ...report,
  unknownStatuses: toForms(report.unknownStatuses),
})

export type NumberOutcome = 'created' | 'joined' | 'here'

export const countNumber = (
  report: MigrationReport,
  { outcome, isEnded }: { outcome: NumberOutcome; isEnded: boolean },
): void => {
  report.numbers += 1
  report[outcome] += 1
  if (outcome === 'created' && isEnded) report.ended += 1
}

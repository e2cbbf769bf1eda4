import { setImmediate } from 'node:timers/promises'
import {
  type ImportReport,
  importProblemsMax,
  isEmpty,
  readRegistration,
  type TrackingRegistration,
} from '@jejak/contract'
import { type Columns, isHeading, noColumnsSentence, readColumns, toRegistrationInput } from './csv-columns.ts'
import { CsvFileError, type CsvLimits, type CsvLine, linesBeforeHeadingMax, readCsvFile } from './csv-file.ts'
import type { Outcome } from './plan-registration.ts'
import { registerTrackings } from './register-trackings.ts'
import type { RegisteringDeps } from './registering-deps.ts'

const batchSize = 500
const linesAtOnce = 100

let lastTurn: Promise<unknown> = Promise.resolve()
/** Imports of one process take turns: however many run at once, everybody else waits for one of them. */
const nextTurn = (): Promise<unknown> => {
  lastTurn = lastTurn.then(() => setImmediate())
  return lastTurn
}

/** An import that ended before its file did. `report` tells what is saved; `cause` is what ended it. */
export class ImportStoppedError extends Error {
  readonly report: ImportReport
  constructor(report: ImportReport, cause: unknown) {
    const reason = cause instanceof CsvFileError ? cause.message : 'The import was cut off.'
    super(`${reason} ${savedSoFar(report)}`, { cause })
    this.report = report
  }
}

const savedSoFar = ({ created, renewed, exists, orderAdded, reopened, invalid }: ImportReport): string => {
  const [fresh, known] = [created + renewed, exists + orderAdded + reopened]
  return fresh + known + invalid === 0
    ? 'Nothing was saved.'
    : `Saved before that: ${fresh} new parcels; ${known} were there already, ${invalid} lines could not be read. Importing the file again is safe: what is saved stays as it is.`
}

const countOf = {
  ...{ created: 'created', exists: 'exists', order_added: 'orderAdded', renewed: 'renewed', reopened: 'reopened' },
} as const satisfies Record<Outcome, keyof ImportReport>

const emptyReport = (): ImportReport => ({
  ...{ lines: 0, created: 0, exists: 0, orderAdded: 0, renewed: 0, reopened: 0, invalid: 0 },
  ...{ ignoredColumns: [], problems: [], problemsLeftOut: 0, warnings: [], warningsLeftOut: 0 },
})

type Importing = { organizationId: string; connectionId: string; limits: CsvLimits }
type Batch = TrackingRegistration[]

/**
 * Registers the parcels of a CSV file as it arrives, 500 to a transaction, in bounded memory (the report aside). A bad line is reported and
 * spoils nothing. Throws `ImportStoppedError` when the file cannot be read on or a batch cannot be saved; what came before stays saved.
 */
export const importTrackings = async (
  deps: RegisteringDeps,
  file: AsyncIterable<Uint8Array>,
  importing: Importing,
): Promise<ImportReport> => {
  const report = emptyReport()
  const save = (batch: Batch) => saveBatch(deps, importing, batch, report)
  const alike = new Set<string>()
  const before: string[][] = []
  let columns: Columns | undefined
  let batch: Batch = []
  try {
    for await (const line of readCsvFile(file, importing.limits)) {
      if (line.cells.every(isEmpty)) continue
      if (columns === undefined) {
        before.push(line.cells)
        if (isHeading(line.cells)) columns = readColumns(line.cells)
        else if (before.length > linesBeforeHeadingMax) break
        report.ignoredColumns = columns?.ignored ?? []
        continue
      }
      if (report.lines >= importing.limits.linesMax)
        throw new CsvFileError('too_many_lines', `The file has more than ${importing.limits.linesMax} lines; split it.`)
      batch.push(...readLine(line, columns, report, alike))
      // Lines that save nothing would otherwise be read in one go, and everybody else of this process would wait.
      if (report.lines % linesAtOnce === 0) await nextTurn()
      if (batch.length < batchSize) continue
      const full = batch
      batch = []
      await save(full)
    }
    if (columns === undefined)
      throw new CsvFileError('no_columns', before[0] ? noColumnsSentence(before[0]) : 'The file is empty.')
    await save(batch)
    return report
  } catch (error) {
    const reason =
      error instanceof CsvFileError
        ? await save(batch).then(
            () => error,
            (failure: unknown) => failure,
          )
        : error
    throw new ImportStoppedError(report, reason)
  }
}

const readLine = ({ line, cells }: CsvLine, columns: Columns, report: ImportReport, alike: Set<string>): Batch => {
  report.lines += 1
  const read = readRegistration(toRegistrationInput(cells, columns), alike)
  if (read.problem) {
    report.invalid += 1
    const { errors = [], detail } = read.problem
    const problem = [...new Set(errors.map(({ message }) => message))].join(' ') || detail
    if (report.problems.length < importProblemsMax) report.problems.push({ line, problem })
    else report.problemsLeftOut += 1
    return []
  }
  for (const { path, message } of read.warnings)
    if (report.warnings.length < importProblemsMax) report.warnings.push({ line, warning: `${path}: ${message}` })
    else report.warningsLeftOut += 1
  return read.trackings
}

const saveBatch = async (
  deps: RegisteringDeps,
  { organizationId, connectionId }: Importing,
  trackings: Batch,
  report: ImportReport,
): Promise<void> => {
  if (trackings.length === 0) return
  for (const { outcome } of await registerTrackings(deps, { organizationId, connectionId, trackings }))
    report[countOf[outcome]] += 1
}

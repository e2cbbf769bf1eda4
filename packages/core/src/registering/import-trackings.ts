import {
  type ImportReport,
  importProblemsMax,
  isEmpty,
  readRegistration,
  type TrackingRegistration,
} from '@jejak/contract'
import type { Actor } from '../actor.ts'
import { nextTurn } from '../in-turns.ts'
import { type Columns, countHeadings, noColumnsSentence, readColumns, toRegistrationInput } from './csv-columns.ts'
import {
  CsvFileError,
  type CsvLimits,
  type CsvLine,
  hasSwallowedLines,
  linesBeforeHeadingMax,
  readCsvFile,
} from './csv-file.ts'
import type { Outcome } from './plan-registration.ts'
import { createPreview } from './preview-registrations.ts'
import { registerTrackings } from './register-trackings.ts'
import type { RegisteringDeps } from './registering-deps.ts'
import { withAccount } from './with-account.ts'

const batchSize = 500
const linesAtOnce = 100

/** An import that ended before its file did. `report` tells what is saved; `cause` is what ended it. */
export class ImportStoppedError extends Error {
  readonly report: ImportReport
  constructor(report: ImportReport, cause: unknown) {
    const reason = cause instanceof CsvFileError ? cause.message : 'The import was cut off.'
    super(report.dryRun ? reason : `${reason} ${savedSoFar(report)}`, { cause })
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

type Importing = {
  actor: Actor
  organizationId: string
  /** The account of lines that name none. */
  connectionId: string
  /** Those that lines may name. */
  accounts: readonly { id: string; name: string }[]
  limits: CsvLimits
  /** Only tells what would be done. */
  isDryRun?: boolean
  /** Asked before each batch; what it throws ends the import. */
  mayGoOn?: () => Promise<void>
}
type Batch = TrackingRegistration[]

/** Finds the heading, the one of the first lines that names most columns, and gives the lines behind it. */
async function* behindHeading(
  lines: AsyncGenerator<CsvLine>,
  begin: (heading: CsvLine, before: readonly CsvLine[]) => void,
): AsyncGenerator<CsvLine> {
  const first: CsvLine[] = []
  let failure: unknown
  try {
    for (let next = await lines.next(); !next.done; next = await lines.next()) {
      if (!next.value.cells.every(isEmpty)) first.push(next.value)
      if (first.length > linesBeforeHeadingMax) break
    }
  } catch (error) {
    failure = error
  }
  const counts = first.map(({ cells }) => countHeadings(cells))
  const most = Math.max(0, ...counts)
  const place = counts.indexOf(most)
  if (most === 0)
    throw failure ?? new CsvFileError('no_columns', first[0] ? noColumnsSentence(first[0].cells) : 'The file is empty.')
  begin(first[place]!, first.slice(0, place))
  yield* first.slice(place + 1)
  if (failure) throw failure
  for await (const line of lines) if (!line.cells.every(isEmpty)) yield line
}

/**
 * Registers the parcels of a CSV file as it arrives, 500 to a transaction, in bounded memory (the report aside). A bad line is reported and
 * spoils nothing. Throws `ImportStoppedError` when the file cannot be read on or a batch cannot be saved; what came before stays saved.
 */
export const importTrackings = async (
  deps: RegisteringDeps,
  { file, importing }: { file: AsyncIterable<Uint8Array>; importing: Importing },
): Promise<ImportReport> => {
  const report: ImportReport = { ...emptyReport(), ...(importing.isDryRun && { dryRun: true }) }
  const register = importing.isDryRun ? previewing(deps, importing) : registering(deps, importing)
  const save = (batch: Batch) => saveBatch(register, importing, batch, report)
  const alike = new Set<string>()
  let columns = readColumns([])
  let width = 0
  let batch: Batch = []
  const begin = (heading: CsvLine, before: readonly CsvLine[]) => {
    columns = readColumns(heading.cells)
    width = heading.cells.length
    report.ignoredColumns = columns.ignored
    for (const line of [...before, heading])
      if (hasSwallowedLines(line, { width })) refuseLine(report, line.from, unclosed(line))
  }
  try {
    for await (const line of behindHeading(readCsvFile(file, importing.limits), begin)) {
      if (report.lines >= importing.limits.linesMax)
        throw new CsvFileError('too_many_lines', `The file has more than ${importing.limits.linesMax} lines; split it.`)
      const isWhole = !hasSwallowedLines(line, { width, own: columns.fields.get('trackingNumber') })
      if (isWhole) batch.push(...readLine(line, { columns, accounts: importing.accounts, alike }, report))
      else {
        report.lines += 1
        refuseLine(report, line.from, unclosed(line))
      }
      // Lines that save nothing would otherwise be read in one go, and everyone else of this process would wait.
      if (report.lines % linesAtOnce === 0) await nextTurn()
      if (batch.length < batchSize) continue
      const full = batch
      batch = []
      await save(full)
    }
    if (report.lines === 0 && report.problems.length === 0)
      report.problems.push({ line: 1, problem: 'The file has a heading but no parcels below it.' })
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

const unclosed = ({ from, line }: CsvLine): string =>
  `Lines ${from} to ${line}: a quotation mark is opened and not closed, so these lines cannot be told apart. Remove it and import the file again.`

const refuseLine = (report: ImportReport, line: number, problem: string): void => {
  report.invalid += 1
  if (report.problems.length < importProblemsMax) report.problems.push({ line, problem })
  else report.problemsLeftOut += 1
}

type Reading = Pick<Importing, 'accounts'> & { columns: Columns; alike: Set<string> }

const readLine = ({ line, cells }: CsvLine, { columns, accounts, alike }: Reading, report: ImportReport): Batch => {
  report.lines += 1
  const read = withAccount(readRegistration(toRegistrationInput(cells, columns), alike), accounts)
  if (read.problem) {
    const { errors = [], detail } = read.problem
    refuseLine(report, line, [...new Set(errors.map(({ message }) => message))].join(' ') || detail)
    return []
  }
  for (const { path, message } of read.warnings)
    if (report.warnings.length < importProblemsMax) report.warnings.push({ line, warning: `${path}: ${message}` })
    else report.warningsLeftOut += 1
  return read.trackings
}

type Register = (trackings: Batch) => Promise<readonly { outcome: Outcome }[]>

const registering =
  (deps: RegisteringDeps, { actor, organizationId, connectionId }: Importing): Register =>
  (trackings) =>
    registerTrackings(deps, { act: 'parcels.imported', actor, organizationId, connectionId, trackings })

const previewing = (deps: RegisteringDeps, importing: Importing): Register => {
  const preview = createPreview(deps, importing)
  return async (trackings) => preview(trackings, await deps.clock(deps.db.ofShop(importing.organizationId).sql))
}

const saveBatch = async (
  register: Register,
  { mayGoOn }: Importing,
  trackings: Batch,
  report: ImportReport,
): Promise<void> => {
  if (trackings.length === 0) return
  await mayGoOn?.()
  for (const { outcome } of await register(trackings)) report[countOf[outcome]] += 1
}

import type { MigrationReport, MigrationView, UndoReport, VerifyReport } from '@jejak/core/migrating'
import { renderTable } from '../render-table.ts'

const count = (value: number): string => value.toLocaleString('en-GB')
const outcomes = { unreadable: 'cannot be read', left_out: 'left out', warning: 'read, but' } as const
const numbersInCall = 50

/** What a run did, or would do, for people. */
export const renderReport = (report: MigrationReport, { isDryRun }: { isDryRun: boolean }): string => {
  const checked = report.created - report.ended
  return [
    `Rows: ${count(report.rows)}; left out ${count(report.leftOut)}, unreadable ${count(report.unreadable)}.`,
    `Parcels in the others: ${count(report.numbers)}; new ${count(report.created)} (${count(report.ended)} of them over), joined ${count(report.joined)}, here already ${count(report.here)}.`,
    ...report.reasons.map(
      ({ outcome, reason, rows, examples }) =>
        `  ${count(rows)} ${outcomes[outcome]}: ${reason} For example ${examples.map(({ key, shape }) => (shape ? `${key} (${shape})` : key)).join(', ')}.`,
    ),
    ...report.unknownStatuses.map(({ word, rows, isForm }) =>
      isForm
        ? `  ${count(rows)} with a status of the form “${word}”, which the mapping does not name. Is this the column of the status?`
        : `  ${count(rows)} with the status “${word}”, which the mapping does not name.`,
    ),
    ...(isDryRun && checked > 0
      ? [`The first checks of ${count(checked)} parcels take about ${count(Math.ceil(checked / numbersInCall))} calls.`]
      : []),
    ...(isDryRun ? ['Nothing was written.'] : []),
  ].join('\n')
}

export const renderVerification = (report: VerifyReport): string =>
  [
    `Rows: ${count(report.rows)} now, ${count(report.rowsOfRun)} in run ${report.run}.`,
    `Parcels: ${count(report.found)} of ${count(report.numbers)} are here; orders: ${count(report.ordersFound)} of ${count(report.orders)}. ${count(report.sampled)} were compared field by field.`,
    ...report.differences.map(
      ({ what, rows, examples }) => `  ${count(rows)}: ${what}, for example ${examples.join(', ')}.`,
    ),
    report.isWhole ? 'No difference was found.' : 'There are differences.',
  ].join('\n')

export const renderUndo = (report: UndoReport): string =>
  [
    `Run ${report.run}, batches taken back: ${count(report.batches)}.`,
    `Removed: ${count(report.parcels)} parcels, ${count(report.orders)} orders and ${count(report.contacts)} contacts of other parcels.`,
    ...(report.keptParcels + report.keptOrders > 0
      ? [
          `Kept, since someone else has worked with them: ${count(report.keptParcels)} parcels, ${count(report.keptOrders)} orders or contacts.`,
        ]
      : []),
  ].join('\n')

export const renderRuns = (runs: readonly MigrationView[]): string =>
  runs.length === 0
    ? 'No old data has been brought along.'
    : renderTable(
        ['RUN', 'MAPPING', 'FROM', 'STATE', 'STARTED', 'ROWS', 'NEW', 'JOINED', 'HERE', 'UNREADABLE', 'BATCHES'],
        runs.map(({ run, mapping, source, state, startedAt, batches, report }) => [
          ...[run, mapping, source, state, startedAt],
          ...[report.rows, report.created, report.joined, report.here, report.unreadable, batches].map(String),
        ]),
      )

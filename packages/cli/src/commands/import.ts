import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ImportReport } from '@jejak/contract'
import { consoleActor } from '@jejak/core/audit'
import { readSecretKeys, requireKeys } from '@jejak/core/installing'
import { deriveContactKeys, ImportStoppedError, importTrackings } from '@jejak/core/registering'
import { listAccounts, readClock } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { type OpenedInstallation, withInstallation, withQueue } from '../open-installation.ts'
import { print } from '../print.ts'
import { showingProgress } from '../progress/import-progress.ts'
import { shopOption } from '../shop-option.ts'

export const importCommand = (context: CommandContext): Command =>
  new Command('import')
    .description('registers the parcels of a CSV file; exit code 1 if a line could not be read')
    .argument('<file>', '- for standard input; its first line names the columns: tracking_number, courier, email, …')
    .addOption(shopOption())
    .option('--dry-run', 'only tell what would be done', false)
    .option('--json', 'print the report as JSON', false)
    .addHelpText('after', '\nImporting a file again is safe: registered parcels stay as they are.')
    .action(async (file: string, { shop, json, dryRun }: { shop?: string; json: boolean; dryRun: boolean }) => {
      // npm runs us in a folder of its own and tells the caller's.
      const path = file === '-' ? undefined : resolve(context.env.INIT_CWD ?? '', file)
      const sizeBytes = path && (await sizeOf(path))
      await withInstallation({ ...context, shop }, async (opened) => {
        const input = path ? createReadStream(path) : process.stdin
        const bytes = sizeBytes ? showingProgress(input, { sizeBytes, out: process.stderr }) : input
        const report = await importFile(opened, { file: bytes, isDryRun: dryRun })
        print(renderReport(report), json && report)
        if (report.invalid > 0) process.exitCode = 1
      })
    })

/** Undefined for a pipe, which does not tell. */
const sizeOf = async (file: string): Promise<number | undefined> => {
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`The file ${file} cannot be read: ${cause.code ?? cause.message}.`, { cause })
  })
  if (found.isDirectory()) throw new CliError(`${file} is not a file.`)
  return found.isFile() ? found.size : undefined
}

const importFile = (
  opened: OpenedInstallation,
  { file, isDryRun }: { file: AsyncIterable<Uint8Array>; isDryRun: boolean },
) =>
  withQueue(opened, async (boss) => {
    const { config, db, isDemo, organizationId, connectionId, settings } = opened
    const secretKeys = readSecretKeys(config)
    await requireKeys(db.sql, secretKeys)
    const contactKeys = deriveContactKeys(secretKeys)
    const deps = { db, boss, clock: readClock, isDemo, contactKeys, registerDelayMs: settings.registerDelayMs }
    const limits = { bytesMax: config.http.importLimitBytes, linesMax: config.http.importLinesMax }
    const accounts = await listAccounts(db.ofShop(organizationId).sql, config.easyparcel.api)
    try {
      return await importTrackings(deps, {
        file,
        importing: { actor: consoleActor, organizationId, connectionId, accounts, limits, isDryRun },
      })
    } catch (error) {
      if (!(error instanceof ImportStoppedError)) throw error
      throw new CliError(error.message, { details: problemLines(error.report), cause: error })
    }
  })

const leftOut = (amount: number, what: string): string[] => (amount > 0 ? [`And ${amount} more ${what}.`] : [])

const problemLines = ({ problems, problemsLeftOut }: ImportReport): string[] => [
  ...problems.map(({ line, problem }) => `line ${line}: ${problem}`),
  ...leftOut(problemsLeftOut, 'lines that could not be read'),
]

const renderReport = (report: ImportReport): string =>
  [
    ...(report.dryRun ? ['Nothing is saved; this is what the file would do:'] : []),
    ...problemLines(report),
    ...report.warnings.map(({ line, warning }) => `line ${line}, registered: ${warning}`),
    ...leftOut(report.warningsLeftOut, 'warnings'),
    ...(report.ignoredColumns.length > 0 ? [`Unknown columns: ${report.ignoredColumns.join(', ')}.`] : []),
    `Lines: ${report.lines}; new: ${report.created}, known already: ${report.exists}, unreadable: ${report.invalid}.`,
    ...(report.orderAdded + report.renewed + report.reopened > 0
      ? [
          `Another order in a known parcel: ${report.orderAdded}; number used again: ${report.renewed}; asked about again: ${report.reopened}.`,
        ]
      : []),
  ].join('\n')

import { resolve } from 'node:path'
import { consoleActor as actor } from '@jejak/core/audit'
import { createCalendar } from '@jejak/core/checking'
import { readSecretKeys, requireKeys } from '@jejak/core/installing'
import {
  listMigrations,
  type Migrating,
  type MigratingDeps,
  previewMigration,
  runMigration,
  undoMigration,
  verifyMigration,
} from '@jejak/core/migrating'
import { CsvFileError, deriveContactKeys } from '@jejak/core/registering'
import { ForeignTableError, readClock } from '@jejak/db'
import { Command, InvalidArgumentError } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { askForUrl } from '../migrate-from/ask-for-url.ts'
import { openSource, readMappingFile } from '../migrate-from/open-source.ts'
import { renderReport, renderRuns, renderUndo, renderVerification } from '../migrate-from/render-migration.ts'
import { type OpenedInstallation, withInstallation, withQueue } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { rowProgress } from '../progress/row-progress.ts'
import { shopOption } from '../shop-option.ts'

type Options = {
  dryRun: boolean
  verify?: string
  undo?: string
  batch?: number
  list: boolean
  shop?: string
  urlEnv?: string
  urlFile?: string
  maxRows: number
  statementTimeout: number
  json: boolean
}

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 on.')
  return Number(text)
}
const runId = (text: string): string => String(wholeNumber(text))

export const migrateFromCommand = (context: CommandContext): Command =>
  new Command('migrate-from')
    .description(
      'brings orders and trackings of another system along, as a mapping file says; goes on where it was cut off',
    )
    .argument('[mapping]', 'the mapping, a JSON file')
    .option('--dry-run', 'only say what would happen', false)
    .option('--verify <run>', 'read the source again and compare it with what is here', runId)
    .option('--undo <run>', 'take back what a run made', runId)
    .option('--batch <number>', 'with --undo: only this batch', wholeNumber)
    .option('--list', 'list the runs', false)
    .addOption(shopOption())
    .option('--url-env <name>', 'the variable with the address of the database to read (MIGRATE_FROM_URL)')
    .option('--url-file <file>', 'a file with that address in its first line')
    .option('--max-rows <number>', 'refuse a source with more rows', wholeNumber, 1_000_000)
    .option('--statement-timeout <seconds>', 'how long a statement may run there', wholeNumber, 60)
    .option('--json', 'print the result as JSON', false)
    .addHelpText(
      'after',
      '\nRun it again at any time: what is here stays, and nothing comes twice. docs/moving-in.md tells the whole way.',
    )
    .action((mapping: string | undefined, options: Options) =>
      withInstallation({ ...context, shop: options.shop }, (opened) =>
        migrateFrom(context, { mapping, options, opened }),
      ),
    )

type Asked = { mapping: string | undefined; options: Options; opened: OpenedInstallation }

const migrateFrom = async (context: CommandContext, asked: Asked): Promise<void> => {
  const { mapping, options } = asked
  const verbs = [options.dryRun, options.verify, options.undo, options.list].filter(Boolean).length
  if (verbs > 1) throw new CliError('Give one of --dry-run, --verify, --undo and --list.', { exitCode: 2 })
  if (options.batch !== undefined && options.undo === undefined)
    throw new CliError('--batch needs --undo.', { exitCode: 2 })
  if (options.list) return list(asked)
  if (options.undo !== undefined) return undo(asked)
  if (mapping === undefined) throw new CliError('Name the file of the mapping.', { exitCode: 2 })
  await withQueue(asked.opened, async (boss) => {
    const { config, db, isDemo, settings } = asked.opened
    const secretKeys = readSecretKeys(config)
    await requireKeys(db.sql, secretKeys)
    const deps = {
      ...{ db, boss, clock: readClock, isDemo, contactKeys: deriveContactKeys(secretKeys) },
      ...{ registerDelayMs: settings.registerDelayMs, settings, calendar: createCalendar(settings) },
    }
    await fromSource(context, { ...asked, deps, mappingFile: resolve(context.env.INIT_CWD ?? '', mapping) })
  })
}

type FromSource = Asked & { deps: MigratingDeps; mappingFile: string }

const fromSource = async (
  { env }: CommandContext,
  { options, opened, deps, mappingFile }: FromSource,
): Promise<void> => {
  const { organizationId, connectionId, config, signal } = opened
  const mapping = await readMappingFile(mappingFile)
  const rowsMax = options.maxRows
  const url = () => askForUrl({ env, signal, urlEnv: options.urlEnv, urlFile: options.urlFile })
  const progress = rowProgress(process.stderr, 'rows')
  try {
    const source = await openSource({
      ...{ mapping, mappingFile, url, rowsMax, statementTimeoutMs: options.statementTimeout * 1000 },
    })
    try {
      await act(options, {
        deps,
        migrating: {
          ...{ actor, organizationId, connectionId, mapping, source, rowsMax, signal },
          deleteMs: config.retention.deleteMs,
          onProgress: ({ rows }) => progress.show(rows, source.rows),
        },
        endProgress: progress.end,
      })
    } finally {
      await source.close()
    }
  } catch (error) {
    progress.end()
    if (error instanceof ForeignTableError || error instanceof CsvFileError)
      throw new CliError(error.message, { cause: error })
    throw error
  }
}

type Acting = { deps: MigratingDeps; migrating: Migrating; endProgress: () => void }

const act = async ({ dryRun, verify, json }: Options, { deps, migrating, endProgress }: Acting): Promise<void> => {
  if (verify !== undefined) {
    const report = await verifyMigration(deps, { ...migrating, runId: verify })
    endProgress()
    print(renderVerification(report), json && report)
    if (!report.isWhole) process.exitCode = 1
    return
  }
  if (dryRun) {
    const report = await previewMigration(deps, migrating)
    endProgress()
    print(renderReport(report, { isDryRun: true }), json && { isDryRun: true, ...report })
    if (report.unreadable > 0) process.exitCode = 1
    return
  }
  const { run, isContinued, report } = await runMigration(deps, migrating)
  endProgress()
  print(renderReport(report, { isDryRun: false }), json && { isDryRun: false, run, isContinued, ...report })
  note(`This was run ${run}${isContinued ? ', which had been cut off' : ''}: --undo ${run} takes it back.`)
  if (report.unreadable > 0) process.exitCode = 1
}

const list = async ({ opened, options }: Asked): Promise<void> => {
  const runs = await listMigrations(opened, opened.organizationId)
  print(renderRuns(runs), options.json && runs)
}

const undo = async ({ opened, options: { undo, batch, json } }: Asked): Promise<void> => {
  const { db, config, organizationId, signal } = opened
  const progress = rowProgress(process.stderr, 'batches')
  const report = await undoMigration(
    { db, clock: readClock },
    {
      ...{ actor, organizationId, runId: undo!, logsMs: config.retention.logsMs, signal },
      ...(batch !== undefined && { batch }),
      onProgress: ({ batches, of }) => progress.show(batches, of),
    },
  )
  progress.end()
  print(renderUndo(report), json && report)
}

import { consoleActor, recordAct } from '@jejak/core/audit'
import { isReadByTodaysRules, previewReRead, type ReReadReport, reRead } from '@jejak/core/checking'
import { readSettings } from '@jejak/core/settings'
import { lastParcelId, readClock } from '@jejak/db'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { rowProgress } from '../progress/row-progress.ts'

export const reReadCommand = (context: CommandContext): Command =>
  new Command('re-read')
    .description('reads the stored scans of all parcels again by today’s rules, and shows what would change')
    .option('--dry-run', 'only say what would change (the default)')
    .option(
      '--apply',
      'change it: status, document and attention, in batches; workers do so by themselves after an upgrade',
      false,
    )
    .option('--json', 'print the result as JSON', false)
    .action(({ apply, dryRun, json }: { apply: boolean; dryRun?: boolean; json: boolean }) =>
      withInstallation(context, async ({ config, db, isDemo, signal }) => {
        const { settingsOf } = await readSettings({ sql: db.sql, config })
        const last = await lastParcelId(db.sql)
        const progress = rowProgress(process.stderr, 'parcels')
        const onRead = (id: number) => progress.show(id, last)
        const deps = { actor: consoleActor, db, clock: readClock, settingsOf, isDemo, onRead }
        const isDryRun = dryRun === true || !apply
        if (!isDryRun)
          await recordAct(db.sql, {
            act: 're_read.run',
            actor: consoleActor,
            organizationId: null,
            now: await readClock(db.sql),
          })
        const report = isDryRun ? await previewReRead(deps, signal) : await reRead(deps, signal)
        const isCurrent = isDryRun && (await isReadByTodaysRules(deps))
        progress.end()
        print(isCurrent ? renderCurrent(report!) : render(report, isDryRun), json && { isDryRun, ...report })
      }),
    )

const done = 'All parcels were read by these rules already: nothing to do.'

const renderCurrent = (report: ReReadReport): string =>
  report.parcels === 0
    ? done
    : `${tell(report, true)}\nA pass has read them by these rules already: consistency:verify --repair puts them right.`

const render = (report: ReReadReport | null, isDryRun: boolean): string => {
  if (report === null) return done
  return [tell(report, isDryRun), ...(isDryRun && report.parcels > 0 ? ['Add --apply to change it.'] : [])].join('\n')
}

const tell = ({ parcels, documents, statuses, moves, examples }: ReReadReport, isDryRun: boolean): string =>
  [
    `${isDryRun ? 'Would change' : 'Changed'}: parcels ${parcels}; documents ${documents}; statuses ${statuses}`,
    ...Object.entries(moves).map(([move, amount]) => `  ${move}: ${amount}`),
    ...examples.map(({ trackingNumber, differs }) => `  for example ${trackingNumber}: ${differs.join(', ')}`),
  ].join('\n')

import { type Substatus, substatus as substatusOf, type TrackingStatus, trackingStatuses } from '@jejak/contract'
import { consoleActor as actor } from '@jejak/core/audit'
import { exportTexts, mapText, previewText, type TextPreview, unmapText } from '@jejak/core/texts'
import { readClock as clock, listOwnTexts, listUnreadTexts } from '@jejak/db'
import { Argument, Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation, withQueue } from '../open-installation.ts'
import { print } from '../print.ts'
import { readId } from '../read-id.ts'
import { renderTable } from '../render-table.ts'

const unreadShown = 50

const listCommand = (context: CommandContext): Command =>
  new Command('texts:list')
    .description('shows the texts of couriers that no one could read, and those that this installation explains')
    .option('--json', 'print them as JSON', false)
    .action(({ json }: { json: boolean }) =>
      withInstallation(context, async ({ db }) => {
        const [unread, own] = await Promise.all([listUnreadTexts(db.sql, unreadShown), listOwnTexts(db.sql)])
        const text = [
          unread.length === 0
            ? 'Every text could be read.'
            : renderTable(
                ['Times', 'Shops', 'Parcels', 'Unread text'],
                unread.map(({ times, shops, examples, text }) => [
                  ...[String(times), String(shops), examples.join(' ') || '-', text],
                ]),
              ),
          ...(own.length === 0
            ? []
            : [
                renderTable(
                  ['Id', 'Means', 'Text'],
                  own.map(({ id, status, substatus, text }) => [
                    id,
                    [status, substatus].filter(Boolean).join(' '),
                    text,
                  ]),
                ),
              ]),
        ]
        print(text.join('\n\n'), json && { unread, own })
      }),
    )

type MapOptions = { dryRun: boolean; json: boolean }

const mapCommand = (context: CommandContext): Command =>
  new Command('texts:map')
    .description('says what a text of a courier means, for the whole installation')
    .argument('<text>', 'as texts:list shows it')
    .addArgument(new Argument('<status>', 'what it means').choices(trackingStatuses))
    .addArgument(new Argument('[substatus]', 'more precisely').choices(substatusOf.options))
    .option('--dry-run', 'only tell what it would change', false)
    .option('--json', 'print the result as JSON', false)
    .action((text: string, status: TrackingStatus, substatus: Substatus | undefined, { dryRun, json }: MapOptions) =>
      withInstallation(context, (opened) =>
        withQueue(opened, async (boss) => {
          const { db } = opened
          const meant = { text, status, substatus: substatus ?? null }
          const preview = await previewText(db.sql, meant)
          const saved = dryRun ? null : await mapText({ db, boss, clock }, { actor, ...meant })
          print(render(preview, dryRun), json && { text: saved, preview })
        }),
      ),
    )

const render = ({ text, scans, parcels, moves, lookedAt }: TextPreview, isDryRun: boolean): string =>
  [
    `"${text}" stands in ${scans} stored ${scans === 1 ? 'scan' : 'scans'} of ${parcels} ${parcels === 1 ? 'parcel' : 'parcels'} (looked at ${lookedAt}).`,
    ...Object.entries(moves).map(([move, amount]) => `  ${move}: ${amount}`),
    isDryRun
      ? 'Nothing was changed.'
      : 'New scans are read by it now, stored ones within minutes, while a worker runs.',
  ].join('\n')

const unmapCommand = (context: CommandContext): Command =>
  new Command('texts:unmap')
    .description('takes back what was said of a text')
    .argument('<id>', 'as texts:list shows it', readId)
    .option('--json', 'print the result as JSON', false)
    .action((id: string, { json }: { json: boolean }) =>
      withInstallation(context, (opened) =>
        withQueue(opened, async (boss) => {
          await unmapText({ db: opened.db, boss, clock }, { actor, id })
          print('Taken back. Stored scans are read again within minutes, while a worker runs.', json && { id })
        }),
      ),
    )

const exportCommand = (context: CommandContext): Command =>
  new Command('texts:export')
    .description('prints what this installation says of texts, as a change of Jejak itself needs it')
    .option('--json', 'print it as JSON', false)
    .addHelpText(
      'after',
      '\nThe rows go into courier-texts-2.tsv; docs/how-to-add.md ("A text of a courier") says what else.',
    )
    .action(({ json }: { json: boolean }) =>
      withInstallation(context, async ({ db }) => {
        const { corpusRows, readingLines } = exportTexts(await listOwnTexts(db.sql))
        const text = [
          '# packages/core/src/easyparcel/fixtures/courier-texts-2.tsv',
          ...corpusRows,
          '',
          '# packages/core/src/easyparcel/texts/text-readings.ts: put the concepts in the place of …',
          ...readingLines,
        ]
        print(
          corpusRows.length === 0 ? 'This installation explains no texts.' : text.join('\n'),
          json && { corpusRows, readingLines },
        )
      }),
    )

export const textCommands = [listCommand, mapCommand, unmapCommand, exportCommand]

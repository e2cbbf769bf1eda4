import { permissions } from '@jejak/core/access'
import { consoleActor as actor } from '@jejak/core/audit'
import { undoAct } from '@jejak/core/undo'
import { readClock as clock, listUndos } from '@jejak/db'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation, withQueue } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { readId } from '../read-id.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'

const listedMax = 200

type Options = { shop?: string; json: boolean }

/** Undoes what was done in a shop within the last ten minutes, or lists it. */
export const undoCommand = (context: CommandContext): Command =>
  new Command('undo')
    .description('undoes what was done; without a number, lists what can still be undone')
    .argument('[id]', 'the number that doing it answered', readId)
    .addOption(shopOption())
    .option('--json', 'print the answer as JSON', false)
    .action((id: string | undefined, { shop, json }: Options) =>
      withInstallation({ ...context, shop }, async (opened) => {
        const { config, db, organizationId, isDemo, settings } = opened
        if (id !== undefined) {
          const undoing = { actor, organizationId, id, permissions: new Set(permissions) }
          const { act, restored, kept } = await withQueue(opened, (boss) =>
            undoAct({ db, boss, clock, config, settings, isDemo }, undoing),
          )
          print(`Undone: ${act}, ${restored} restored.`, json && { act, restored, kept })
          if (kept > 0) note(`Changed since, and left as they are: ${kept}.`)
          return
        }
        const undos = await listUndos(db.ofShop(organizationId).sql, { now: await clock(db.sql), limit: listedMax })
        const show = instantShower(settings.timezone)
        const lines = undos.map(({ id, at, until, actor: by, act, amount, detail }) => [
          ...[id, show(at), show(until), by, act, String(amount), detail ?? ''],
        ])
        const headings = ['ID', 'AT', 'UNTIL', 'WHO', 'DID', 'AMOUNT', 'DETAIL']
        print(lines.length > 0 ? renderTable(headings, lines) : 'Nothing can be undone.', json && undos)
      }),
    )

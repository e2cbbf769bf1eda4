import { setTimeout as pause } from 'node:timers/promises'
import type { SyncView } from '@jejak/contract'
import { consoleActor as actor } from '@jejak/core/audit'
import { localDay } from '@jejak/core/checking/overview'
import { chooseAccount } from '@jejak/core/connections'
import { requestSync, toSyncView } from '@jejak/core/syncing/overview'
import { readClock as clock, findSync, listAccounts } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { type OpenedInstallation, withInstallation, withQueue } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { showSync } from '../progress/sync-progress.ts'
import { shopOption } from '../shop-option.ts'

type Options = { shop?: string; connection?: string; status: boolean; watch: boolean; json: boolean }

export const syncCommand = (context: CommandContext): Command =>
  new Command('sync')
    .description(
      'has a worker look at what an EasyParcel account has booked now; it happens by itself every SYNC_INTERVAL',
    )
    .addOption(shopOption())
    .option('--connection <account>', 'the name or id of the account; without it the default one')
    .option('--status', 'only tell how far it is', false)
    .option('--watch', 'show its progress until it is done', false)
    .option('--json', 'print how far it is as JSON', false)
    .action(({ shop, ...options }: Options) =>
      withInstallation({ ...context, shop }, (opened) => sync(context, opened, options)),
    )

const sync = async (context: CommandContext, opened: OpenedInstallation, options: Omit<Options, 'shop'>) => {
  const { db, organizationId, config, signal } = opened
  const accounts = await listAccounts(db.ofShop(organizationId).sql, config.easyparcel.api)
  const account = chooseAccount(accounts, options.connection)
  if (!account) throw new CliError(`There is no EasyParcel account ${options.connection}: connections lists them.`)
  const connectionId = account.id
  if (!options.status)
    await withQueue(opened, (boss) => requestSync({ db, boss, clock }, { actor, organizationId, connectionId }))
  if (options.watch) await watch(() => find(context, opened, connectionId), signal)
  const view = await find(context, opened, connectionId)
  print(render(view), options.json && view)
}

const find = async (
  { now: nowOf }: CommandContext,
  { db, organizationId, config, settings }: OpenedInstallation,
  connectionId: string,
): Promise<SyncView> => {
  const now = nowOf()
  const day = localDay(now, settings.timezone)
  const found = await findSync(db.ofShop(organizationId).sql, { connectionId, day })
  return toSyncView(found!, { now, settings, sync: config.sync })
}

const everyMs = 1_000

/** Until nothing more happens by itself in this moment. */
const watch = async (look: () => Promise<SyncView>, signal: AbortSignal): Promise<void> => {
  const show = showSync(process.stderr)
  const begun = (await look()).lastRunAt
  for (;;) {
    const view = await look()
    show(view)
    const hasRun = view.lastRunAt !== begun
    if (view.state === 'failing' || view.state === 'off' || (hasRun && view.state === 'waiting')) break
    await pause(everyMs, undefined, { signal })
  }
  note('')
}

const words: Record<SyncView['state'], string> = {
  no_list: 'the classic API has no list of bookings',
  off: 'switched off by SYNC_ENABLED',
  not_connected: 'not connected',
  listing: 'not everything was listed yet',
  running: 'under way',
  waiting: 'waits for the next look',
  failing: 'failed the last time',
}

const render = ({ connectionId, state, bookings, parcels, waitingForNumber, detailsLeft, calls, ...view }: SyncView) =>
  [
    `Account ${connectionId}: ${words[state]}.`,
    `Bookings ${bookings}; parcels ${parcels}; waiting for a number ${waitingForNumber}; details left ${detailsLeft}`,
    `Calls today: lists ${calls.list.used} of ${calls.list.share}, details ${calls.details.used} of ${calls.details.share}`,
    ...(view.lastError === null ? [] : [`The last failure: ${view.lastError}`]),
  ].join('\n')

import { connectionName, type Environment, environments, pauseRequest } from '@jejak/contract'
import { consoleActor as actor } from '@jejak/core/audit'
import { toConnectionView } from '@jejak/core/checking'
import {
  addBudget,
  type ConnectionChanged,
  changeConnection,
  chooseAccount,
  disconnectConnection,
  holdConnection,
  resumeConnection,
} from '@jejak/core/connections'
import { type ConnectionOverview, readClock as clock, findConnection, listAccounts, listConnections } from '@jejak/db'
import { Command, InvalidArgumentError, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { renderConnection } from '../connect/render-connection.ts'
import { type OpenedInstallation, withInstallation, withQueue } from '../open-installation.ts'
import { noteUndo, print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'

type Common = { shop?: string; json: boolean }
type Place = OpenedInstallation & { which: { actor: typeof actor; organizationId: string; connectionId: string } }

const readName = (text: string): string => {
  const read = connectionName.safeParse(text)
  if (!read.success) throw new InvalidArgumentError(read.error.issues[0]?.message ?? '')
  return read.data
}
const readUntil = (text: string): Date => {
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('Write an instant, such as 2026-12-01T08:00:00+08:00.')
  return at
}
const readCalls = (text: string): number => {
  if (!/^\d{1,8}$/.test(text)) throw new InvalidArgumentError('Write a number of calls.')
  return Number(text)
}

const viewer =
  ({ settingsOf }: OpenedInstallation, now: Date) =>
  (connection: ConnectionOverview) =>
    toConnectionView(connection, { now, settings: settingsOf(connection.organizationId) })

/** A command about one account of a shop, by name or id; without one its default. */
const aboutOne = (name: string, description: string) =>
  new Command(name)
    .description(description)
    .argument('[account]', 'the name or id of the account; without it the default one')
    .addOption(shopOption())
    .option('--json', 'print the account as JSON', false)

const withAccount = (
  context: CommandContext,
  { account, shop, json }: Common & { account: string | undefined },
  work: (place: Place) => Promise<ConnectionChanged>,
): Promise<void> =>
  withInstallation({ ...context, shop }, async (opened) => {
    const { db, organizationId, config } = opened
    const accounts = await listAccounts(db.ofShop(organizationId).sql, config.easyparcel.api)
    const found = chooseAccount(accounts, account)
    if (!found) throw new CliError(`There is no EasyParcel account ${account}: connections lists them.`)
    const which = { actor, organizationId, connectionId: found.id }
    const { connection, undo } = await work({ ...opened, which })
    const view = viewer(opened, context.now())(connection)
    print(renderConnection(view, opened.settings.timezone), json && { ...view, undo })
    noteUndo(undo)
  })

const find = async ({ db, which }: Place): Promise<ConnectionChanged> => ({
  connection: (await findConnection(db.ofShop(which.organizationId).sql, which.connectionId))!,
  undo: null,
})

const listCommand = (context: CommandContext): Command =>
  new Command('connections')
    .description('lists the EasyParcel accounts of a shop')
    .addOption(shopOption())
    .option('--json', 'print them as JSON', false)
    .action(({ shop, json }: Common) =>
      withInstallation({ ...context, shop }, async (opened) => {
        const rows = await listConnections(opened.db.sql, { shop: opened.organizationId })
        const views = rows.map(viewer(opened, context.now()))
        const table = renderTable(
          ['ID', 'NAME', 'ENVIRONMENT', 'DEFAULT', 'TROUBLE', 'CALLS TODAY', 'NEEDS'],
          views.map(({ id, name, environment, isDefault, trouble, budget, needs }) => [
            ...[id, name ?? '', environment ?? 'not said', isDefault ? 'yes' : '', trouble ?? 'none'],
            ...[`${budget.used} of ${budget.limit}`, needs?.sentence ?? ''],
          ]),
        )
        print(table, json && { data: views })
      }),
    )

const showCommand = (context: CommandContext): Command =>
  aboutOne('connections:show', 'shows one account: access, budget, pause, and what it needs').action(
    (account: string | undefined, options: Common) => withAccount(context, { ...options, account }, find),
  )

type Changes = Common & { name?: string; environment?: Environment; default?: true }

const changeCommand = (context: CommandContext): Command =>
  aboutOne('connections:change', 'names an account, corrects its environment, makes it the default')
    .option('--name <name>', 'how the shop calls it', readName)
    .addOption(new Option('--environment <which>', 'what kind of EasyParcel account it is').choices(environments))
    .option('--default', 'parcels that name no account are checked with it')
    .action((account: string | undefined, { name, environment, default: isDefault, ...options }: Changes) => {
      const patch = { ...(name && { name }), ...(environment && { environment }), ...(isDefault && { isDefault }) }
      if (Object.keys(patch).length === 0)
        throw new CliError('Give --name, --environment or --default.', { exitCode: 2 })
      return withAccount(context, { ...options, account }, ({ db, which }) =>
        changeConnection({ db, clock }, { ...which, patch }),
      )
    })

const disconnectCommand = (context: CommandContext): Command =>
  aboutOne('connections:disconnect', 'erases the tokens of an account; its parcels stay and are checked no more')
    .option('--yes', 'also while parcels are checked with it', false)
    .action((account: string | undefined, { yes, ...options }: Common & { yes: boolean }) =>
      withAccount(context, { ...options, account }, ({ db, which }) =>
        disconnectConnection({ db, clock }, { ...which, confirm: yes }).catch((error: Error) => {
          throw new CliError(error.message.replace(/Send `confirm`.*/, 'Add --yes to go on.'), { cause: error })
        }),
      ),
    )

const pauseCommand = (context: CommandContext): Command =>
  aboutOne('pause', 'pauses the checks of an account')
    .option('--until <instant>', 'when they go on by themselves; without it, someone has to resume', readUntil)
    .option('--reason <text>', 'why, for colleagues')
    .action(
      (account: string | undefined, { until, reason, ...options }: Common & { until?: Date; reason?: string }) => {
        const read = pauseRequest.safeParse({ reason })
        if (!read.success) throw new CliError(`--reason: ${read.error.issues[0]?.message}`, { exitCode: 2 })
        return withAccount(context, { ...options, account }, ({ db, which }) =>
          holdConnection({ db, clock }, { ...which, until: until ?? null, reason: read.data.reason ?? null }),
        )
      },
    )

const resumeCommand = (context: CommandContext): Command =>
  aboutOne('resume', 'lets the checks of an account go on').action((account: string | undefined, options: Common) =>
    withAccount(context, { ...options, account }, (place) =>
      withQueue(place, (boss) => resumeConnection({ db: place.db, clock, boss }, place.which)),
    ),
  )

const budgetCommand = (context: CommandContext): Command =>
  aboutOne('budget', 'shows the calls of today; with --extra, adds to them')
    .option('--extra <calls>', 'calls of today beyond the plan; 0 takes them back', readCalls)
    .action((account: string | undefined, { extra, ...options }: Common & { extra?: number }) =>
      withAccount(context, { ...options, account }, async (place) => {
        const { db, which, settings } = place
        if (extra === undefined) return find(place)
        return withQueue(place, (boss) => addBudget({ db, clock, boss, settings }, { ...which, extraCalls: extra }))
      }),
    )

export const connectionCommands = [
  ...[listCommand, showCommand, changeCommand, disconnectCommand],
  ...[pauseCommand, resumeCommand, budgetCommand],
]

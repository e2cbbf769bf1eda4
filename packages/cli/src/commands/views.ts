import {
  type SavedView,
  type TrackingSort,
  trackingSorts,
  type ViewList,
  viewPatch,
  viewRequest,
} from '@jejak/contract'
import { consoleActor as actor } from '@jejak/core/audit'
import { changeView, listViews, removeView, saveView } from '@jejak/core/views'
import { readClock as clock } from '@jejak/db'
import { Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { addFilterOptions, filterOf } from '../filter-options.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { readId } from '../read-id.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'

type Common = { shop?: string; json: boolean }
type Saving = Common & { [name: string]: unknown } & { sort?: TrackingSort; name?: string }

/** Views of the command line are those of the whole shop: no user runs it. */
const mayShare = true

const wordsOf = (filter: Record<string, unknown>): string =>
  Object.entries(filter)
    .map(([word, value]) => `${word} ${String(value)}`)
    .join('; ') || 'all'

const listCommand = (context: CommandContext): Command =>
  new Command('views')
    .description('the views of the list: those that every shop has, with counts, and those that the shop shares')
    .addOption(shopOption())
    .option('--json', 'print them as JSON', false)
    .action(({ shop, json }: Common) =>
      withInstallation({ ...context, shop }, async ({ db, organizationId }) => {
        const views = await listViews({ db }, { actor, organizationId, mayShare })
        print(render(views), json && views)
      }),
    )

const render = ({ builtIn, data }: ViewList): string =>
  renderTable(
    ['VIEW', 'NAME', 'PARCELS', 'FILTER'],
    [
      ...builtIn.map(({ id, name, count, filter }) => [id, name, String(count), wordsOf(filter)]),
      ...data.map(({ id, name, filter }) => [id, name, '-', wordsOf(filter)]),
    ],
  )

type Parsed<Data> = { success: true; data: Data } | { success: false; error: { issues: { message: string }[] } }

const read = <Data>(parsed: Parsed<Data>): Data => {
  if (parsed.success) return parsed.data
  throw new CliError(parsed.error.issues.map(({ message }) => message).join(' '), { exitCode: 2 })
}

const told = ({ id, name }: SavedView, what: string): string => `View ${id}, ${name}: ${what}.`

const saving = (name: string, description: string): Command =>
  addFilterOptions(new Command(name).description(description))
    .addOption(new Option('--sort <order>', 'by what its list goes').choices(trackingSorts))
    .addOption(shopOption())
    .option('--json', 'print the view as JSON', false)

const saveCommand = (context: CommandContext): Command =>
  saving('views:save', 'keeps a filter under a name, for everyone of the shop')
    .argument('<name>', 'how it is called')
    .action((name: string, { shop, json, sort, ...options }: Saving) => {
      const view = read(viewRequest.safeParse({ name, filter: filterOf(options), sort: sort ?? null, shared: true }))
      return withInstallation({ ...context, shop }, async ({ db, organizationId }) => {
        const saved = await saveView({ db, clock }, { actor, organizationId, mayShare, view })
        print(told(saved, 'saved'), json && saved)
      })
    })

const changeCommand = (context: CommandContext): Command =>
  saving('views:change', 'changes a view of the shop; a filter replaces the one that it had')
    .argument('<view>', 'its number, as views lists it', readId)
    .option('--name <name>', 'another name')
    .action((id: string, { shop, json, sort, name, ...options }: Saving) => {
      const filter = filterOf(options)
      const patch = read(viewPatch.safeParse({ name, sort, ...(Object.keys(filter).length > 0 && { filter }) }))
      return withInstallation({ ...context, shop }, async ({ db, organizationId }) => {
        const saved = await changeView({ db, clock }, { actor, organizationId, mayShare, id, patch })
        print(told(saved, 'changed'), json && saved)
      })
    })

const removeCommand = (context: CommandContext): Command =>
  new Command('views:remove')
    .description('removes a view of the shop')
    .argument('<view>', 'its number, as views lists it', readId)
    .addOption(shopOption())
    .option('--json', 'print its number as JSON', false)
    .action((id: string, { shop, json }: Common) =>
      withInstallation({ ...context, shop }, async ({ db, organizationId }) => {
        await removeView({ db, clock }, { actor, organizationId, mayShare, id })
        print('Removed.', json && { id })
      }),
    )

/** Filters that are kept under a name. */
export const viewCommands = [listCommand, saveCommand, changeCommand, removeCommand]

import type { PrivacyCounts } from '@jejak/contract'
import { consoleActor } from '@jejak/core/changes'
import { readSecretKeys } from '@jejak/core/installing'
import {
  cancelShopErasure,
  countHeld,
  countHeldOfShop,
  derivePrivacyKeys,
  eraseHeld,
  exportHeld,
  planShopErasure,
} from '@jejak/core/privacy'
import { listShops, readClock } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { type OpenedInstallation, withInstallation } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { askForContact } from '../read-contact.ts'
import { renderTable } from '../render-table.ts'
import { instantShower } from '../show-instant.ts'

type Options = { shop?: string; apply: boolean; json: boolean }
type Privacy = Parameters<typeof countHeld>[0]
type Asked = Parameters<typeof countHeld>[1]

/** Does something for each shop in turn, or for the one that is named. */
const forShops = async <T>(
  { config, db, signal }: OpenedInstallation,
  { shop, each }: { shop: string | undefined; each: (privacy: Privacy, asked: Asked) => Promise<T> },
): Promise<{ shop: string; result: T }[]> => {
  const shops = (await listShops(db.sql)).filter(({ slug }) => shop === undefined || slug === shop)
  if (shops.length === 0) throw new CliError(`There is no shop ${shop}: org:list shows the shops.`)
  const contact = await askForContact(signal)
  const privacy = { db, traces: db.sql, clock: readClock, keys: derivePrivacyKeys(readSecretKeys(config)) }
  const results: { shop: string; result: T }[] = []
  for (const { organizationId, slug } of shops) {
    const isEverywhere = shop === undefined
    const asked = { actor: consoleActor, contact, shop: { organizationId, slug }, isEverywhere }
    results.push({ shop: slug, result: await each(privacy, asked) })
  }
  return results
}

const columns = ['parcels', 'onTheirWay', 'sharedParcels', 'orders', 'traces'] as const
const headings = ['SHOP', 'PARCELS', 'ON THEIR WAY', 'SHARED WITH OTHERS', 'ORDERS', 'TRACES']

const printCounts = (counts: { shop: string; result: PrivacyCounts }[], json: boolean): void => {
  const lines = counts.map(({ shop, result }) => [shop, ...columns.map((column) => String(result[column]))])
  const data = counts.map(({ shop, result }) => ({ shop, ...result }))
  print(renderTable(headings, lines), json && data)
  for (const { shop, result } of counts) {
    if (result.stays) note(`${shop}: ${result.stays}`)
    if (!result.isComplete) note(`${shop}: only the first ${result.orders} orders are counted.`)
  }
  note(`The audit log calls this contact contact:${counts[0]?.result.proof}.`)
}

const command = (name: 'export' | 'erase', { description, apply }: { description: string; apply: string }) =>
  new Command(name)
    .description(description)
    .option('--shop <slug>', 'only what this shop holds; without it, all shops')
    .option('--apply', apply, false)
    .option('--json', 'print the answer as JSON', false)
    .addHelpText(
      'after',
      '\nThe customer’s e-mail address or phone number is asked for, or read from standard input: echo … | jejak …',
    )

const exportCommand = (context: CommandContext): Command =>
  command('export', {
    description: 'counts what is held on a customer; with --apply, prints it as JSON',
    apply: 'print all that is held, with what couriers wrote',
  }).action(({ shop, apply, json }: Options) =>
    withInstallation(context, async (opened) => {
      if (!apply) {
        printCounts(await forShops(opened, { shop, each: countHeld }), json)
        note('Add --apply to print it all.')
        return
      }
      const told = await forShops(opened, { shop, each: exportHeld })
      const data = told.map(({ result }) => result)
      for (const { shop } of data.filter(({ isComplete }) => !isComplete))
        note(`${shop}: this is not all. Only the first 10,000 orders are in it.`)
      print('', data)
    }),
  )

const eraseCommand = (context: CommandContext): Command =>
  command('erase', {
    description: 'counts what is held on a customer; with --apply, erases it everywhere',
    apply: 'erase it; cannot be undone',
  }).action(({ shop, apply, json }: Options) =>
    withInstallation(context, async (opened) => {
      const counts = await forShops(opened, { shop, each: apply ? eraseHeld : countHeld })
      printCounts(counts, json)
      note(
        apply
          ? 'Erased. Backups that were made before still hold it: see docs/privacy.md.'
          : 'Nothing is erased yet: add --apply. Parcels on their way are removed too, and no one can track them after that.',
      )
    }),
  )

type OfShop = { confirm?: string; cancel: boolean; json: boolean }

const eraseShopCommand = (context: CommandContext): Command =>
  new Command('erase:shop')
    .description('counts what is held for a shop; with --confirm, erases all of it after a week')
    .argument('<slug>', 'the shop, as org:list names it')
    .option('--confirm <slug>', 'the same name again: erase it')
    .option('--cancel', 'call off what was planned', false)
    .option('--json', 'print the answer as JSON', false)
    .action((slug: string, { confirm, cancel, json }: OfShop) =>
      withInstallation(context, async ({ config, db }) => {
        const shop = (await listShops(db.sql)).find((one) => one.slug === slug)
        if (!shop) throw new CliError(`There is no shop ${slug}: org:list shows the shops.`)
        if (confirm !== undefined && confirm !== slug)
          throw new CliError('--confirm must name the same shop.', { exitCode: 2 })
        const { organizationId } = shop
        const deps = { db, clock: readClock, actor: consoleActor }
        if (cancel) {
          await cancelShopErasure(deps, organizationId)
          print('Called off: the shop stays.', json && { slug, eraseAt: null })
          return
        }
        const contents = await countHeldOfShop(deps, organizationId)
        const graceMs = config.retention.shopGraceMs
        const eraseAt = confirm ? await planShopErasure(deps, { organizationId, graceMs }) : shop.eraseAt
        const { parcels, onTheirWay, connections, keys, members, users, logEntries } = contents
        const lines = [
          `Parcels: ${parcels}, on their way: ${onTheirWay}; entries of their log: ${logEntries}`,
          `EasyParcel accounts: ${connections}; API keys: ${keys}`,
          `People: ${members}, of whom ${users} belong to no other shop and are erased with it`,
        ]
        print(lines.join('\n'), json && { slug, ...contents, eraseAt })
        const when = eraseAt && instantShower(config.tracking.timezone)(eraseAt)
        note(
          when
            ? `All of it is erased after ${when}. Until then nothing changes; --cancel calls it off.`
            : `Nothing is planned: --confirm ${slug} erases all of it after ${Math.round(graceMs / 86_400_000)} days.`,
        )
      }),
    )

/** What is held on a customer, or for a shop. */
export const privacyCommands = [exportCommand, eraseCommand, eraseShopCommand]

import { shopPatch, shopSlug } from '@jejak/contract'
import { createShop } from '@jejak/core/access'
import { consoleActor as actor } from '@jejak/core/audit'
import { readClock as clock, listShops } from '@jejak/db'
import { Command, InvalidArgumentError } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { instantShower } from '../show-instant.ts'

const shopName = shopPatch.shape.name.unwrap().unwrap()

const reader =
  (shape: typeof shopSlug | typeof shopName) =>
  (text: string): string => {
    const parsed = shape.safeParse(text)
    if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? 'This cannot be read.')
    return parsed.data
  }

const orgCreateCommand = (context: CommandContext): Command =>
  new Command('org:create')
    .description('creates another shop, with its own people, parcels, keys and EasyParcel account')
    .argument('<slug>', 'its name in addresses: small letters, digits and dashes', reader(shopSlug))
    .requiredOption('--name <name>', 'what customers read on every page', reader(shopName))
    .option('--json', 'print the result as JSON', false)
    .action((slug: string, { name, json }: { name: string; json: boolean }) =>
      withInstallation(context, async ({ config, db }) => {
        const { organizationId } = await createShop({ db, clock, actor }, { slug, name, api: config.easyparcel.api })
        print(`The shop ${slug} is created.`, json && { id: organizationId, slug, name })
        note(`Next: user:invite EMAIL --role owner --shop ${slug}, and easyparcel:connect --shop ${slug}.`)
      }),
    )

const orgListCommand = (context: CommandContext): Command =>
  new Command('org:list')
    .description('lists the shops of this installation')
    .option('--json', 'print the list as JSON', false)
    .action(({ json }: { json: boolean }) =>
      withInstallation(context, async ({ config, db }) => {
        const show = instantShower(config.tracking.timezone)
        const shops = await listShops(db.sql)
        const lines = shops.map(({ slug, name, members, createdAt, eraseAt }) => [
          ...[slug, name, `${members}`, show(createdAt), eraseAt ? show(eraseAt) : ''],
        ])
        print(renderTable(['SLUG', 'NAME', 'PEOPLE', 'CREATED', 'TO BE ERASED'], lines), json && shops)
      }),
    )

/** The shops of an installation. */
export const orgCommands = [orgCreateCommand, orgListCommand]

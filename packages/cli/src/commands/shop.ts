import { languages, offeredLanguages, shopPatch } from '@jejak/contract'
import { consoleActor as actor } from '@jejak/core/audit'
import { changeShop } from '@jejak/core/shops'
import { readClock as clock, findShop, type ShopChangeable, type ShopRow } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { noteUndo, print } from '../print.ts'
import { shopOption } from '../shop-option.ts'
import { namingHint } from '../start/prepare-database.ts'

type Field = keyof ShopChangeable
type Given = Partial<Record<Field, string>>

/** What `PATCH /v1/shop` takes, as options. */
const options: Record<Field, { option: string; value: string; what: string }> = {
  name: { option: '--name', value: '<name>', what: 'what customers read on every page' },
  logoUrl: { option: '--logo-url', value: '<address>', what: 'its logo; an address that begins with https://' },
  color: { option: '--color', value: '<#rrggbb>', what: 'the colour of its pages' },
  whatsapp: { option: '--whatsapp', value: '<number>', what: 'where customers write to' },
  phone: { option: '--phone', value: '<number>', what: 'where customers call' },
  email: { option: '--email', value: '<address>', what: 'where customers send e-mail' },
  languages: {
    option: '--languages',
    value: '<list>',
    what: `those of its pages, first choice first: ${languages.join(', ')}; with commas`,
  },
}

export const shopCommand = (context: CommandContext): Command => {
  const command = new Command('shop').description('shows how customers see the shop; with options, changes that')
  for (const { option, value, what } of Object.values(options)) command.option(`${option} ${value}`, what)
  return command
    .addOption(shopOption())
    .option('--json', 'print the shop as JSON, as GET /v1/shop does', false)
    .addHelpText('after', '\nOptions that you leave out stay as they are; an empty value removes: --phone ""')
    .action(({ json, shop: slug, ...given }: Given & { shop?: string; json: boolean }) => {
      const patch = readPatch(given)
      return withInstallation({ ...context, shop: slug }, async ({ db, organizationId }) => {
        const changed = patch && (await changeShop({ db, clock }, { actor, organizationId, patch }))
        const found = changed ? changed.shop : await findShop(db.ofShop(organizationId).sql)
        if (!found) throw new CliError('The shop no longer exists.')
        const shop = { ...found, languages: offeredLanguages(found.languages) }
        print(render(shop), json && { ...shop, ...(changed && { undo: changed.undo }) })
        noteUndo(changed?.undo ?? null)
      })
    })
}

/** The change that the options ask for; undefined if they ask for none. */
const readPatch = (given: Given): ShopChangeable | undefined => {
  if (Object.keys(given).length === 0) return undefined
  const { languages, ...lines } = given
  const texts = Object.entries(lines).map(([field, text]) => [field, text.trim() === '' ? null : text])
  const parsed = shopPatch.safeParse({
    ...Object.fromEntries(texts),
    languages: languages?.split(',').map((language) => language.trim()),
  })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${options[path[0] as Field].option}: ${message}`)
  throw new CliError(problems.join('\n'), { exitCode: 2 })
}

const render = ({ languages, ...shop }: ShopRow): string => {
  const lines = {
    Name: shop.name,
    Logo: shop.logoUrl,
    Colour: shop.color,
    WhatsApp: shop.whatsapp,
    Phone: shop.phone,
    'E-mail': shop.email,
    Languages: languages.join(', '),
    Slug: shop.slug,
  }
  const shown = Object.entries(lines).map(([label, value]) => `${label.padEnd(9)}  ${value ?? 'none'}`)
  return [...shown, ...(shop.name === null ? ['', namingHint('jejak')] : [])].join('\n')
}

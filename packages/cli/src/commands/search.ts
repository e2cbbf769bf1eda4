import { text } from 'node:stream/consumers'
import { type Fit, foldTyped, keptOutOfAddresses, searchRequest } from '@jejak/contract'
import { readSecretKeys } from '@jejak/core/installing'
import { derivePrivacyKeys } from '@jejak/core/privacy'
import { findJob } from '@jejak/core/queue'
import { searchShop } from '@jejak/core/searching'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation, withQueue } from '../open-installation.ts'
import { print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'

const words: Record<Fit, string> = {
  ...{ number: 'the number', number_begins: 'begins so', number_ends: 'ends so', order: 'the order' },
  ...{ contact: 'the customer', email: 'the e-mail address', name: 'the name', key: 'begins so' },
  ...{ object: 'done to it', request: 'the request', id: 'the id' },
}

// Whoever runs commands may see all that the installation has.
const everything = { has: () => true }

/** What stands in a command is kept by shells and seen by everyone on the machine. */
const readAsked = async (typed: string | undefined): Promise<string> => {
  if (typed !== undefined && keptOutOfAddresses(typed))
    throw new CliError(
      'Shells keep what they run: give a contact or a whole key on standard input, echo … | jejak search.',
      {
        exitCode: 2,
      },
    )
  if (typed === undefined && process.stdin.isTTY) throw new CliError('What are you searching for?', { exitCode: 2 })
  const asked = foldTyped(typed ?? (await text(process.stdin)).split(/\r?\n/)[0]!)
  const read = searchRequest.safeParse({ q: asked })
  if (!read.success) throw new CliError(read.error.issues[0]?.message ?? '', { exitCode: 2 })
  return read.data.q
}

export const searchCommand = (context: CommandContext): Command =>
  new Command('search')
    .description('finds parcels, people, keys, entries of the audit log and jobs of a shop, the best first')
    .argument('[text]', 'a number, its start or its end, an order, a name, an id; a contact on standard input')
    .addOption(shopOption())
    .option('--json', 'print the answers as JSON, as GET /v1/admin/search does', false)
    .action(async (typed: string | undefined, { shop, json }: { shop?: string; json: boolean }) => {
      const asked = await readAsked(typed)
      await withInstallation({ ...context, shop }, async (opened) => {
        const { db, config, organizationId } = opened
        const keys = derivePrivacyKeys(readSecretKeys(config))
        const find = (id: string) => withQueue(opened, (boss) => findJob(boss, id))
        const deps = { db, people: db.sql, keys, findJob: find }
        const data = await searchShop(deps, { organizationId, typed: asked, may: everything })
        const lines = data.map(({ kind, title, detail, why, id }) => [kind, id, title, detail ?? '', words[why]])
        const table = renderTable(['KIND', 'ID', 'FOUND', 'DETAIL', 'BY'], lines)
        print(lines.length > 0 ? table : 'Nothing fits.', json && { data })
      })
    })

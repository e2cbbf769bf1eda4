import { consoleActor } from '@jejak/core/changes'
import {
  finishRotation,
  forgetOtherKeys,
  type KeyStanding,
  readSecretKeys,
  resealTokens,
  standingOfKeys,
} from '@jejak/core/installing'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { renderTable } from '../render-table.ts'

const names = { writes: 'SECRET_KEY', reads: 'SECRET_KEY_OTHER', missing: 'not given' } as const

const render = (standing: readonly KeyStanding[]): string =>
  renderTable(
    ['KEY ID', 'IS', 'SEALED', 'CONTACTS', 'OF ARCHIVED PARCELS'],
    standing.map(({ keyId, role, tokens, contacts, ofArchived }) => [
      ...[keyId, names[role]],
      ...[tokens, contacts, ofArchived].map(String),
    ]),
  )

const secretStatusCommand = (context: CommandContext): Command =>
  new Command('secret:status')
    .description('shows which keys made the stored data, and how many rows need each')
    .option('--json', 'print the list as JSON', false)
    .action(({ json }: { json: boolean }) =>
      withInstallation(context, async ({ config, db }) => {
        const standing = await standingOfKeys({ db, secretKeys: readSecretKeys(config) })
        print(render(standing), json && standing)
      }),
    )

type Rotate = { apply: boolean; finish: boolean; forget: boolean; json: boolean }

const secretRotateCommand = (context: CommandContext): Command =>
  new Command('secret:rotate')
    .description('moves stored data to SECRET_KEY; without an option only shows what would change')
    .option('--apply', 'seal stored tokens and authenticators with SECRET_KEY', false)
    .option('--finish', 'the same, and end the time of all other keys; refused while something needs one', false)
    .option('--forget', 'with --finish: first remove what only another key can read', false)
    .option('--json', 'print the result as JSON', false)
    .addHelpText('after', '\ndocs/secret-key.md tells the whole way, and what to do when a key is lost or has leaked.')
    .action(({ apply, finish, forget, json }: Rotate) =>
      withInstallation(context, async ({ config, db }) => {
        if (forget && !finish) throw new CliError('--forget needs --finish.', { exitCode: 2 })
        const deps = { db, actor: consoleActor, secretKeys: readSecretKeys(config), now: context.now }
        if (!apply && !finish) {
          const standing = await standingOfKeys(deps)
          const { tokens, contacts } = sumOfOthers(standing)
          print(render(standing), json && { isDryRun: true, keys: standing })
          note(
            `--apply would seal ${tokens} tokens and authenticators with SECRET_KEY. ${contacts} contacts stay with the keys that hashed them.`,
          )
          return
        }
        const sealed = await resealTokens(deps)
        if (sealed.left > 0 && !forget)
          throw new CliError(
            `${sealed.left} EasyParcel accounts or authenticators could not be moved: they renew their access right now, or their key is not given. Try again in a minute; \`jejak secret:status\` shows the keys.`,
          )
        const forgotten = forget ? await forgetOtherKeys(deps) : null
        const needed = finish ? await finishRotation(deps) : null
        const standing = await standingOfKeys(deps)
        if (needed && needed.length > 0)
          throw new CliError(
            `${tellSum(sumOfOthers(needed))} still need another key than SECRET_KEY: keep it as SECRET_KEY_OTHER.`,
            {
              details: render(needed).split('\n'),
            },
          )
        print(render(standing), json && { isDryRun: false, ...sealed, forgotten, keys: standing })
        if (forgotten)
          note(
            `Removed: ${forgotten.contacts} contacts, the tokens of ${forgotten.connections} EasyParcel accounts, ${forgotten.authenticators} authenticators.`,
          )
        note(
          finish
            ? 'Only SECRET_KEY is needed: remove SECRET_KEY_OTHER and restart.'
            : `Sealed again with SECRET_KEY: ${sealed.resealed} EasyParcel accounts and authenticators.`,
        )
      }),
    )

const sumOfOthers = (standing: readonly KeyStanding[]) => {
  const others = standing.filter(({ role }) => role !== 'writes')
  const sum = (of: (one: KeyStanding) => number) => others.reduce((total, one) => total + of(one), 0)
  return { tokens: sum(({ tokens }) => tokens), contacts: sum(({ contacts }) => contacts) }
}

const tellSum = ({ tokens, contacts }: ReturnType<typeof sumOfOthers>): string =>
  [tokens > 0 && `${tokens} tokens or authenticators`, contacts > 0 && `${contacts} contacts`]
    .filter(Boolean)
    .join(', ')

export const secretCommands = [secretStatusCommand, secretRotateCommand]

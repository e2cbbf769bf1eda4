import { listApiKeys, revokeApiKey } from '@jejak/db'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { note, print } from '../print.ts'

const comesBack =
  'It is the key that Jejak makes at its start and comes back with the next one, unless BOOTSTRAP_API_KEY (or the file api-key in DATA_DIR) is changed.'

export const keyRevokeCommand = (context: CommandContext): Command =>
  new Command('key:revoke')
    .description('ends an API key, within a second in every process')
    .argument('<id-or-prefix>', 'as key:list shows it')
    .option('--json', 'print the result as JSON', false)
    .action((wanted: string, { json }: { json: boolean }) =>
      withInstallation(context, async ({ db }) => {
        const keys = await listApiKeys(db)
        const active = keys.filter((key) => !key.revokedAt && [key.id.toString(), key.prefix].includes(wanted))
        const [key, another] = active
        if (!key) throw new CliError(`No active key has the id or prefix ${wanted}: key:list shows them.`)
        if (another) throw new CliError(`Several keys start with ${wanted}: give the id, as key:list shows it.`)
        const id = key.id.toString()
        await revokeApiKey(db, { idOrPrefix: id, now: context.now() })
        print(json, { id, prefix: key.prefix, name: key.name }, `Key ${id} "${key.name}" is revoked.`)
        if (key.name === 'bootstrap') note(comesBack)
      }),
    )

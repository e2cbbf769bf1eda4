import { listApiKeys } from '@jejak/db'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { instantShower } from '../show-instant.ts'

type Key = Awaited<ReturnType<typeof listApiKeys>>[number]

const stateOf = ({ revokedAt, expiresAt }: Key, now: Date) =>
  revokedAt ? 'revoked' : expiresAt && expiresAt <= now ? 'expired' : 'active'

export const keyListCommand = (context: CommandContext): Command =>
  new Command('key:list')
    .description('lists the API keys, newest first; the keys themselves are not kept')
    .option('--json', 'print the list as JSON', false)
    .action(({ json }: { json: boolean }) =>
      withInstallation(context, async ({ config, db }) => {
        const now = context.now()
        const show = instantShower(config.tracking.timezone)
        const keys = (await listApiKeys(db)).map((key) => ({ ...toView(key), state: stateOf(key, now) }))
        const lines = keys.map((key) => [
          ...[key.id, key.prefix, key.name, key.scopes.join(','), key.state],
          ...[show(key.createdAt), show(key.expiresAt), show(key.lastUsedAt)],
        ])
        const headings = ['ID', 'PREFIX', 'NAME', 'SCOPES', 'STATE', 'CREATED', 'EXPIRES', 'LAST USED']
        print(json, keys, lines.length > 0 ? renderTable(headings, lines) : 'There are no keys yet: see key:create.')
      }),
    )

const toView = ({ id, prefix, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt }: Key) => ({
  ...{ id: id.toString(), prefix, name, scopes },
  ...{ createdAt, expiresAt, lastUsedAt, revokedAt },
})

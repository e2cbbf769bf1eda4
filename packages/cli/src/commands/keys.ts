import { createKey, revokeKey } from '@jejak/core/access'
import { consoleActor as actor } from '@jejak/core/audit'
import { type ApiScope, apiKeyPrefix, apiScopes, readClock as clock, listApiKeys } from '@jejak/db'
import { Command, InvalidArgumentError } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { parseExpiry } from '../parse-expiry.ts'
import { note, print } from '../print.ts'
import { renderTable } from '../render-table.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'

type Options = { name: string; shop?: string; scopes: ApiScope[]; expires?: string; json: boolean }

const nameMax = 100
const shopScopes: ApiScope[] = ['trackings:read', 'trackings:write']

const readName = (text: string): string => {
  const name = text.trim()
  if (name === '' || name.length > nameMax || /\p{Cc}/u.test(name))
    throw new InvalidArgumentError(`Write 1 to ${nameMax} characters in one line.`)
  return name
}

const readScopes = (text: string): ApiScope[] => {
  const wanted = text.split(',').map((scope) => scope.trim())
  const wrong = wanted.find((scope) => !apiScopes.some((known) => known === scope))
  if (wrong !== undefined) throw new InvalidArgumentError(`Scopes are ${apiScopes.join(', ')}.`)
  return apiScopes.filter((scope) => wanted.includes(scope))
}

export const keyCreateCommand = (context: CommandContext): Command =>
  new Command('key:create')
    .description('creates an API key and prints it once; only its hash is stored')
    .requiredOption('--name <name>', 'what it is for, such as "shop back end"', readName)
    .addOption(shopOption())
    .option('--scopes <list>', `what it may do, separated by commas: ${apiScopes.join(', ')}`, readScopes, shopScopes)
    .option('--expires <when>', 'when it ends: 90d, a day (2027-01-31, inclusive) or a time; never if left out')
    .option('--json', 'print the result as JSON', false)
    .action(({ name, shop, scopes, expires, json }: Options) =>
      withInstallation({ ...context, shop }, async ({ config, db, organizationId }) => {
        const { timezone } = config.tracking
        const expiresAt = expires === undefined ? null : parseExpiry(expires, { now: context.now(), timezone })
        const { id, key } = await createKey({ db, clock, actor }, { organizationId, name, scopes, expiresAt })
        const ends = expiresAt ? `ends ${instantShower(timezone)(expiresAt)} (${timezone})` : 'never ends'
        print(key, json && { id, name, prefix: apiKeyPrefix(key), scopes, expiresAt, key })
        note(`Key ${id} "${name}" may ${scopes.join(', ')} and ${ends}. Keep it now: it is not shown again.`)
      }),
    )

type Key = Awaited<ReturnType<typeof listApiKeys>>[number]

const stateOf = ({ revokedAt, expiresAt }: Key, now: Date) =>
  revokedAt ? 'revoked' : expiresAt && expiresAt <= now ? 'expired' : 'active'

export const keyListCommand = (context: CommandContext): Command =>
  new Command('key:list')
    .description('lists the API keys, newest first; the keys themselves are not stored')
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
        print(lines.length > 0 ? renderTable(headings, lines) : 'There are no keys yet: see key:create.', json && keys)
      }),
    )

const toView = ({ id, prefix, name, scopes, createdAt, expiresAt, lastUsedAt, revokedAt }: Key) => ({
  ...{ id: id.toString(), prefix, name, scopes },
  ...{ createdAt, expiresAt, lastUsedAt, revokedAt },
})

const comesBack =
  'Jejak creates this key at each start, so it comes back unless BOOTSTRAP_API_KEY (or the file api-key in DATA_DIR) is changed.'

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
        await revokeKey({ db, clock, actor }, { id })
        print(`Key ${id} "${key.name}" is revoked.`, json && { id, prefix: key.prefix, name: key.name })
        if (key.name === 'bootstrap') note(comesBack)
      }),
    )

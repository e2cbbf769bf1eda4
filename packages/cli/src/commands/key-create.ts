import { type ApiScope, apiKeyPrefix, apiScopes, newApiKey, saveApiKey } from '@jejak/db'
import { Command, InvalidArgumentError } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { withInstallation } from '../open-installation.ts'
import { parseExpiry } from '../parse-expiry.ts'
import { note, print } from '../print.ts'
import { instantShower } from '../show-instant.ts'

type Options = { name: string; scopes: ApiScope[]; expires?: string; json: boolean }

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
    .description('makes an API key and prints it, once; only its hash is kept')
    .requiredOption('--name <name>', 'what it is for, such as "shop back end"', readName)
    .option('--scopes <list>', `what it may do: ${apiScopes.join(', ')}; with commas`, readScopes, shopScopes)
    .option('--expires <when>', 'when it ends: 90d, a day (2027-01-31, inclusive) or an instant; never if left out')
    .option('--json', 'print the result as JSON', false)
    .action(({ name, scopes, expires, json }: Options) =>
      withInstallation(context, async ({ config, db, organizationId }) => {
        const { timezone } = config.tracking
        const expiresAt = expires === undefined ? null : parseExpiry(expires, { now: context.now(), timezone })
        const key = newApiKey()
        const id = await saveApiKey(db.sql, { key, organizationId, name, scopes, expiresAt })
        const ends = expiresAt ? `ends ${instantShower(timezone)(expiresAt)} (${timezone})` : 'never ends'
        print(json, { id, name, prefix: apiKeyPrefix(key), scopes, expiresAt, key }, key)
        note(`Key ${id} "${name}" may ${scopes.join(', ')} and ${ends}. Keep it now: it is not shown again.`)
      }),
    )

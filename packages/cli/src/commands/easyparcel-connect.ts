import { randomBytes } from 'node:crypto'
import { connectionName, type Environment, environments } from '@jejak/contract'
import { consoleActor as actor } from '@jejak/core/audit'
import { createTokenSealer, saveConnectionLogin } from '@jejak/core/connections'
import { checkAccess, createConfiguredOAuth, EasyParcelError, type Tokens } from '@jejak/core/easyparcel'
import { prepareInstallation } from '@jejak/core/installing'
import { findConnectionByName, findConnectionBySlug, readClock } from '@jejak/db'
import { Command, InvalidArgumentError, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import type { CommandContext } from '../command-context.ts'
import { awaitLogin } from '../connect/await-login.ts'
import { configOf, type OpenedDatabase, withDatabase } from '../open-installation.ts'
import { note, print } from '../print.ts'
import { shopOption } from '../shop-option.ts'
import { instantShower } from '../show-instant.ts'
import { baseConfig } from '../start/base-config.ts'
import { migrateAndChooseMode } from '../start/prepare-database.ts'

type Options = {
  shop?: string
  name?: string
  environment?: Environment
  paste: boolean
  timeout: number
  json: boolean
}

const readMinutes = (text: string): number => {
  const minutes = Number(text)
  if (!(minutes > 0 && minutes <= 60)) throw new InvalidArgumentError('Give 60 minutes at most.')
  return minutes
}

export const easyparcelConnectCommand = (context: CommandContext): Command =>
  new Command('easyparcel:connect')
    .description('logs in to EasyParcel for a shop and stores the tokens encrypted; also works before the first start')
    .addOption(shopOption())
    .addOption(
      new Option('--environment <which>', 'the kind of EasyParcel account that you log in with').choices(environments),
    )
    .option(
      '--name <name>',
      'one of several accounts of the shop: a known name is connected again, a new one is added',
      readName,
    )
    .option('--paste', 'do not listen at EASYPARCEL_REDIRECT_URI; the address is pasted here', false)
    .option('--timeout <minutes>', 'how long to wait for the login', readMinutes, 10)
    .option('--json', 'print the result as JSON', false)
    .addHelpText('after', '\nNeeds EASYPARCEL_CLIENT_ID, EASYPARCEL_CLIENT_SECRET and SECRET_KEY.')
    .action(async (options: Options) => {
      requireApp(baseConfig(context.env).easyparcel)
      await withDatabase({ ...context, mayBeEmpty: true }, (opened) => connect(context, opened, options))
    })

const readName = (text: string): string => {
  const read = connectionName.safeParse(text)
  if (!read.success) throw new InvalidArgumentError(read.error.issues[0]?.message ?? '')
  return read.data
}

const requireApp = ({ api, clientId, clientSecret }: ReturnType<typeof baseConfig>['easyparcel']): void => {
  if (api === 'classic')
    throw new CliError('The classic API has no login: set EASYPARCEL_API_KEY, or EASYPARCEL_API=open.')
  if (!clientId || !clientSecret)
    throw new CliError(
      'EASYPARCEL_CLIENT_ID and EASYPARCEL_CLIENT_SECRET are not set: create an app in EasyParcel’s Developer Hub and copy them from there.',
    )
}

/** A database that was empty becomes a real installation here: it has credentials. */
const connect = async (
  { env, now }: CommandContext,
  { base, url, db, signal }: OpenedDatabase,
  { shop, name, environment, paste, timeout, json }: Options,
): Promise<void> => {
  const { isDemo } = await migrateAndChooseMode(db, { base, url, asked: undefined })
  const config = await configOf(env, { base, isDemo, url })
  const { secretKeys, ...first } = await prepareInstallation(db, config)
  const account = shop === undefined ? first : await findConnectionBySlug(db.sql, { slug: shop, api: 'open' })
  if (!account) throw new CliError(`There is no shop ${shop}: org:list shows the shops.`)
  const { organizationId } = account
  const own = db.ofShop(organizationId)
  const known = name === undefined ? account : { connectionId: (await findConnectionByName(own.sql, name))?.id ?? null }
  const oauth = createConfiguredOAuth({ config, now })
  const state = randomBytes(24).toString('base64url')
  const announce = () => {
    note(`Open this address in a browser, log in at EasyParcel and allow the access:\n\n${oauth.loginUrl(state)}\n`)
    note(`Waiting ${timeout} minutes for ${config.easyparcel.redirectUri}`)
    note('If the browser cannot show that page, paste the address it was sent to here.')
  }
  const code = await awaitLogin({
    redirectUri: new URL(config.easyparcel.redirectUri),
    ...{ state, pasteOnly: paste, timeoutMs: timeout * 60_000, input: process.stdin, announce, say: note, signal },
  })
  const tokens = await oauth.exchangeCode(code, signal).catch(failed)
  const said = { connectionId: known.connectionId, name: name ?? '', environment: environment ?? null }
  const sealer = createTokenSealer(secretKeys)
  const { connectionId, isNew } = await own.transaction(async (tx) =>
    saveConnectionLogin({ tx, sealer }, { actor, said, tokens, now: await readClock(tx) }),
  )
  const told = { connected: true, connectionId, isNew, ...facts(tokens) }
  print(sentenceOf(tokens, config.tracking.timezone), json && told)
  if (!environment && isNew) note('Say what kind of account it is: connections:change --environment live, or sandbox.')
  await checkAccess({ config, accessToken: tokens.accessToken, signal, now: now() }).catch(stored)
}

const failed = (error: unknown): never => {
  throw error instanceof EasyParcelError
    ? new CliError(`${error.message} Nothing was stored.`, { cause: error })
    : error
}

const stored = (error: unknown): never => {
  if (!(error instanceof EasyParcelError)) throw error
  throw new CliError(`The tokens are stored, but the first request to EasyParcel failed: ${error.message}`, {
    cause: error,
  })
}

const facts = ({ expiresAt, refreshToken }: Tokens) => ({
  accessTokenExpiresAt: expiresAt,
  renewsItself: refreshToken !== null,
})

const sentenceOf = (tokens: Tokens, timezone: string): string => {
  const { accessTokenExpiresAt, renewsItself } = facts(tokens)
  const ends = accessTokenExpiresAt ? ` ends ${instantShower(timezone)(accessTokenExpiresAt)} and` : ''
  return `Connected. The access${ends} ${renewsItself ? 'renews itself' : 'cannot be renewed: EasyParcel gave no refresh token'}.`
}

import type { Config } from '@jejak/config'
import {
  addKeyId,
  apiScopes,
  countUsers,
  type Db,
  type DefaultConnection,
  ensureDefaultConnection,
  listKeyIds,
  listKeysInUse,
  readClock,
  renumberForeignChanges,
  type Sql,
  saveInstallation,
} from '@jejak/db'
import { storeKey } from '../access/api-keys.ts'
import { createUser } from '../access/users.ts'
import { systemActor } from '../actor.ts'
import { createTokenSealer, seedLogin } from '../easyparcel/client/connection-tokens.ts'
import { Refusal } from '../errors.ts'
import { keyIdOf, type SecretKeys } from '../secrets/derive-key.ts'
import { findCredential } from './find-credential.ts'

/** The installation as every process sees it after its start. */
export type Installation = DefaultConnection & { isDemo: boolean; secretKeys: SecretKeys }

/** A start that must not go on; the message is one sentence for the operator. */
export class InstallationError extends Error {
  override readonly name = 'InstallationError'
}

/**
 * Brings a migrated database to where a process can work with it: remembers whether it is a demo, creates the default shop and its
 * connection, seeds tokens from the environment, takes up what a dump of another server brought, stores the bootstrap key. Every process may call it at every start.
 */
export const prepareInstallation = async (db: Db, config: Config): Promise<Installation> => {
  const secretKeys = readSecretKeys(config)
  const { isDemo } = await saveInstallation(db.sql, config.demo.enabled)
  refuseMixing(isDemo, config)
  await requireKeys(db.sql, secretKeys)
  const connection = await db.transaction((tx) =>
    ensureDefaultConnection(tx, { api: config.easyparcel.api, environment: isDemo ? 'sandbox' : null }),
  )
  const place = { sql: db.sql, connectionId: connection.connectionId, sealer: createTokenSealer(secretKeys) }
  await seedLogin(place, {
    accessToken: config.easyparcel.accessToken?.reveal(),
    refreshToken: config.easyparcel.refreshToken?.reveal(),
  })
  await renumberForeignChanges(db.sql)
  const { organizationId } = connection
  const deps = { db, clock: readClock, actor: systemActor }
  const key = config.keys.bootstrapApiKey?.reveal()
  if (key !== undefined)
    await storeKey(deps, { key, organizationId, name: 'bootstrap', scopes: apiScopes, expiresAt: null })
  await makeFirstUser(deps, config, organizationId)
  return { ...connection, isDemo, secretKeys }
}

/** SECRET_KEY, and SECRET_KEY_OTHER behind it. */
export const readSecretKeys = ({ keys }: Pick<Config, 'keys'>): SecretKeys => {
  const secretKey = keys.secretKey?.reveal()
  if (secretKey === undefined)
    throw new InstallationError('SECRET_KEY is not set: give at least 32 random bytes and keep them.')
  const other = keys.otherSecretKey?.reveal()
  return other === undefined ? [secretKey] : [secretKey, other]
}

/** A process that misses a key would refuse links and look-ups that are right, and hash what no other process recognises. */
export const requireKeys = async (sql: Sql, secretKeys: SecretKeys): Promise<void> => {
  const given = secretKeys.map(keyIdOf)
  const known = await Promise.all([listKeyIds(sql), listKeysInUse(sql)])
  const missing = [...new Set(known.flat())].filter((id) => !given.includes(id))
  if (missing.length > 0)
    throw new InstallationError(
      `This database was used with another SECRET_KEY (key id ${missing.join(', ')}): give that key as SECRET_KEY_OTHER, or, if it is lost, see \`jejak secret:status\`.`,
    )
  await addKeyId(sql, given[0]!)
}

/** Of processes that start together one makes the user. Once there is anyone, even disabled, no one is made: who had this address may have another now. */
const makeFirstUser = async (
  deps: Parameters<typeof createUser>[0] & { db: Pick<Db, 'sql'> },
  { access }: Config,
  organizationId: string,
): Promise<void> => {
  const { adminEmail: email, adminPassword } = access
  if (email === undefined || adminPassword === undefined || (await countUsers(deps.db.sql)) > 0) return
  const membership = { organizationId, role: 'owner' } as const
  const user = { email, name: '', password: adminPassword.reveal(), isOperator: true, membership, isFirst: true }
  await createUser(deps, user).catch((error: Error) => {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'validation') throw new InstallationError(`ADMIN_PASSWORD: ${error.message}`)
  })
}

/** With JEJAK_DEMO the launcher sets credentials too: those of the simulator. */
const refuseMixing = (isDemo: boolean, config: Config): void => {
  if (isDemo && !config.demo.enabled && findCredential(config.easyparcel))
    throw new InstallationError(
      'This database holds a demo, and a demo takes no real EasyParcel credentials: run `jejak demo:clear` first.',
    )
  if (isDemo !== config.demo.enabled)
    throw new InstallationError(
      isDemo
        ? 'This database holds a demo: start it with `npm start`, or run `jejak demo:clear` first.'
        : 'This database holds a real installation, which never runs as a demo.',
    )
}

import type { Config } from '@jejak/config'
import type { Sql } from '@jejak/db'
import type { SecretKeys } from '../../secrets/derive-key.ts'
import { createClassicClient } from './classic-client.ts'
import { createTokenSealer, createTokenStore } from './connection-tokens.ts'
import type { EasyParcelClient } from './easyparcel-client.ts'
import { EasyParcelError } from './easyparcel-error.ts'
import { createOAuth } from './oauth.ts'
import { createOpenClient } from './open-client.ts'
import { createTokenKeeper } from './token-keeper.ts'

type Deps = { sql: Sql; config: Pick<Config, 'easyparcel' | 'tracking'>; secretKeys: SecretKeys; now: () => Date }

/** The OAuth endpoints of this installation's app. */
export const createConfiguredOAuth = ({ config, now }: Pick<Deps, 'config' | 'now'>) =>
  createOAuth({
    ...config.easyparcel,
    clientId: config.easyparcel.clientId ?? '',
    clientSecret: config.easyparcel.clientSecret?.reveal() ?? '',
    timeoutMs: config.tracking.apiTimeoutMs,
    now,
  })

/** The client of each connection, made at first use and kept; which API it speaks is the installation's setting. */
export const createEasyParcelOf = (deps: Deps): ((connectionId: string) => EasyParcelClient) => {
  const clients = new Map<string, EasyParcelClient>()
  return (connectionId) => {
    const known = clients.get(connectionId) ?? createClient(deps, connectionId)
    clients.set(connectionId, known)
    return known
  }
}

const createClient = (deps: Deps, connectionId: string): EasyParcelClient => {
  const { easyparcel, tracking } = deps.config
  const { apiTimeoutMs: timeoutMs, batchSize: batchMax, concurrencyMax } = tracking
  const options = { ...easyparcel, timeoutMs, batchMax, concurrencyMax }
  if (easyparcel.api === 'classic') return createKeyedClient(options, easyparcel.apiKey?.reveal())
  const tokens = createTokenKeeper({
    store: createTokenStore({ sql: deps.sql, connectionId, sealer: createTokenSealer(deps.secretKeys) }),
    oauth: createConfiguredOAuth(deps),
    now: deps.now,
    leaseMs: 3 * timeoutMs,
    waitMs: 3 * timeoutMs,
  })
  return createOpenClient({ ...options, tokens })
}

const createKeyedClient = (
  options: Omit<Parameters<typeof createClassicClient>[0], 'apiKey'>,
  apiKey: string | undefined,
): EasyParcelClient => ({
  ...createClassicClient({ ...options, apiKey: apiKey ?? '' }),
  prepare: async () => {
    if (!apiKey) throw new EasyParcelError({ kind: 'unauthorised' }, 'EASYPARCEL_API_KEY is not set.')
  },
})

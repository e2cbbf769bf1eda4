import type { Config } from '@jejak/config'
import type { Sql } from '@jejak/db'
import { createClassicClient } from './classic-client.ts'
import { createTokenSealer, createTokenStore } from './connection-tokens.ts'
import type { CourierSource } from './easyparcel-client.ts'
import { EasyParcelError } from './easyparcel-error.ts'
import { createOAuth } from './oauth.ts'
import { createOpenClient } from './open-client.ts'
import { createTokenKeeper } from './token-keeper.ts'

type Deps = { sql: Sql; config: Pick<Config, 'easyparcel' | 'tracking'>; secretKey: string; now: () => Date }

/** The OAuth endpoints of this installation's app. */
export const createConfiguredOAuth = ({ config, now }: Pick<Deps, 'config' | 'now'>) =>
  createOAuth({
    baseUrl: config.easyparcel.baseUrl,
    clientId: config.easyparcel.clientId ?? '',
    clientSecret: config.easyparcel.clientSecret?.reveal() ?? '',
    redirectUri: config.easyparcel.redirectUri,
    timeoutMs: config.tracking.apiTimeoutMs,
    responseLimitBytes: config.easyparcel.responseLimitBytes,
    now,
  })

/** The client of each connection, made at first use and kept; which API it speaks is the installation's setting. */
export const createCourierOf = (deps: Deps): ((connectionId: string) => CourierSource) => {
  const couriers = new Map<string, CourierSource>()
  return (connectionId) => {
    const known = couriers.get(connectionId) ?? createCourier(deps, connectionId)
    couriers.set(connectionId, known)
    return known
  }
}

const createCourier = (deps: Deps, connectionId: string): CourierSource => {
  const { easyparcel, tracking } = deps.config
  const options = {
    baseUrl: easyparcel.baseUrl,
    timeoutMs: tracking.apiTimeoutMs,
    responseLimitBytes: easyparcel.responseLimitBytes,
    batchMax: tracking.batchSize,
    concurrencyMax: tracking.concurrencyMax,
    defaultZone: easyparcel.defaultZone,
  }
  if (easyparcel.api === 'classic') return createClassicCourier(options, easyparcel.apiKey?.reveal())
  const tokens = createTokenKeeper({
    store: createTokenStore(deps.sql, connectionId, createTokenSealer(deps.secretKey)),
    oauth: createConfiguredOAuth(deps),
    now: deps.now,
    leaseMs: 3 * tracking.apiTimeoutMs,
    waitMs: 3 * tracking.apiTimeoutMs,
  })
  return createOpenClient({ ...options, version: easyparcel.version, tokens })
}

const createClassicCourier = (
  options: Omit<Parameters<typeof createClassicClient>[0], 'apiKey'>,
  apiKey: string | undefined,
): CourierSource => ({
  ...createClassicClient({ ...options, apiKey: apiKey ?? '' }),
  prepare: async () => {
    if (!apiKey) throw new EasyParcelError({ kind: 'unauthorised' }, 'EASYPARCEL_API_KEY is not set.')
  },
})

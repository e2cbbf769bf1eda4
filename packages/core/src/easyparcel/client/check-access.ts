import type { Config } from '@jejak/config'
import { endpointUrl } from './endpoint-url.ts'
import { send } from './http.ts'
import { requireSuccess } from './refusals.ts'

type Access = {
  config: Pick<Config, 'easyparcel' | 'tracking'>
  accessToken: string
  signal: AbortSignal
  now: Date
}

/** Asks EasyParcel for the wallet, its cheapest question, and throws an `EasyParcelError` unless it answers; costs none of the budget. */
export const checkAccess = async ({ config, accessToken, signal, now }: Access): Promise<void> => {
  const { baseUrl, version, responseLimitBytes } = config.easyparcel
  const answer = await send({
    method: 'get',
    url: endpointUrl(baseUrl, `/open_api/${version}/wallet`),
    headers: { Authorization: `Bearer ${accessToken}` },
    timeoutMs: config.tracking.apiTimeoutMs,
    responseLimitBytes,
    signal,
  })
  requireSuccess(answer, now)
}

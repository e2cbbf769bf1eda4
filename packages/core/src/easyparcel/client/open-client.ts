import { normaliseOpen } from '../reading/normalise.ts'
import { type ClientOptions, createTrackMany } from './bulk-client.ts'
import type { EasyParcelClient } from './easyparcel-client.ts'
import { EasyParcelError } from './easyparcel-error.ts'
import { endpointUrl } from './endpoint-url.ts'
import { send } from './http.ts'
import { requireSuccess } from './refusals.ts'
import type { TokenKeeper } from './token-keeper.ts'

export type OpenClientOptions = ClientOptions & { version: string; tokens: TokenKeeper }

/**
 * The Open API's `shipment/tracking_status`. A refused token is `unauthorised`: `renewAccess` gets another one, and the caller opens a new call,
 * because every request is charged.
 */
export const createOpenClient = (options: OpenClientOptions): EasyParcelClient => {
  const { tokens, timeoutMs, responseLimitBytes } = options
  const url = endpointUrl(options.baseUrl, `/open_api/${options.version}/shipment/tracking_status`)
  const refusedTokens = new WeakMap<EasyParcelError, string>()

  const ask = async (trackingNumbers: readonly string[], signal: AbortSignal, now: Date) => {
    // This call is charged already, so it goes out with what `prepare` made sure of: a refresh that fails now would waste it.
    const token = await tokens.accessToken(signal, 0)
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ awb_numbers: trackingNumbers })
    const answer = await send({ method: 'post', url, headers, body, timeoutMs, responseLimitBytes, signal })
    try {
      requireSuccess(answer, now)
    } catch (error) {
      if (error instanceof EasyParcelError) refusedTokens.set(error, token)
      throw error
    }
    return answer
  }

  return {
    trackMany: createTrackMany(options, { ask, read: normaliseOpen }),
    prepare: async (signal) => {
      await tokens.accessToken(signal)
    },
    renewAccess: async (refusal, signal) => {
      const refusedToken = refusedTokens.get(refusal)
      if (refusedToken === undefined) throw refusal
      await tokens.refresh(refusedToken, signal)
    },
  }
}

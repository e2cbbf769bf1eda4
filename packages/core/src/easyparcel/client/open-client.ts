import pLimit from 'p-limit'
import { normaliseOpen } from '../reading/normalise.ts'
import {
  noShipments,
  noSuchShipment,
  readShipmentDetails,
  readShipmentPage,
  saysNone,
  saysNoSuch,
  shipmentsPerPage,
} from '../reading/shipments.ts'
import { type ClientOptions, createTrackMany } from './bulk-client.ts'
import type { EasyParcelClient } from './easyparcel-client.ts'
import { EasyParcelError } from './easyparcel-error.ts'
import { endpointUrl } from './endpoint-url.ts'
import { type HttpAnswer, send } from './http.ts'
import { requireSuccess } from './refusals.ts'
import type { TokenKeeper } from './token-keeper.ts'

export type OpenClientOptions = ClientOptions & { version: string; tokens: TokenKeeper }

/**
 * The Open API's tracking, lists and details. A refused token is `unauthorised`: `renewAccess` gets another one, and the caller opens a new call,
 * because every request is charged.
 */
export const createOpenClient = (options: OpenClientOptions): EasyParcelClient => {
  const { tokens, timeoutMs, responseLimitBytes } = options
  const base = endpointUrl(options.baseUrl, `/open_api/${options.version}/shipment`)
  const limit = pLimit(options.concurrencyMax)
  const refusedTokens = new WeakMap<EasyParcelError, string>()

  /** One request to `shipment/…`; throws when its answer is no success, unless `isAnswer` takes it all the same. */
  const post = async (action: string, { content, signal, now, isAnswer }: Post): Promise<HttpAnswer> => {
    const url = `${base}/${action}`
    // This call is charged already, so it goes out with what `prepare` made sure of: a refresh that fails now would waste it.
    const token = await tokens.accessToken(signal, 0)
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const body = JSON.stringify(content)
    const answer = await send({ method: 'post', url, headers, body, timeoutMs, responseLimitBytes, signal })
    if (isAnswer?.(answer)) return answer
    try {
      requireSuccess(answer, now)
    } catch (error) {
      if (error instanceof EasyParcelError) refusedTokens.set(error, token)
      throw error
    }
    return answer
  }
  const ask = (trackingNumbers: readonly string[], signal: AbortSignal, now: Date) =>
    post('tracking_status', { content: { awb_numbers: trackingNumbers }, signal, now })

  return {
    trackMany: createTrackMany(options, { limit, ask, read: normaliseOpen }),
    listShipments: ({ before, dateFrom }, { signal, now }) =>
      limit(async () => {
        const content = {
          limit: shipmentsPerPage,
          date_from: dateFrom,
          ...(before !== null && { before_shipment_number: before }),
        }
        const answer = await post('list', { content, signal, now, isAnswer: saysNone })
        return saysNone(answer) ? noShipments(answer) : readShipmentPage(answer)
      }),
    shipmentDetails: (shipmentNumber, { signal, now }) =>
      limit(async () => {
        const isAnswer = (answer: HttpAnswer) => saysNoSuch(answer, shipmentNumber)
        const answer = await post('details', {
          ...{ content: { shipment_number: shipmentNumber }, signal, now, isAnswer },
        })
        return isAnswer(answer) ? noSuchShipment(answer) : readShipmentDetails(answer, shipmentNumber)
      }),
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

type Post = { content: object; signal: AbortSignal; now: Date; isAnswer?: (answer: HttpAnswer) => boolean }

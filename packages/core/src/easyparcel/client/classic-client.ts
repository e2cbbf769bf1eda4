import pLimit from 'p-limit'
import { normaliseClassic } from '../reading/normalise.ts'
import { classicEnvelope } from '../reading/wire.ts'
import { type ClientOptions, createTrackMany } from './bulk-client.ts'
import type { EasyParcelClient } from './easyparcel-client.ts'
import { EasyParcelError } from './easyparcel-error.ts'
import { endpointUrl } from './endpoint-url.ts'
import { type HttpAnswer, send } from './http.ts'
import { requireSuccess } from './refusals.ts'

export type ClassicClientOptions = ClientOptions & { apiKey: string }

/** `error_code` of a missing or wrong key (docs/easyparcel.md). */
const keyErrors = new Set(['1', '3'])

/** The classic API answers HTTP 200 to business errors too. */
const requireClassicSuccess = ({ json, httpStatus, requestId }: HttpAnswer): void => {
  const answer = classicEnvelope.safeParse(json)
  if (!answer.success || answer.data.api_status !== 'error') return
  const code = answer.data.error_code
  const kind = keyErrors.has(code) ? 'unauthorised' : 'rejected'
  const shown = /^\d{1,6}$/.test(code) ? code : 'unknown'
  const sentence = kind === 'unauthorised' ? 'EasyParcel does not accept the API key' : 'EasyParcel refused the request'
  throw new EasyParcelError({ kind }, `${sentence} (error code ${shown}).`, { httpStatus, requestId })
}

/** The classic API's `EPTrackingBulk`: form body, key inside it. */
export const createClassicClient = (options: ClassicClientOptions): EasyParcelClient => {
  const url = endpointUrl(options.baseUrl, '/?ac=EPTrackingBulk')

  const ask = async (trackingNumbers: readonly string[], signal: AbortSignal, now: Date) => {
    const form = new URLSearchParams({ api: options.apiKey })
    for (const [place, number] of trackingNumbers.entries()) form.append(`bulk[${place}][awb_no]`, number)
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const body = form.toString()
    const answer = await send({ ...options, method: 'post', url, headers, body, signal, anyContentType: true })
    requireSuccess(answer, now)
    requireClassicSuccess(answer)
    return answer
  }
  return { trackMany: createTrackMany(options, { limit: pLimit(options.concurrencyMax), ask, read: normaliseClassic }) }
}

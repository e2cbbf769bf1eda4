import { EasyParcelError, type EasyParcelFailure } from './easyparcel-error.ts'
import type { HttpAnswer } from './http.ts'

/** `Retry-After` as seconds or as an HTTP date, in milliseconds from `now`; null when absent or unreadable. Not capped. */
const readRetryAfter = (value: string | null, now: Date): number | null => {
  if (value === null) return null
  if (/^\s*\d{1,9}\s*$/.test(value)) return Number(value) * 1000
  const until = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(until) ? null : Math.max(0, until - now.getTime())
}

/** What an answer's status means for a call; null when it is a success (docs/easyparcel.md). */
const failureOf = ({ status, json, retryAfter }: HttpAnswer, now: Date): EasyParcelFailure | null => {
  if (status === 401) return { kind: 'unauthorised' }
  if (status === 429) return { kind: 'rate-limited', retryAfterMs: readRetryAfter(retryAfter, now) }
  // Only these say that what we asked was at fault; any other refusal (a blocked account, a missing endpoint) would meet every batch.
  if (status === 400 || status === 422) return { kind: json === undefined ? 'server' : 'rejected' }
  if (status >= 400) return { kind: 'server', retryAfterMs: readRetryAfter(retryAfter, now) }
  if (status >= 300 || status < 200 || json === undefined) return { kind: 'malformed' }
  return null
}

const said: Record<EasyParcelFailure['kind'], string> = {
  unauthorised: 'EasyParcel does not accept our access',
  'rate-limited': 'EasyParcel asks us to slow down',
  rejected: 'EasyParcel refused the request',
  server: 'EasyParcel is in trouble',
  malformed: 'EasyParcel answered with something other than JSON',
  network: 'EasyParcel could not be reached',
  timeout: 'EasyParcel did not answer in time',
}

/** Throws the `EasyParcelError` that an answer amounts to, if any. An HTML page from the edge counts by its status. */
export const requireSuccess = (answer: HttpAnswer, now: Date): void => {
  const failure = failureOf(answer, now)
  if (!failure) return
  const { httpStatus, status, requestId } = answer
  const inside = status === httpStatus ? '' : ` inside HTTP ${httpStatus}`
  throw new EasyParcelError(failure, `${said[failure.kind]} (status ${status}${inside}).`, {
    httpStatus: status,
    requestId,
  })
}

import axios, { type AxiosError, type AxiosResponse } from 'axios'
import { z } from 'zod'
import { cleanText } from '../reading/clean-text.ts'
import { EasyParcelError } from './easyparcel-error.ts'

export type HttpLimits = { timeoutMs: number; responseLimitBytes: number }

type HttpRequest = HttpLimits & {
  method: 'get' | 'post'
  url: string
  headers: Record<string, string>
  body?: string
  signal: AbortSignal
  /** PHP serves JSON as text/html unless told otherwise: the classic API's answers count as JSON when they parse. */
  anyContentType?: boolean
}

/** `status` is the worse of HTTP's and the body's (docs/easyparcel.md); `json` is undefined when the body is not JSON. */
export type HttpAnswer = {
  httpStatus: number
  status: number
  json: unknown
  requestId: string | null
  retryAfter: string | null
}

const envelope = z.looseObject({
  status_code: z.coerce.number().int().min(100).max(599).catch(0),
  request_id: z.string().catch(''),
  error: z.looseObject({ statusCode: z.coerce.number().int().min(100).max(599).catch(0) }).catch({ statusCode: 0 }),
})

/** Whole numbers too large for a double stay as their digits: a tracking number printed as a number loses none. */
const keepDigits = (_key: string, value: unknown, context?: { source?: string }): unknown =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(context?.source ?? '')
    ? context?.source
    : value

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text, keepDigits)
  } catch {
    return undefined
  }
}

const header = (response: AxiosResponse, name: string): string | null => {
  const value: unknown = response.headers[name]
  return typeof value === 'string' ? value : null
}

const readResponse = (response: AxiosResponse<string>, anyContentType: boolean): HttpAnswer => {
  const isJson = anyContentType || /^application\/([\w.-]+\+)?json\b/i.test(header(response, 'content-type') ?? '')
  const json = isJson ? parseJson(response.data) : undefined
  const body = envelope.safeParse(json).data
  return {
    httpStatus: response.status,
    status: Math.max(response.status, body?.status_code ?? 0, body?.error.statusCode ?? 0),
    json,
    requestId: cleanText(body?.request_id ?? '', 100) || null,
    retryAfter: header(response, 'retry-after'),
  }
}

/** axios errors carry the request with its Authorization header, so only code and message are passed on. */
const withoutRequest = (error: AxiosError): Error => Object.assign(new Error(error.message), { code: error.code })

/** Broken compression, broken HTTP, or axios's own word for the size limit. */
const isUnreadable = ({ code, message }: AxiosError): boolean =>
  /^(Z_|ERR__ERROR|ERR_BROTLI|HPE_)/.test(code ?? '') || message.startsWith('maxContentLength')

const toFailure = (error: unknown, deadline: AbortSignal): EasyParcelError => {
  const cause = axios.isAxiosError(error) ? withoutRequest(error) : error
  const failed = (kind: 'network' | 'timeout' | 'malformed', message: string) =>
    new EasyParcelError({ kind }, message, { cause })
  if (!axios.isAxiosError(error)) return failed('network', 'The request could not be sent.')
  if (deadline.aborted) return failed('timeout', 'EasyParcel did not answer in time.')
  if (error.code === 'ERR_CANCELED') return failed('network', 'The request was stopped before its answer came.')
  if (isUnreadable(error)) return failed('malformed', "EasyParcel's answer is damaged or larger than allowed.")
  return failed('network', 'EasyParcel could not be reached, or the connection broke.')
}

/**
 * One request, never repeated and never redirected. Any status is an answer; throws `EasyParcelError` network, timeout or malformed when there is none.
 * The time limit covers the whole exchange, the size limit the unpacked body.
 */
export const send = async (request: HttpRequest): Promise<HttpAnswer> => {
  const deadline = AbortSignal.timeout(request.timeoutMs)
  try {
    const response = await axios.request<string>({
      url: request.url,
      method: request.method,
      headers: {
        Accept: 'application/json',
        'User-Agent': 'Jejak/0.1 (self-hosted parcel tracking)',
        ...request.headers,
      },
      data: request.body,
      responseType: 'text',
      transformResponse: (data: string) => data,
      validateStatus: () => true,
      maxRedirects: 0,
      maxContentLength: request.responseLimitBytes,
      signal: AbortSignal.any([request.signal, deadline]),
    })
    return readResponse(response, request.anyContentType ?? false)
  } catch (error) {
    throw toFailure(error, deadline)
  }
}

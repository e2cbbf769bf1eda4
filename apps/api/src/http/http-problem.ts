import type { Problem, ProblemCode, ProblemError } from '@jejak/contract'

const statusOf: Record<ProblemCode, number> = {
  validation: 400,
  unauthenticated: 401,
  code_needed: 401,
  forbidden: 403,
  link_refused: 403,
  not_found: 404,
  conflict: 409,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
}

const titleOf: Record<ProblemCode, string> = {
  validation: 'The request cannot be read',
  unauthenticated: 'A key or a session is needed',
  code_needed: 'A code is needed',
  forbidden: 'Not allowed',
  link_refused: 'This link does not open the parcel',
  not_found: 'Not found',
  conflict: 'Not possible right now',
  rate_limited: 'Too many requests',
  unavailable: 'Not available right now',
  internal: 'Something went wrong on our side',
}

/** A refusal of one field begins with its name. */
const namedField = (detail: string): ProblemError[] | undefined => {
  const [, path, message] = /^([a-z]\w{0,40}): (.+)$/s.exec(detail) ?? []
  return path !== undefined && message !== undefined ? [{ path, message }] : undefined
}

type Extras = { status?: number; errors?: ProblemError[]; headers?: Record<string, string>; cause?: unknown }

/** Thrown by routes and hooks; the error handler sends it as problem+json. */
export class HttpProblem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly errors: ProblemError[] | undefined
  readonly headers: Record<string, string>
  constructor(code: ProblemCode, detail: string, { status, errors, headers = {}, cause }: Extras = {}) {
    super(detail, { cause })
    this.code = code
    this.status = status ?? statusOf[code]
    this.errors = errors ?? (code === 'validation' ? namedField(detail) : undefined)
    this.headers = headers
  }
}

const retrySoon = { 'retry-after': '5' }

export const notFound = (detail: string): HttpProblem => new HttpProblem('not_found', detail)
export const invalid = (detail: string, extras: Extras = {}): HttpProblem =>
  new HttpProblem('validation', detail, extras)
export const forbidden = (detail: string): HttpProblem => new HttpProblem('forbidden', detail)
export const unavailable = (detail: string, cause?: unknown): HttpProblem =>
  new HttpProblem('unavailable', detail, { headers: retrySoon, cause })
export const internal = (cause: unknown): HttpProblem =>
  new HttpProblem('internal', 'The error is logged under the request id.', { cause })

/** RFC 6750: without a key only the scheme is named, with a refused one also that it was refused. */
export const unauthenticated = (detail: string, { refused }: { refused: boolean }): HttpProblem =>
  new HttpProblem('unauthenticated', detail, {
    headers: { 'www-authenticate': `Bearer realm="jejak"${refused ? ', error="invalid_token"' : ''}` },
  })

/** The body of a problem. */
export const toProblemBody = ({ code, status, message, errors }: HttpProblem, requestId: string): Problem => ({
  type: 'about:blank',
  title: titleOf[code],
  status,
  detail: message,
  code,
  requestId,
  ...(errors && { errors }),
})

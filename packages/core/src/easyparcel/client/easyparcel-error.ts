export type EasyParcelFailure =
  | { kind: 'network' | 'timeout' | 'malformed' | 'unauthorised' }
  | { kind: 'server'; retryAfterMs?: number | null }
  | { kind: 'rate-limited'; retryAfterMs: number | null }
  | { kind: 'rejected' }

export type EasyParcelFailureKind = EasyParcelFailure['kind']

/** A call to EasyParcel that failed as a whole. The message never holds a token, a header or a body. */
export class EasyParcelError extends Error {
  readonly kind: EasyParcelFailureKind
  readonly retryAfterMs: number | null
  readonly httpStatus: number | null
  readonly requestId: string | null

  constructor(
    failure: EasyParcelFailure,
    message: string,
    details: { httpStatus?: number | null; requestId?: string | null; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause })
    this.name = 'EasyParcelError'
    this.kind = failure.kind
    this.retryAfterMs = 'retryAfterMs' in failure ? (failure.retryAfterMs ?? null) : null
    this.httpStatus = details.httpStatus ?? null
    this.requestId = details.requestId ?? null
  }
}

import type { Variant } from '../fault-dice.ts'
import { chance } from '../random.ts'

/** An HTTP answer before it is written. `body` is sent as JSON unless it is a string of the given content type. */
export type Answer = { status: number; body: unknown; headers?: Record<string, string> }

/** `<epoch ms>.<uuid>`, as recorded; the uuid repeats with the seed. */
export const requestId = (now: Date, seed: string, call: number): string => {
  const hex = (length: number, ...parts: (string | number)[]) =>
    Math.floor(chance(seed, call, ...parts) * 16 ** length)
      .toString(16)
      .padStart(length, '0')
  return `${now.getTime()}.${hex(8, 'a')}-${hex(4, 'b')}-4${hex(3, 'c')}-a${hex(3, 'd')}-${hex(6, 'e')}${hex(6, 'f')}`
}

/** The four documented bodies of a 401 (fact sheet §5). */
export const unauthorised = (shape: Variant, id: string, name = 'invalid_token'): Answer => {
  const bodies: Record<Variant, unknown> = {
    a: { error: { statusCode: 401, status: 401, code: 401, name }, status_code: 401 },
    b: { status_code: 401, message: 'Invalid Oauth 2.0 access token', data: null },
    c: { status_code: 401, request_id: id, message: 'Unauthorized Access', data: 'Invalid Access Token' },
    d: { status_code: 401, message: 'Unauthorized access', data: null },
  }
  return { status: 401, body: bodies[shape] }
}

export const validationError = (...errors: string[]): Answer => ({
  status: 400,
  body: { status_code: 400, message: 'Validation error', data: { errors } },
})

export const plainError = (status: number, message: string): Answer => ({
  status,
  body: { status_code: status, message, data: [] },
})

/** Like the pages Cloudflare shows in front of an API. */
export const htmlPage = (status: 403 | 429 | 502 | 520): Answer => {
  const title = {
    403: 'Attention Required! | Cloudflare',
    429: 'Too Many Requests',
    502: 'Bad gateway',
    520: 'Web server is returning an unknown error',
  }[status]
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8', server: 'cloudflare' },
    body: `<!DOCTYPE html>\n<html lang="en-US"><head><title>${title}</title></head>\n<body><div id="cf-wrapper"><h1>Error ${status}</h1><p>${title}</p></div></body></html>\n`,
  }
}

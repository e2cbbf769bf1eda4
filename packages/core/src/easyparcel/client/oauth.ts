import { z } from 'zod'
import { EasyParcelError } from './easyparcel-error.ts'
import { endpointUrl } from './endpoint-url.ts'
import { type HttpAnswer, type HttpLimits, send } from './http.ts'
import { loginUrlOf } from './login-url.ts'
import { requireSuccess } from './refusals.ts'

/** `refreshToken` and `expiresAt` are null when EasyParcel gave none. */
export type Tokens = { accessToken: string; refreshToken: string | null; expiresAt: Date | null }

export type OAuthOptions = HttpLimits & {
  baseUrl: string
  clientId: string
  clientSecret: string
  redirectUri: string
  now: () => Date
}

/** Every failure is an `EasyParcelError`; `rejected` alone means that EasyParcel said no, all other kinds may pass by themselves. */
export type OAuth = {
  loginUrl(state: string): string
  exchangeCode(code: string, signal: AbortSignal): Promise<Tokens>
  refreshTokens(refreshToken: string, signal: AbortSignal): Promise<Tokens>
}

const yearsInSeconds = 10 * 366 * 86_400
const lifetime = z.coerce.number().positive().max(yearsInSeconds).nullish().catch(null)
const grant = z.object({
  access_token: z.string().min(1).max(20_000),
  refresh_token: z.string().max(20_000).nullish(),
  expires_in: lifetime,
})
const tokenAnswer = z.union([grant, z.object({ data: grant }).transform((wrapped) => wrapped.data)])
const refusalWord = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) })

/** Only a JSON 400 or 401 is a refusal: any other status, from the edge or a broken version, is no verdict on the token. */
const requireGrant = (answer: HttpAnswer, now: Date): void => {
  const { status, json, requestId } = answer
  if (json !== undefined && (status === 400 || status === 401)) {
    const word = refusalWord.safeParse(json).data?.error
    const sentence = `EasyParcel refused to give tokens (status ${status}${word ? `, ${word}` : ''}).`
    throw new EasyParcelError({ kind: 'rejected' }, sentence, { httpStatus: status, requestId })
  }
  if (status >= 400 && status < 500 && status !== 429) {
    const sentence = `EasyParcel's token endpoint is in trouble (status ${status}).`
    throw new EasyParcelError({ kind: 'server' }, sentence, { httpStatus: status, requestId })
  }
  requireSuccess(answer, now)
}

/** The life of a token counts from its receipt: EasyParcel's clock does not matter. */
const readTokens = (answer: HttpAnswer, now: Date): Tokens => {
  requireGrant(answer, now)
  const parsed = tokenAnswer.safeParse(answer.json)
  if (!parsed.success) {
    const { httpStatus, requestId } = answer
    throw new EasyParcelError({ kind: 'malformed' }, "EasyParcel's answer holds no token.", { httpStatus, requestId })
  }
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = parsed.data
  const expiresAt = seconds ? new Date(now.getTime() + seconds * 1000) : null
  return { accessToken, refreshToken: refreshToken || null, expiresAt }
}

/** EasyParcel's OAuth 2.0 authorization code flow (docs/easyparcel.md). */
export const createOAuth = (options: OAuthOptions): OAuth => {
  const { clientId, clientSecret, redirectUri, timeoutMs, responseLimitBytes, now } = options
  const url = endpointUrl(options.baseUrl, '/oauth/token')
  const headers = {
    Authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
    'Content-Type': 'application/x-www-form-urlencoded',
  }
  const ask = async (fields: Record<string, string>, signal: AbortSignal): Promise<Tokens> => {
    const body = new URLSearchParams(fields).toString()
    return readTokens(await send({ method: 'post', url, headers, body, timeoutMs, responseLimitBytes, signal }), now())
  }

  return {
    loginUrl: (state) => loginUrlOf(options, state),
    exchangeCode: (code, signal) => ask({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }, signal),
    refreshTokens: async (refreshToken, signal) => {
      const fields = { grant_type: 'refresh_token', refresh_token: refreshToken }
      const keep = (tokens: Tokens): Tokens => ({ ...tokens, refreshToken: tokens.refreshToken ?? refreshToken })
      try {
        return keep(await ask(fields, signal))
      } catch (error) {
        // The docs list redirect_uri for refreshes too, the official client leaves it out.
        if (!(error instanceof EasyParcelError) || error.kind !== 'rejected' || error.httpStatus !== 400) throw error
        return keep(await ask({ ...fields, redirect_uri: redirectUri }, signal))
      }
    },
  }
}

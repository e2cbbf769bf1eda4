import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Issued } from '../accounts.ts'
import { type Answer, htmlPage, plainError } from '../answers/error-shapes.ts'
import { sendAnswer } from '../send-answer.ts'
import type { World } from '../world.ts'

const loginQuery = z.object({
  client_id: z.string().min(1),
  redirect_uri: z.url(),
  state: z.string().optional(),
  code_challenge: z.string().optional(),
  account: z.string().optional(),
})

const tokenRequest = z.discriminatedUnion('grant_type', [
  z.object({
    grant_type: z.literal('authorization_code'),
    code: z.string().min(1),
    redirect_uri: z.string().min(1),
    code_verifier: z.string().optional(),
  }),
  z.object({ grant_type: z.literal('refresh_token'), refresh_token: z.string().min(1) }),
])

const tokenError = (status: number, error: string, error_description: string): Answer => ({
  status,
  body: { error, error_description },
})

const tokenBody = (world: World, clientId: string, { access, refresh }: Issued, isWrapped: boolean) => {
  const now = world.clock.now().getTime()
  const expiry = (at: number | null) => ({
    in: Math.round(((at ?? now) - now) / 1000),
    at: new Date(at ?? now).toISOString(),
  })
  const body = {
    token_type: 'Bearer',
    expires_in: expiry(access.expiresAt).in,
    expires_at: expiry(access.expiresAt).at,
    access_token: access.value,
    ...(refresh && {
      refresh_token: refresh.value,
      refresh_token_expires_in: expiry(refresh.expiresAt).in,
      refresh_token_expires_at: expiry(refresh.expiresAt).at,
    }),
    app: { client_id: clientId, callbackUrls: [], redirectUris: [] },
  }
  return isWrapped ? { status_code: 200, message: 'Success', data: body } : body
}

const clientOf = (world: World, authorization = ''): string | undefined => {
  const [, encoded = ''] = /^Basic (\S+)$/.exec(authorization) ?? []
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':')
  return world.accounts.accountsOfClient(id).some((account) => account.clientSecret === secret.join(':'))
    ? id
    : undefined
}

const answerToken = (world: World, request: FastifyRequest): Answer => {
  world.counter.tokenCalled()
  const fate = world.dice.rollToken()
  for (const name of fate) world.counter.faultApplied(name)
  if (fate.has('token_500')) return plainError(500, 'Internal Server Error')
  if (fate.has('token_html')) return htmlPage(502)
  const clientId = clientOf(world, request.headers.authorization)
  if (!clientId) return tokenError(401, 'invalid_client', 'Client authentication failed')
  const form = request.body instanceof URLSearchParams ? Object.fromEntries(request.body) : request.body
  const parsed = tokenRequest.safeParse(form)
  if (!parsed.success) return tokenError(400, 'invalid_request', 'The request is missing a required parameter')
  const grant = parsed.data
  const issued =
    grant.grant_type === 'refresh_token'
      ? world.accounts.spendRefreshToken(grant.refresh_token, clientId)
      : world.accounts.spendCode(grant.code, clientId, grant.redirect_uri, grant.code_verifier)
  if (!issued) return tokenError(400, 'invalid_grant', 'The code or refresh token is invalid, expired or revoked')
  const isWrapped = fate.has('token_wrapped') || world.settings.tokenBody === 'wrapped'
  return { status: 200, body: tokenBody(world, clientId, issued, isWrapped) }
}

const consentPage = (request: FastifyRequest, accountIds: readonly string[]): string => {
  const link = (id: string) =>
    `<li><a href="${request.url.replaceAll('&', '&amp;').replaceAll('"', '')}&amp;account=${encodeURIComponent(id)}">${encodeURIComponent(id)}</a></li>`
  return `<!DOCTYPE html><title>Choose an account</title><h1>Choose an account</h1><ul>${accountIds.map(link).join('')}</ul>`
}

const login = (world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const parsed = loginQuery.safeParse(request.query)
  const accounts = parsed.success ? world.accounts.accountsOfClient(parsed.data.client_id) : []
  if (!parsed.success || accounts.length === 0)
    return reply.code(400).type('text/html').send('<h1>Unknown client or address</h1>')
  const { redirect_uri, state, account: chosen, code_challenge } = parsed.data
  const account = accounts.length === 1 ? accounts[0] : accounts.find((one) => one.id === chosen)
  if (!account)
    return reply.type('text/html').send(
      consentPage(
        request,
        accounts.map((one) => one.id),
      ),
    )
  const target = new URL(redirect_uri)
  target.searchParams.set(
    'code',
    world.accounts.grantCode({ account: account.id, redirectUri: redirect_uri, challenge: code_challenge }),
  )
  if (state !== undefined) target.searchParams.set('state', state)
  return reply.redirect(target.href, 302)
}

/** Login without a question when the client has one account, a consent page when it has several; tokens by both grants (fact sheet §2). */
export const oauthRoutes = (app: FastifyInstance, world: World): void => {
  app.get('/oauth/login', (request, reply) => login(world, request, reply))
  app.post('/oauth/token', (request, reply) =>
    sendAnswer({ reply, answer: answerToken(world, request), compression: world.settings.compression }),
  )
}

import { emailChange, passwordChange, recoveryCodeList, selfProof, totpConfirmation, totpSecret } from '@jejak/contract'
import { beginTotp, changeEmail, changePassword, confirmTotpCode, switchTotpOff } from '@jejak/core/access'
import type { SessionRow } from '@jejak/db'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { addressOf } from '../http/address-block.ts'
import { HttpProblem } from '../http/http-problem.ts'
import { accountRoute } from '../http/routes.ts'
import { createAttempts, ownOf } from './attempts.ts'

const wrong = () => new HttpProblem('forbidden', 'This is not your password.')

type Given = { password: string; code?: string | undefined }

/** What users change about their own account. Each asks for the password again: a session alone is not enough. */
export const ownAccountRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { config, promptDb: db, accessKeys, totpSealer, clock } = deps
  const attempts = createAttempts(deps)
  const ownOfRequest = ownOf(deps)

  /** What an attempt goes with, and where a refusal of it is told. */
  const prepare = async (request: FastifyRequest & { session: SessionRow }, { password, code }: Given) => {
    const { id: sessionId, email } = request.session
    const { actor, organizationId } = ownOfRequest(request)
    const now = await clock(db.sql)
    const from = { address: addressOf(request), requestId: request.id, now }
    return {
      own: { db, actor, accessKeys, totpSealer, settings: config.access },
      attempt: { email, password, code, ...from, sessionId, organizationId },
      asked: { request, now, wrong },
    }
  }

  accountRoute(app, {
    at: 'POST /v1/session/password',
    schema: {
      summary: 'Change your own password',
      description: 'Ends all other sessions.',
      body: passwordChange,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { current, password: chosen, code } = request.body
      const { own, attempt, asked } = await prepare(request, { password: current, code })
      await attempts(asked, () => changePassword(own, { ...attempt, chosen }))
      return reply.code(204).send(null)
    },
  })

  accountRoute(app, {
    at: 'POST /v1/session/email',
    schema: {
      summary: 'Change your own e-mail address',
      description: 'You then sign in with the new address. Ends all other sessions.',
      body: emailChange,
      response: { 204: z.null() },
    },
    problems: [409],
    handler: async (request, reply) => {
      const { own, attempt, asked } = await prepare(request, request.body)
      await attempts(asked, () => changeEmail(own, { ...attempt, chosen: request.body.email }))
      return reply.code(204).send(null)
    },
  })

  accountRoute(app, {
    at: 'POST /v1/session/totp',
    schema: {
      summary: 'Start to set up an authenticator',
      description: 'Returns the secret for an authenticator. Nothing changes until its first code is confirmed.',
      body: selfProof,
      response: { 200: totpSecret },
    },
    problems: [409],
    handler: async (request, reply) => {
      const { own, attempt, asked } = await prepare(request, request.body)
      const { secret, uri } = await attempts(asked, () => beginTotp(own, attempt))
      return reply.send({ secret, uri })
    },
  })

  accountRoute(app, {
    at: 'POST /v1/session/totp/confirm',
    schema: {
      summary: 'Confirm the authenticator',
      description:
        'Takes the first code and returns the recovery codes, which are shown once. From then on, signing in needs a code. Ends all other sessions.',
      body: totpConfirmation,
      response: { 200: recoveryCodeList },
    },
    problems: [409],
    handler: async (request, reply) => {
      const { actor, ...whose } = ownOfRequest(request)
      const asked = { ...whose, code: request.body.code, sessionId: request.session.id }
      const own = { db, clock, actor, accessKeys, totpSealer, settings: config.access }
      const recoveryCodes = await confirmTotpCode(own, asked)
      return reply.send({ recoveryCodes })
    },
  })

  accountRoute(app, {
    at: 'POST /v1/session/totp/off',
    schema: {
      summary: 'Switch the authenticator off',
      description: 'Takes a code or a recovery code.',
      body: selfProof,
      response: { 204: z.null() },
    },
    problems: [409],
    handler: async (request, reply) => {
      const { own, attempt, asked } = await prepare(request, request.body)
      await attempts(asked, () => switchTotpOff(own, attempt))
      return reply.code(204).send(null)
    },
  })
}

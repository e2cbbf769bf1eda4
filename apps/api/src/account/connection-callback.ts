import { permissionsOfUser } from '@jejak/core/access'
import { callbackPath, finishLogin, type LoginEnd } from '@jejak/core/connections'
import { html } from '@jejak/tracking-page/html.ts'
import { renderPlainPage } from '@jejak/tracking-page/page'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { forbidden, type HttpProblem, unauthenticated } from '../http/http-problem.ts'
import { originOf } from '../http/origin.ts'
import { publicRoute } from '../http/routes.ts'
import { findSessionOf } from '../http/session.ts'

const codeMax = 4_000
const stateMax = 200
// Whatever comes is answered in words: a parameter that is there twice is none.
const query = z.record(z.string(), z.unknown())

const textOf = (value: unknown, max: number): string | null =>
  typeof value === 'string' && value !== '' && value.length <= max ? value : null

const headers = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }
const statusOf = (result: LoginEnd['result']) => (/connected$/.test(result) ? 200 : 400)

/** Where EasyParcel sends the browser of someone who has logged in there: it goes on to where they came from, or reads what happened. */
export const connectionCallbackRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { config, promptDb } = deps
  const findManager = async (request: FastifyRequest) => {
    const session = await findSessionOf({ ...deps, db: promptDb }, request)
    if (!session)
      throw unauthenticated(
        'You are not signed in here any more, or began in another browser. Sign in, and connect EasyParcel again.',
        { refused: false },
      )
    if (session.organizationId === null || !permissionsOfUser(session).has('connections:change'))
      throw forbidden(
        'This needs the permission connections:change, which your role does not have. Nothing was changed.',
      )
    return { ...session, organizationId: session.organizationId }
  }

  publicRoute(app, {
    at: `GET ${callbackPath}`,
    limit: 'visits',
    // Whatever looks at an address before its reader does must not use the login up.
    exposeHeadRoute: false,
    schema: { hide: true, querystring: query },
    handler: async (request, reply) => {
      const { state, code, error } = request.query
      try {
        const { id: sessionId, userId, organizationId } = await findManager(request)
        const end = await finishLogin(deps, {
          ...{ sessionId, organizationId },
          actor: { kind: 'user', id: userId, origin: originOf(request, deps) },
          answer: { state: textOf(state, stateMax) ?? '', code: textOf(code, codeMax), isRefused: error !== undefined },
          mayGoOn: async () => {
            const still = await findManager(request)
            if (still.organizationId !== organizationId)
              throw forbidden('You act for another shop by now. Nothing was changed.')
          },
        })
        return sendEnd(reply, end, config.http.publicUrl)
      } catch (problem) {
        const { code, status, message } = problem as HttpProblem
        if (code !== 'unauthenticated' && code !== 'forbidden') throw problem
        return sendPage(reply, { status, sentence: message, backTo: null })
      }
    },
  })
}

/** Back to where the person was, told by a word and an id; nothing of EasyParcel's travels on. */
const sendEnd = (reply: FastifyReply, end: LoginEnd, publicUrl: string) => {
  const { result, sentence, returnTo, connectionId } = end
  const back = returnTo === null ? null : URL.parse(returnTo, publicUrl)
  const backTo = back?.origin === new URL(publicUrl).origin ? back : null
  if (!backTo || result === 'invalid') return sendPage(reply, { status: statusOf(result), sentence, backTo })
  backTo.searchParams.set('easyparcel', result)
  if (connectionId) backTo.searchParams.set('connection', connectionId)
  return reply
    .code(303)
    .headers({ ...headers, location: backTo.href })
    .send()
}

const sendPage = (
  reply: FastifyReply,
  { status, sentence, backTo }: { status: number; sentence: string; backTo: URL | null },
) => {
  const title = status === 200 ? 'EasyParcel is connected' : 'EasyParcel was not connected'
  const page = renderPlainPage({
    title: `${title} · Jejak`,
    main: html`<section><p role="status">${sentence}</p>${backTo && html`<p class="actions"><a href="${backTo.href}">Back</a></p>`}</section>`,
    script: '',
  })
  return reply
    .code(status)
    .headers({
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': page.contentSecurityPolicy,
    })
    .send(page.html)
}

import { type Actor, recordAct } from '@jejak/core/audit'
import { actorName } from '@jejak/core/changes'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../api-deps.ts'
import { addressOf } from './address-block.ts'
import { noShop } from './auth.ts'
import { createCounter } from './limits/counter.ts'
import { originOf } from './origin.ts'
import { createSecurityNotes } from './security-notes.ts'
import { readToken } from './session.ts'

// One caller who asks in vain all the time fills no log.
const minuteMs = 60_000
const refusalsMax = 60

/** Whom the audit log knows. */
const knownOf = (request: FastifyRequest, deps: Deps): { actor: Actor; organizationId: string | null } | null => {
  const { caller, session } = request
  if (caller) {
    const { actor, organizationId } = caller
    return { actor, organizationId: organizationId === noShop ? null : organizationId }
  }
  if (!session) return null
  const actor = { kind: 'user', id: session.userId, origin: originOf(request, deps) } as const
  return { actor, organizationId: session.organizationId }
}

/**
 * Keeps what is refused, before the answer goes out: of keys and users in the audit log; of keys and sessions that stand for no one, in
 * the security log, once a minute for each address.
 */
export const addRefusalLog = (app: FastifyInstance, deps: Deps): void => {
  const { accessDb: db, accessKeys, clock, log, now } = deps
  const note = createSecurityNotes(deps)
  const recent = createCounter({ windowMs: minuteMs, talliesMax: 10_000, isShared: false })

  const enter = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { statusCode: status } = reply
    // The same request is still at work: what it does has its own entry.
    const isToldToComeAgain = reply.getHeader('retry-after') !== undefined
    const known = knownOf(request, deps)
    const { access } = request.routeOptions.config
    const asked = `${request.method} ${request.routeOptions.url ?? ''}`
    if (known && (status === 403 || (status === 409 && !isToldToComeAgain))) {
      if (recent.add(actorName(known.actor), 1, now().getTime()).used > refusalsMax) return
      const needs = status === 403 && access && 'permission' in access ? ` needs ${access.permission}` : ` ${status}`
      const detail = asked + needs
      await recordAct(db.sql, { act: 'request.refused', ...known, detail, result: 'refused', now: await clock(db.sql) })
      return
    }
    const address = addressOf(request)
    if (status === 401 && request.headers.authorization !== undefined)
      note({ kind: 'key_refused', detail: 'a key that is unknown, revoked or expired', address })
    else if ((status === 401 || status === 403) && readToken(request, accessKeys) !== null)
      note({ kind: 'session_refused', detail: 'a session that is over, or a page of another site', address })
  }
  app.addHook('onSend', async (request, reply) => {
    if (reply.statusCode < 400 || reply.statusCode >= 500) return
    await enter(request, reply).catch((err: Error) => log.error({ err }, 'a refusal could not be stored'))
  })
}

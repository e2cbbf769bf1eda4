import { privacyCounts, privacyExport, privacyRequest, readContact } from '@jejak/contract'
import { countHeld, eraseHeld, exportHeld } from '@jejak/core/privacy'
import { findShop } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { invalid } from '../http/http-problem.ts'
import { type Caller, staffRoute } from '../http/routes.ts'

/** A customer asks what is held on them, or to be erased. The contact travels in the body alone: addresses are logged by others. */
export const privacyRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const privacy = { db: deps.db, traces: deps.accessDb.sql, clock: deps.clock, keys: deps.privacyKeys }
  const asked = async ({ actor, organizationId }: Caller, typed: string) => {
    const contact = readContact(typed)
    if (!contact) throw unreadable()
    const slug = (await findShop(deps.db.ofShop(organizationId).sql))?.slug ?? ''
    return { actor, contact, shop: { organizationId, slug }, isEverywhere: false }
  }
  const note = 'The contact is an e-mail address or a phone number. '

  staffRoute(app, {
    at: 'POST /v1/admin/privacy/find',
    permission: 'privacy:export',
    ignoresIdempotencyKey: 'it changes nothing.',
    limit: 'privacy',
    schema: {
      summary: 'How much the shop stores about a customer',
      description: `${note}Changes nothing.`,
      body: privacyRequest,
      response: { 200: privacyCounts },
    },
    handler: async ({ caller, body }) => countHeld(privacy, await asked(caller, body.contact)),
  })
  staffRoute(app, {
    at: 'POST /v1/admin/privacy/export',
    permission: 'privacy:export',
    ignoresIdempotencyKey: 'it changes nothing, and a copy of what it answers is not to be kept.',
    limit: 'privacy',
    schema: {
      summary: 'Everything that the shop stores about a customer',
      description: `${note}With what the courier wrote. The audit log keeps that it was exported, and does not name the customer.`,
      body: privacyRequest,
      response: { 200: privacyExport },
    },
    handler: async ({ caller, body }, reply) =>
      reply.header('cache-control', 'no-store').send(await exportHeld(privacy, await asked(caller, body.contact))),
  })
  staffRoute(app, {
    at: 'POST /v1/admin/privacy/erase',
    permission: 'privacy:erase',
    limit: 'privacy',
    schema: {
      summary: 'Erase what the shop stores about a customer',
      description: `${note}Parcels that hold no other customer's order are removed, those on their way, too. What the courier wrote about a parcel that others share stays for them. Answers what was removed. Cannot be undone.`,
      body: privacyRequest,
      response: { 200: privacyCounts },
    },
    handler: async ({ caller, body }) => eraseHeld(privacy, await asked(caller, body.contact)),
  })
}

const unreadable = () => {
  const message = 'Write an e-mail address or a phone number.'
  return invalid(`contact: ${message}`, { errors: [{ path: 'contact', message }] })
}

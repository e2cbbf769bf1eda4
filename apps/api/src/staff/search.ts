import { keptOutOfAddresses, searchAnswer, searchRequest } from '@jejak/contract'
import { findJob } from '@jejak/core/queue'
import { searchShop } from '@jejak/core/searching'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { invalid } from '../http/http-problem.ts'
import { type Caller, staffRoute } from '../http/routes.ts'

const refused = {
  contact:
    'q: This is an e-mail address or a phone number, and addresses are kept in logs: send it as the body of POST.',
  key: 'q: This is a whole API key, and addresses are kept in logs: search for its first eleven characters.',
}

/** One search over all that a shop has. */
export const searchRoutes = (app: FastifyInstance, { boss, db, privacyKeys, promptDb }: RouteDeps): void => {
  const deps = { db, people: promptDb.sql, keys: privacyKeys, findJob: (id: string) => findJob(boss, id) }
  const search = async ({ organizationId, permissions: may }: Caller, typed: string) => ({
    data: await searchShop(deps, { organizationId, typed, may }),
  })
  const response = { 200: searchAnswer }
  const finds =
    'Parcels by number, by how it begins, by its end (six characters at least) or by an order; people, keys, entries of the audit log, jobs. At most 20, best first, and only what you may see.'

  staffRoute(app, {
    at: 'GET /v1/admin/search',
    permission: 'search:use',
    schema: { summary: 'Search the shop', description: finds, querystring: searchRequest, response },
    handler: ({ caller, query: { q } }) => {
      const reason = keptOutOfAddresses(q)
      if (reason) throw invalid(refused[reason])
      return search(caller, q)
    },
  })
  staffRoute(app, {
    at: 'POST /v1/admin/search',
    permission: 'search:use',
    limit: 'reads',
    ignoresIdempotencyKey: 'it changes nothing.',
    schema: {
      summary: 'Search the shop, also by a customer’s contact',
      description: `${finds} An e-mail address or a phone number finds the parcels of that customer, for whoever has \`contacts:find\`.`,
      body: searchRequest,
      response,
    },
    handler: ({ caller, body: { q } }) => search(caller, q),
  })
}

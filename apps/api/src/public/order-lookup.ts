import { orderAnswer, orderLookup, orderLookupQuery, readContact } from '@jejak/contract'
import { hashForLog, lookUpOrder } from '@jejak/core/buyers'
import { mapInTurns } from '@jejak/core/in-turns'
import { hashesOfContact } from '@jejak/core/registering'
import { findBuyerTrackings } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { addressOf } from '../http/address-block.ts'
import { invalid, notFound } from '../http/http-problem.ts'
import { publicRoute } from '../http/routes.ts'
import { privateHeaders, toBuyerDocument } from './buyer-answer.ts'
import { createLookupLimits } from './order-lookup-limits.ts'

/** The one answer to an unknown order, a wrong contact and a locked pair. */
const noSuchOrder = () =>
  notFound(
    'No order matches this order number and contact. Check both in the shop’s confirmation. After several failed attempts, wait five minutes and try again.',
  )

/** A buyer proves to be one with an order number and the contact given to the shop; docs/order-lookup.md tells what attackers learn. */
export const orderLookupRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { answerOf, clock, config, contactKeys, count, limits, lookupKey, promptLookups } = deps
  const countFailures = createLookupLimits(deps)
  const lookup = {
    sql: promptLookups.sql,
    hash: hashForLog.bind(null, lookupKey),
    hashesOf: hashesOfContact.bind(null, contactKeys),
    settings: config.customers,
  }

  publicRoute(app, {
    at: 'POST /v1/track',
    limit: 'own',
    schema: {
      summary: 'All parcels of an order, for its buyer',
      description:
        'The contact is the e-mail address or phone number that the buyer gave to the shop. Whatever does not match, the answer is the same 404.',
      querystring: orderLookupQuery,
      body: orderLookup,
      response: { 200: orderAnswer },
    },
    problems: [404],
    handler: async (request, reply) => {
      const { orderNumber } = request.body
      const contact = readContact(request.body.contact)
      if (!contact) throw unreadableContact()
      const address = addressOf(request)
      reply.headers(limits.take('visits', address))
      const asked = { orderNumber, contact, shop: request.query.shop ?? null, address }
      const proven = await countFailures(asked, async (onFailure) =>
        lookUpOrder(lookup, { ...asked, now: await clock(promptLookups.sql), onFailure }),
      )
      const rows = proven ? await findBuyerTrackings(promptLookups.sql, proven) : []
      if (rows.length === 0) {
        count(request, { way: 'lookup', shop: request.query.shop, state: 'refused' })
        throw noSuchOrder()
      }
      const trackings = await mapInTurns(rows, (row) => {
        const answer = answerOf(row)
        count(request, { way: 'lookup', row, state: answer.state })
        return toBuyerDocument(deps, { row, answer })
      })
      return reply.headers(privateHeaders).send({ orderNumber: rows[0]?.orderNumber ?? orderNumber, trackings })
    },
  })
}

const unreadableContact = () => {
  const message = 'Write the e-mail address or the phone number that you gave to the shop.'
  return invalid(`contact: ${message}`, { errors: [{ path: 'contact', message }] })
}

import {
  bulkRegistration,
  bulkRegistrationAnswer,
  bulkRegistrationPreview,
  changedTracking,
  dryRunQuery,
  type ItemProblem,
  registrationOutcome,
  singleRegistration,
  trackingIdParams,
  trackingPatch,
  trackingView,
} from '@jejak/contract'
import { changeTracking, removeTracking } from '@jejak/core/registering'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { invalid } from '../http/http-problem.ts'
import { shopRoute } from '../http/routes.ts'
import { previewItems, registerItems } from './register-items.ts'
import { getTrackingView } from './tracking-view.ts'

/** These are parcels of their own, at an address of their own. */
const newOutcomes: ReadonlySet<string> = new Set(['created', 'renewed'])

/** A shop registers parcels. */
export const registrationRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  shopRoute(app, {
    at: 'POST /v1/trackings',
    permission: 'parcels:write',
    schema: {
      summary: 'Register a parcel',
      description:
        'Registering a number twice gives the same parcel: 201 the first time, 200 afterwards. Another order is added to the parcel. Long after the parcel’s end the number becomes a new parcel (201, renewed). Optional fields that cannot be read are left out and listed in warnings.',
      body: singleRegistration,
      response: { 200: registrationOutcome, 201: registrationOutcome },
    },
    problems: [409],
    handler: async ({ caller: { actor, organizationId }, body }, reply) => {
      const [item] = await registerItems(deps, { actor, items: [body], organizationId })
      if (item!.outcome === 'invalid') throw unreadable(item!.problem)
      return reply
        .code(newOutcomes.has(item!.outcome) ? 201 : 200)
        .header('location', `/v1/trackings/${item!.id}`)
        .send(item!)
    },
  })

  shopRoute(app, {
    at: 'POST /v1/trackings/bulk',
    permission: 'parcels:write',
    schema: {
      summary: 'Register up to 1000 parcels',
      description:
        'One outcome for each item, in the order of the items. A bad item does not affect the others. With dryRun=true nothing is saved, and the outcomes tell what would be done.',
      querystring: dryRunQuery,
      body: bulkRegistration,
      response: { 200: z.union([bulkRegistrationPreview, bulkRegistrationAnswer]) },
    },
    problems: [409],
    handler: async ({ caller: { actor, organizationId }, body: { trackings: items }, query: { dryRun } }) =>
      dryRun
        ? { dryRun, results: await previewItems(deps, { items, organizationId }) }
        : { results: await registerItems(deps, { actor, items, organizationId }) },
  })
}

/** A shop reads, changes and removes its own parcels. */
export const trackingRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  shopRoute(app, {
    at: 'GET /v1/trackings/:id',
    permission: 'parcels:read',
    schema: {
      summary: 'One parcel, with the courier’s own words and its schedule',
      params: trackingIdParams,
      response: { 200: trackingView },
    },
    problems: [404],
    handler: async ({ caller: { organizationId }, params }) =>
      getTrackingView(deps, { organizationId, trackingId: params.id }),
  })

  shopRoute(app, {
    at: 'PATCH /v1/trackings/:id',
    permission: 'parcels:write',
    schema: {
      summary: 'Change what the shop knows about a parcel',
      description:
        'What is absent stays, null or empty removes; a contact is replaced as a whole. orderNumber and contact are of the parcel’s newest order, or of the one that `order` names. trackingNumber corrects a number for which nothing was found. `undo` is there where something has changed.',
      params: trackingIdParams,
      body: trackingPatch,
      response: { 200: changedTracking },
    },
    problems: [404, 409],
    handler: async ({ caller: { actor, organizationId }, params, body }) => {
      const which = { organizationId, trackingId: params.id }
      const undo = await changeTracking(deps, { actor, ...which, patch: body })
      return { ...(await getTrackingView(deps, which)), undo }
    },
  })

  shopRoute(app, {
    at: 'DELETE /v1/trackings/:id',
    permission: 'parcels:delete',
    schema: {
      summary: 'Remove a parcel and everything stored about it',
      params: trackingIdParams,
      response: { 204: z.null().meta({ description: 'Removed' }) },
    },
    problems: [404],
    handler: async ({ caller: { actor, organizationId }, params }, reply) => {
      await removeTracking(deps, { actor, organizationId, trackingId: params.id })
      return reply.code(204).send(null)
    },
  })
}

/** The problem of an item, as that of a request: its first field is named. */
const unreadable = ({ detail, errors = [] }: ItemProblem) => {
  const path = errors[0]?.path
  return invalid(path ? `${path}: ${detail}` : detail, { errors })
}

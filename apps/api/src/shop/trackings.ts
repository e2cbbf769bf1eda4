import {
  bulkRegistration,
  bulkRegistrationAnswer,
  type ItemProblem,
  registrationOutcome,
  singleRegistration,
  trackingIdParams,
  trackingPatch,
  trackingView,
} from '@jejak/contract'
import { changeTracking, removeTracking } from '@jejak/core/registering'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { callerOf, type RequireScope } from '../http/auth.ts'
import { conflict, invalid } from '../http/http-problem.ts'
import { keySecurity, problemResponses } from '../http/openapi.ts'
import { registerItems } from './register-items.ts'
import { getTrackingView, noSuchOrder, noSuchTracking, registeringDeps } from './shop-context.ts'

/** These are parcels of their own, at an address of their own. */
const newOutcomes: ReadonlySet<string> = new Set(['created', 'renewed'])

const shared = { tags: ['trackings'], security: keySecurity }

/** A shop registers, reads, changes and removes its own parcels. */
export const trackingRoutes =
  (deps: Deps, requireScope: RequireScope): FastifyPluginAsyncZod =>
  async (app) => {
    const registering = registeringDeps(deps)
    const mayRead = { onRequest: requireScope('trackings:read') }
    const mayWrite = { onRequest: requireScope('trackings:write') }

    app.post(
      '/v1/trackings',
      {
        ...mayWrite,
        schema: {
          ...shared,
          summary: 'Register a parcel',
          description:
            'Registering a number twice is the same parcel: 201 the first time, 200 afterwards. With another order it holds both; long after its end it is a new parcel (201, renewed). What cannot be read of the optional fields is left out and named in warnings.',
          body: singleRegistration,
          response: {
            200: registrationOutcome,
            201: registrationOutcome,
            ...problemResponses(400, 401, 403, 409, 413, 415),
          },
        },
      },
      async (request, reply) => {
        const { organizationId } = callerOf(request)
        const [item] = await registerItems(deps, { items: [request.body], organizationId })
        if (item!.outcome === 'invalid') throw unreadable(item!.problem)
        return reply
          .code(newOutcomes.has(item!.outcome) ? 201 : 200)
          .header('location', `/v1/trackings/${item!.id}`)
          .send(item!)
      },
    )

    app.post(
      '/v1/trackings/bulk',
      {
        ...mayWrite,
        schema: {
          ...shared,
          summary: 'Register up to 1000 parcels',
          description: 'One outcome for each item, in the order of the items. A bad item spoils nothing.',
          body: bulkRegistration,
          response: { 200: bulkRegistrationAnswer, ...problemResponses(400, 401, 403, 409, 413, 415) },
        },
      },
      async (request) => {
        const { organizationId } = callerOf(request)
        return { results: await registerItems(deps, { items: request.body.trackings, organizationId }) }
      },
    )

    app.get(
      '/v1/trackings/:id',
      {
        ...mayRead,
        schema: {
          ...shared,
          summary: 'One parcel, with the courier’s own words and its schedule',
          params: trackingIdParams,
          response: { 200: trackingView, ...problemResponses(400, 401, 403, 404) },
        },
      },
      async (request) => {
        const { organizationId } = callerOf(request)
        return getTrackingView(deps, organizationId, request.params.id)
      },
    )

    app.patch(
      '/v1/trackings/:id',
      {
        ...mayWrite,
        schema: {
          ...shared,
          summary: 'Change what the shop knows about a parcel',
          description:
            'What is absent stays, null or empty removes; a contact is replaced as a whole. orderNumber and contact are of the parcel’s newest order, or of the one that `order` names.',
          params: trackingIdParams,
          body: trackingPatch,
          response: { 200: trackingView, ...problemResponses(400, 401, 403, 404, 409, 415) },
        },
      },
      async (request) => {
        const { organizationId } = callerOf(request)
        const { id } = request.params
        const change = { organizationId, trackingId: id, patch: request.body }
        const changed = await changeTracking(registering, change)
        if (changed === 'no_such_tracking') throw noSuchTracking()
        if (changed === 'no_such_order') throw noSuchOrder()
        if (changed === 'order_taken') throw conflict('This parcel holds another order with this number.')
        return getTrackingView(deps, organizationId, id)
      },
    )

    app.delete(
      '/v1/trackings/:id',
      {
        ...mayWrite,
        schema: {
          ...shared,
          summary: 'Remove a parcel with all that is kept about it',
          params: trackingIdParams,
          response: { 204: z.null().meta({ description: 'Removed' }), ...problemResponses(400, 401, 403, 404) },
        },
      },
      async (request, reply) => {
        const { organizationId } = callerOf(request)
        const isRemoved = await removeTracking(registering, { organizationId, trackingId: request.params.id })
        if (!isRemoved) throw noSuchTracking()
        return reply.code(204).send(null)
      },
    )
  }

/** The problem of an item, as that of a request: its first field is named. */
const unreadable = ({ detail, errors = [] }: ItemProblem) => {
  const path = errors[0]?.path
  return invalid(path ? `${path}: ${detail}` : detail, { errors })
}

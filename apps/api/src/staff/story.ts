import { historyQuery, parcelPreview, parcelStory, previewQuery, storyPage, trackingIdParams } from '@jejak/contract'
import { listHistory, tellStory } from '@jejak/core/stories'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { invalid } from '../http/http-problem.ts'
import { staffRoute } from '../http/routes.ts'
import { getTrackingView } from '../shop/tracking-view.ts'
import { createPreview } from './preview.ts'

const firstPage = 50

/** A parcel's whole story, and what its customer sees. */
export const storyRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const preview = createPreview(deps)

  staffRoute(app, {
    at: 'GET /v1/admin/trackings/:id/story',
    permission: 'parcels:read',
    schema: {
      summary: 'A parcel’s whole story',
      description:
        'The parcel with the courier’s words beside ours, when and why it is checked next, its calls, notes, refresh runs and links, and all that happened to it. `calls` need `usage:read`, `refreshes` need `checks:read`, `links` and the acts in `history` need `audit:read`.',
      params: trackingIdParams,
      response: { 200: parcelStory },
    },
    problems: [404],
    handler: async ({ caller: { organizationId, permissions: may }, params: { id: trackingId } }) => {
      const parcel = await getTrackingView(deps, { organizationId, trackingId })
      const story = await tellStory(deps, { organizationId, trackingId, may, now: deps.now(), limit: firstPage })
      return { parcel, ...story }
    },
  })

  staffRoute(app, {
    at: 'GET /v1/admin/trackings/:id/history',
    permission: 'parcels:read',
    schema: {
      summary: 'What happened to a parcel, page by page',
      description: 'Newest first. With `audit:read` also who did what to it.',
      params: trackingIdParams,
      querystring: historyQuery,
      response: { 200: storyPage },
    },
    problems: [404],
    handler: async ({ caller: { organizationId, permissions: may }, params: { id: trackingId }, query }) => {
      await getTrackingView(deps, { organizationId, trackingId })
      const page = await listHistory(deps, { organizationId, trackingId, may, ...query })
      if (!page) throw invalid('cursor: This is not a cursor of this list; send nextCursor back as it came.')
      return page
    },
  })

  staffRoute(app, {
    at: 'GET /v1/admin/trackings/:id/preview',
    permission: 'parcels:read',
    schema: {
      summary: 'What readers see of a parcel',
      description:
        '`public` is the document for anyone, `buyer` the one for a customer who proved the order, `page` the customer’s page in `language`. A look changes nothing: no reading is counted, and the parcel is not woken.',
      params: trackingIdParams,
      querystring: previewQuery,
      response: { 200: parcelPreview },
    },
    problems: [404],
    handler: ({ caller: { organizationId }, params: { id: trackingId }, query }, reply) => {
      reply.header('cache-control', 'no-store')
      return preview({ organizationId, trackingId, ...query })
    },
  })
}

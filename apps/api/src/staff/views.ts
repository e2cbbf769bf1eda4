import { savedView, viewIdParams, viewList, viewPatch, viewRequest } from '@jejak/contract'
import { changeView, listViews, removeView, saveView } from '@jejak/core/views'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { type Caller, staffRoute } from '../http/routes.ts'

const asking = ({ actor, organizationId, permissions }: Caller) => ({
  ...{ actor, organizationId, mayShare: permissions.has('views:share') },
})

const sharing = 'A view of the whole shop needs `views:share`, too.'

/** Filters of the list that people keep under a name. */
export const viewRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/admin/views',
    permission: 'parcels:read',
    schema: {
      summary: 'The views of the list: those that every shop has, with counts; the shop’s; one’s own',
      description:
        'The counts are kept with each change of a parcel: they cost the same however many parcels there are.',
      response: { 200: viewList },
    },
    handler: ({ caller }) => listViews(deps, asking(caller)),
  })

  staffRoute(app, {
    at: 'POST /v1/admin/views',
    permission: 'parcels:read',
    schema: {
      summary: 'Keep a filter under a name',
      description: `At most 50 of one’s own, and 100 of a shop. ${sharing}`,
      body: viewRequest,
      response: { 201: savedView },
    },
    problems: [409],
    handler: async ({ caller, body }, reply) =>
      reply.code(201).send(await saveView(deps, { ...asking(caller), view: body })),
  })

  staffRoute(app, {
    at: 'PATCH /v1/admin/views/:id',
    permission: 'parcels:read',
    schema: {
      summary: 'Change the name, the filter or the order of a view',
      description: sharing,
      params: viewIdParams,
      body: viewPatch,
      response: { 200: savedView },
    },
    problems: [404, 409],
    handler: ({ caller, params: { id }, body: patch }) => changeView(deps, { ...asking(caller), id, patch }),
  })

  staffRoute(app, {
    at: 'DELETE /v1/admin/views/:id',
    permission: 'parcels:read',
    schema: { summary: 'Remove a view', description: sharing, params: viewIdParams, response: { 204: z.null() } },
    problems: [404],
    handler: async ({ caller, params: { id } }, reply) => {
      await removeView(deps, { ...asking(caller), id })
      return reply.code(204).send(null)
    },
  })
}

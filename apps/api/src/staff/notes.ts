import { noteAdded, noteList, noteParams, noteRequest, trackingIdParams } from '@jejak/contract'
import { addNote, listParcelNotes, removeNote } from '@jejak/core/attention'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { staffRoute } from '../http/routes.ts'

/** What the shop's people write to each other about a parcel. */
export const noteRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/admin/trackings/:id/notes',
    permission: 'parcels:read',
    schema: { summary: 'The notes on a parcel, newest first', params: trackingIdParams, response: { 200: noteList } },
    problems: [404],
    handler: async ({ caller: { organizationId }, params: { id: trackingId } }) => ({
      data: await listParcelNotes(deps, { organizationId, trackingId }),
    }),
  })

  staffRoute(app, {
    at: 'POST /v1/admin/trackings/:id/notes',
    permission: 'notes:write',
    schema: {
      summary: 'Write a note on a parcel',
      description:
        'At most 1,000 characters, 50 notes a parcel. Everyone of the shop sees it, customers never; it goes with the parcel. Write no more about people than the work needs.',
      params: trackingIdParams,
      body: noteRequest,
      response: { 201: noteAdded },
    },
    problems: [404, 409],
    handler: async ({ caller: { actor, organizationId }, params: { id: trackingId }, body: { text } }, reply) =>
      reply.code(201).send(await addNote(deps, { actor, organizationId, trackingId, text })),
  })

  staffRoute(app, {
    at: 'DELETE /v1/admin/trackings/:id/notes/:noteId',
    permission: 'notes:write',
    schema: { summary: 'Remove a note', params: noteParams, response: { 204: z.null() } },
    problems: [404],
    handler: async ({ caller: { actor, organizationId }, params: { id: trackingId, noteId } }, reply) => {
      await removeNote(deps, { actor, organizationId, trackingId, noteId })
      return reply.code(204).send(null)
    },
  })
}

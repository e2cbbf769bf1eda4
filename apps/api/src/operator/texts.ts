import { textMapping, textMappingAnswer, textParams, textsView } from '@jejak/contract'
import { mapText, previewText, unmapText } from '@jejak/core/texts'
import { listOwnTexts, listUnreadTexts, type OwnTextRow } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { operatorRoute } from '../http/routes.ts'

const unreadShown = 200

/** Operators see which texts no one could read, and say what they mean. */
export const textRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { operatorDb } = deps
  operatorRoute(app, {
    at: 'GET /v1/operator/texts',
    permission: 'system:read',
    schema: {
      summary: 'Texts of couriers that no one could read, and those that this installation explains',
      description: 'Names, numbers and places are left out of texts (…); the most frequent come first, 200 at most.',
      response: { 200: textsView },
    },
    handler: async () => {
      const [unread, own] = await Promise.all([
        listUnreadTexts(operatorDb.sql, unreadShown),
        listOwnTexts(operatorDb.sql),
      ])
      return {
        unread: unread.map(({ firstSeenAt, lastSeenAt, ...text }) => ({
          ...text,
          firstSeenAt: firstSeenAt.toISOString(),
          lastSeenAt: lastSeenAt.toISOString(),
        })),
        own: own.map(toView),
      }
    },
  })
  operatorRoute(app, {
    at: 'POST /v1/operator/texts',
    permission: 'texts:map',
    schema: {
      summary: 'Say what a text means, for the whole installation',
      description:
        'It goes before what Jejak knows itself, within what EasyParcel’s code permits. New scans are read by it within seconds; stored ones are read again by a job. A text with places left out (…) cannot end a parcel.',
      body: textMapping,
      response: { 200: textMappingAnswer },
    },
    problems: [409],
    handler: async ({ caller: { actor }, body: { dryRun, ...meant } }) => {
      const preview = await previewText(operatorDb.sql, meant)
      const saved = dryRun ? null : await mapText({ ...deps, db: operatorDb }, { actor, ...meant })
      return { text: saved && toView(saved), preview }
    },
  })
  operatorRoute(app, {
    at: 'DELETE /v1/operator/texts/:id',
    permission: 'texts:map',
    schema: {
      summary: 'Take back what was said of a text',
      params: textParams,
      response: { 204: z.null().meta({ description: 'Taken back' }) },
    },
    problems: [404],
    handler: async ({ caller: { actor }, params: { id } }, reply) => {
      await unmapText({ ...deps, db: operatorDb }, { actor, id })
      return reply.code(204).send(null)
    },
  })
}

const toView = ({ setAt, ...text }: OwnTextRow) => ({ ...text, setAt: setAt.toISOString() })

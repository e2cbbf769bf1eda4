import { customerReport, reportAnswer, trackingNumberParams, trackQuery } from '@jejak/contract'
import { type HashedKind, reportParcel } from '@jejak/core/buyers'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { PublicDeps } from '../deps.ts'
import { addressOf } from '../http/address-block.ts'
import type { Limits } from '../http/limits/limits.ts'
import { problemResponses } from '../http/openapi.ts'
import { createSecurityNotes } from '../http/security-notes.ts'
import { unknownNumber } from './public-answer.ts'
import { createLinkOpener } from './signed-links.ts'

/** A customer tells the shop that something is wrong, without an account. */
export const reportRoutes =
  (deps: PublicDeps, limits: Limits): FastifyPluginAsyncZod =>
  async (app) => {
    const { config, currentDocuments, promptDb, clock } = deps
    const { reportIntervalMs } = config.customers
    const note = createSecurityNotes(deps)
    const openLink = createLinkOpener({ ...deps, db: promptDb }, note)

    /** The parcel that this reader sees under this number. */
    const findReported = async (
      trackingNumber: string,
      { shop, k, address }: { shop?: string | undefined; k?: string | undefined; address: string },
    ): Promise<string> => {
      if (k) return (await openLink({ trackingNumber, k, address })).trackingId
      const row = await currentDocuments.find(trackingNumber, shop)
      if (!row) throw unknownNumber(trackingNumber, config.http)
      return row.id
    }

    app.post(
      '/v1/track/:trackingNumber/report',
      {
        schema: {
          tags: ['public'],
          summary: 'Tell the shop that a parcel did not arrive, or that something is wrong',
          description:
            'Puts the parcel on the shop’s attention list, once a day. The answer is the same whether that changed anything.',
          params: trackingNumberParams,
          querystring: trackQuery,
          body: customerReport,
          response: { 202: reportAnswer, ...problemResponses(400, 403, 404, 415, 429, 503) },
        },
      },
      async (request, reply) => {
        const { trackingNumber } = request.params
        const address = addressOf(request)
        try {
          limits.take('reports', address)
        } catch (refusal) {
          const subject: [HashedKind, string] = ['number', trackingNumber]
          note({ kind: 'report_limited', detail: 'reports of an address', address, subject })
          throw refusal
        }
        const trackingId = await findReported(trackingNumber, { ...request.query, address })
        const { kind } = request.body
        await reportParcel({ db: promptDb, clock }, { trackingId, kind, intervalMs: reportIntervalMs })
        return reply.code(202).send({ received: true })
      },
    )
  }

import { customerReport, reportAnswer, trackingNumberParams, trackQuery } from '@jejak/contract'
import { type HashedKind, reportParcel } from '@jejak/core/buyers'
import type { Actor } from '@jejak/core/changes'
import { findShopOfTracking } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { addressOf } from '../http/address-block.ts'
import { publicRoute } from '../http/routes.ts'
import { unknownNumber } from './public-answer.ts'
import { getLinked } from './signed-links.ts'

/** A customer tells the shop that something is wrong, without an account. */
export const reportRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { clock, config, currentDocuments, limits, note, promptLookups, promptShops } = deps
  const { reportIntervalMs } = config.customers

  const countReport = (asked: { address: string; trackingNumber: string; shop?: string | undefined }): void => {
    const { address, trackingNumber, shop } = asked
    try {
      limits.take('reports', address)
    } catch (refusal) {
      const subject: [HashedKind, string] = ['number', trackingNumber]
      note({ kind: 'report_limited', detail: 'reports of an address', address, shop, subject })
      throw refusal
    }
  }
  /** The parcel that this reader sees under this number. */
  const findReported = async (
    trackingNumber: string,
    { shop, k, address }: { shop?: string | undefined; k?: string | undefined; address: string },
  ): Promise<{ trackingId: string; actor: Actor }> => {
    if (k) {
      const { trackingId } = await getLinked(deps, { trackingNumber, k, address })
      return { trackingId, actor: { kind: 'customer', by: 'link' } }
    }
    const row = await currentDocuments.find(trackingNumber, shop)
    if (!row) throw unknownNumber(trackingNumber, config.http)
    return { trackingId: row.id, actor: { kind: 'customer', by: 'number' } }
  }

  publicRoute(app, {
    at: 'POST /v1/track/:trackingNumber/report',
    limit: 'none',
    schema: {
      summary: 'Tell the shop that a parcel did not arrive, or that something is wrong',
      description:
        'Puts the parcel on the shop’s attention list, at most once a day. The answer is the same, whether or not anything changed.',
      params: trackingNumberParams,
      querystring: trackQuery,
      body: customerReport,
      response: { 202: reportAnswer },
    },
    problems: [403, 404],
    handler: async (request, reply) => {
      const { trackingNumber } = request.params
      const address = addressOf(request)
      countReport({ address, trackingNumber, shop: request.query.shop })
      const reported = await findReported(trackingNumber, { ...request.query, address })
      const { kind } = request.body
      const organizationId = await findShopOfTracking(promptLookups.sql, reported.trackingId)
      if (organizationId !== undefined)
        await reportParcel(
          { db: promptShops, clock },
          { ...reported, organizationId, kind, intervalMs: reportIntervalMs },
        )
      return reply.code(202).send({ received: true })
    },
  })
}

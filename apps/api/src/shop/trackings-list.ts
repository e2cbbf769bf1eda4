import { foldOrderNumber, trackingListQuery, trackingPage } from '@jejak/contract'
import { listTrackings } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { invalid } from '../http/http-problem.ts'
import { shopRoute } from '../http/routes.ts'
import { toCurrentView } from './tracking-view.ts'

type Order = 'asc' | 'desc'
type Place = { changedAt: Date; id: string }

/** Where a page ended, for clients to send back unread. */
const toCursor = ({ changedAt, id }: Place, order: Order): string =>
  Buffer.from(`${order}.${changedAt.getTime()}.${id}`).toString('base64url')

/** Undefined for anything that is not a cursor of a list in this order. */
const readCursor = (cursor: string, order: Order): Place | undefined => {
  const [, givenOrder, changedAtMs = '', id = ''] =
    /^(asc|desc)\.(\d{1,15})\.(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  return givenOrder === order ? { changedAt: new Date(Number(changedAtMs)), id } : undefined
}

/** A shop's parcels: newest change first, or as a change feed, oldest change first, when `changedAfter` is given. */
export const trackingListRoutes = (app: FastifyInstance, deps: RouteDeps): void =>
  shopRoute(app, {
    at: 'GET /v1/trackings',
    permission: 'parcels:read',
    schema: {
      summary: 'List parcels, or follow what changes',
      description:
        'With changedAfter the list is a change feed, oldest change first: pass the last changedAt as the next changedAfter. Start a minute earlier, because a change that was being written meanwhile can have an earlier time.',
      querystring: trackingListQuery,
      response: { 200: trackingPage },
    },
    handler: async ({ caller: { organizationId }, query }) => {
      const order: Order = query.changedAfter === undefined ? 'desc' : 'asc'
      const after = query.cursor === undefined ? null : readCursor(query.cursor, order)
      if (after === undefined)
        throw invalid(
          'cursor: This is not a cursor of this list; send nextCursor back as it came, with the same filters.',
        )
      const rows = await listTrackings(deps.db.ofShop(organizationId).sql, {
        trackingNumbers: query.trackingNumber ?? null,
        orderFolded: query.orderNumber === undefined ? null : foldOrderNumber(query.orderNumber),
        statuses: query.status ?? null,
        requiresAttention: query.attention ?? null,
        changedAfter: query.changedAfter === undefined ? null : new Date(query.changedAfter),
        after,
        order,
        limit: query.limit + 1,
      })
      const page = rows.slice(0, query.limit)
      const last = rows.length > query.limit ? page.at(-1) : undefined
      return {
        data: page.map((row) => toCurrentView(deps, row)),
        nextCursor: last ? toCursor(last, order) : null,
      }
    },
  })

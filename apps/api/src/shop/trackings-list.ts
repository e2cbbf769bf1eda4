import { type TrackingSort, trackingListQuery, trackingPage } from '@jejak/contract'
import { asListed, narrowingOf, usualSort } from '@jejak/core/listing'
import { listTrackings, type TrackingPlace } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { invalid } from '../http/http-problem.ts'
import { shopRoute } from '../http/routes.ts'
import { peopleFor } from './people-for.ts'
import { toCurrentView } from './tracking-view.ts'

/** Where a page ended, for clients to send back unread. */
const toCursor = ({ at, id }: TrackingPlace, sort: TrackingSort): string =>
  Buffer.from(`${sort}.${at}.${id}`).toString('base64url')

/** Undefined for anything that is not a cursor of a list in this order. */
const readCursor = (cursor: string, sort: TrackingSort): TrackingPlace | undefined => {
  const [, givenSort, at = '', id = ''] =
    /^(-?[a-zA-Z]+)\.(\d{1,18})\.(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  return givenSort === sort ? { at, id } : undefined
}

/** A shop's parcels, in the order that was asked for. */
export const trackingListRoutes = (app: FastifyInstance, deps: RouteDeps): void =>
  shopRoute(app, {
    at: 'GET /v1/trackings',
    permission: 'parcels:read',
    schema: {
      summary: 'List parcels, or follow what changes',
      description:
        'Newest change first; with registeredAfter or registeredBefore the newest registration first. With changedAfter the list is a change feed, oldest change first: pass the last changedAt as the next changedAfter. Start a minute earlier, because a change that was being written meanwhile can have an earlier time. `sort` orders either otherwise. There are only pages that follow one another: no offset, and no total.',
      querystring: trackingListQuery,
      response: { 200: trackingPage },
    },
    handler: async ({ caller, query: { limit, cursor, sort: asked, ...filter } }) => {
      const sort = asked ?? usualSort(filter)
      const after = cursor === undefined ? null : readCursor(cursor, sort)
      if (after === undefined)
        throw invalid(
          'cursor: This is not a cursor of this list; send nextCursor back as it came, with the same filters.',
        )
      const shop = deps.db.ofShop(caller.organizationId).sql
      const narrowing = await narrowingOf(shop, { filter: asListed(filter), people: peopleFor(deps, caller) })
      const rows = await listTrackings(shop, { ...narrowing, sort, after, limit: limit + 1 })
      const page = rows.slice(0, limit)
      const last = rows.length > limit ? page.at(-1) : undefined
      return {
        data: page.map((row) => toCurrentView(deps, row)),
        nextCursor: last ? toCursor({ at: last.sortedAt, id: last.id }, sort) : null,
      }
    },
  })

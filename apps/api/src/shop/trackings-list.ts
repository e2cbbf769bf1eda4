import { type TrackingSort, trackingListQuery, trackingPage } from '@jejak/contract'
import {
  asListed,
  type FileSort,
  narrowingOf,
  readPlace,
  trackingFile,
  usualSort,
  writePlace,
} from '@jejak/core/listing'
import { listTrackings } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { jsonOrCsv, sendCsv } from '../http/csv-answer.ts'
import { invalid } from '../http/http-problem.ts'
import { shopRoute } from '../http/routes.ts'
import { peopleFor } from './people-for.ts'
import { toCurrentView } from './tracking-view.ts'

const fileSortOf = (sort: TrackingSort | undefined): FileSort => {
  if (sort === undefined || sort === 'registered' || sort === '-registered') return sort ?? 'registered'
  throw invalid('sort: A file goes by registered or -registered, which no change of a parcel moves.')
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
      response: { 200: jsonOrCsv(trackingPage) },
    },
    handler: async ({ caller, query: { limit, cursor, sort: asked, format, ...filter } }, reply) => {
      const shop = deps.db.ofShop(caller.organizationId).sql
      const narrowing = await narrowingOf(shop, { filter: asListed(filter), people: peopleFor(deps, caller) })
      if (format === 'csv')
        return sendCsv(reply, { name: 'parcels', csv: trackingFile(shop, { narrowing, sort: fileSortOf(asked) }) })
      const sort = asked ?? usualSort(filter)
      const after = cursor === undefined ? null : readPlace(cursor, sort)
      const rows = await listTrackings(shop, { ...narrowing, sort, after, limit: limit + 1 })
      const page = rows.slice(0, limit)
      const last = rows.length > limit ? page.at(-1) : undefined
      return {
        data: page.map((row) => toCurrentView(deps, row)),
        nextCursor: last ? writePlace({ at: last.sortedAt, id: last.id }, sort) : null,
      }
    },
  })

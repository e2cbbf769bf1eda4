import { actorName, changesMax, readChanges } from '@jejak/core/changes'
import { findFeedEnd } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import type { Exchange } from '../http/errors.ts'
import { HttpProblem, unavailable } from '../http/http-problem.ts'
import { noteRequest } from '../http/request-log.ts'
import { staffRoute } from '../http/routes.ts'
import { createFeed, type Follower, startEvent } from './events/feed.ts'
import { createOwnStreams } from './events/own-streams.ts'
import { createPlaces } from './events/places.ts'

const places = { max: 500, maxEach: 50 }
const ownMax = 6
const gatherMs = 250
const pollMs = 2_000

const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  // nginx would otherwise collect events before it passes them on.
  'x-accel-buffering': 'no',
  connection: 'close',
}

/** What happens in a shop, told to its staff while it happens: the kind and the id, never more. */
export const eventRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { config, db, letIn, log } = deps
  const { heartbeatMs, retryMs, backlogMaxBytes } = config.live
  const seats = createPlaces(places)
  const ownStreams = createOwnStreams(ownMax)
  const feed = createFeed({
    read: ({ organizationId, cursor }) =>
      readChanges(db.ofShop(organizationId), { organizationId, after: cursor, limit: changesMax }),
    findEnd: (organizationId) => findFeedEnd(db.ofShop(organizationId).sql),
    ...{ pageMax: changesMax, gatherMs, pollMs, backlogMaxBytes },
    onError: (err) => log.warn({ err }, 'the changes of a shop could not be read'),
  })
  const listener = deps.listenForChanges({ onChange: feed.wake, onGap: feed.wake })
  let isStopping = false
  app.addHook('preClose', async () => {
    isStopping = true
    for (const { response } of feed.all()) response.end()
  })
  app.addHook('onClose', () => listener.close())

  /** Ends the stream of whoever may not see it any more. */
  const watchOver = ({ request, reply }: Exchange, follower: Follower): (() => void) => {
    const { organizationId } = follower
    const ask = async () => {
      await letIn(request, reply)
      if (request.caller?.organizationId !== organizationId) throw new Error('acts for another shop')
      feed.send(follower, ':\n\n')
    }
    const timer = setInterval(() => ask().catch(() => follower.response.end()), heartbeatMs)
    return () => clearInterval(timer)
  }

  staffRoute(app, {
    at: 'GET /v1/admin/events',
    permission: 'overview:read',
    exposeHeadRoute: false,
    schema: {
      summary: 'What happens in the shop, live',
      description:
        'Server-sent events named `change`, each with the kind of change and the id of the parcel. The first event is `ready`, or after Last-Event-ID what was missed; `reset` says that more was missed than is told: read again what you show. The stream ends when its session ends, or its permission goes, and when the same person or key opens a seventh.',
      querystring: z.strictObject({}),
      response: {
        200: {
          description: 'Events `ready`, `change` and `reset`; the id of each is a place in the log of changes',
          content: { 'text/event-stream': { schema: z.string() } },
        },
      },
    },
    handler: async (request, reply) => {
      if (isStopping) throw unavailable('This process is about to stop; connect again.')
      const { organizationId, actor } = request.caller
      const { raw: response } = reply
      const seat: { giveBack?: (() => void) | null } = {}
      const isOver = ownStreams.open(actorName(actor), () => {
        // Its place is free at once, for the stream that ends it.
        seat.giveBack?.()
        response.end()
      })
      seat.giveBack = seats.take(organizationId)
      if (!seat.giveBack) {
        isOver()
        throw noPlace()
      }
      const leaving = [seat.giveBack, isOver]
      response.once('close', () => {
        for (const leave of leaving) leave()
      })
      const end = await findFeedEnd(db.ofShop(organizationId).sql)
      const last = request.headers['last-event-id']?.toString()
      const isOfFeed =
        last !== undefined && /^[0-9a-f]{1,8}-\d{1,18}-\d{1,18}$/.test(last) && feedOf(last) === feedOf(end)
      const follower: Follower = { organizationId, response, cursor: isOfFeed ? last : end }
      reply.hijack()
      if (response.destroyed || response.writableEnded) return
      response.writeHead(200, { ...reply.getHeaders(), ...streamHeaders } as Record<string, string>)
      const first = isOfFeed ? '' : startEvent(last === undefined ? 'ready' : 'reset', end)
      response.write(`retry: ${retryMs}\n\n${first}`)
      const stopWatching = watchOver({ request, reply }, follower)
      leaving.push(stopWatching, () => feed.leave(follower))
      leaving.push(() => !response.writableFinished && noteRequest(deps, { request, reply }))
      feed.follow(follower)
    },
  })
}

const feedOf = (cursor: string): string => cursor.split('-')[0]!

const noPlace = () =>
  new HttpProblem(
    'rate_limited',
    'There are as many event streams as there may be. Ask again from time to time instead.',
    {
      headers: { 'retry-after': '60' },
    },
  )

import { orderLookupQuery, trackingNumberParams } from '@jejak/contract'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { ipOf } from '../http/address-block.ts'
import { unavailable } from '../http/http-problem.ts'
import { noteRequest } from '../http/request-log.ts'
import { publicRoute } from '../http/routes.ts'
import { createHub, type Hub } from './live/hub.ts'
import { createSeats } from './live/seats.ts'
import type { LiveStream } from './live/stream.ts'
import { unknownNumber } from './public-answer.ts'

const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  // nginx would otherwise collect events before it passes them on.
  'x-accel-buffering': 'no',
  // A stream is its connection's last answer, so that a process that stops need not wait for anyone to hang up.
  connection: 'close',
}

const eventStream = {
  description: 'Events named `document`, each with the JSON of the plain read as data and its ETag as id',
  content: { 'text/event-stream': { schema: z.string() } },
}

/** What readers of one parcel see, as it changes: every process hears of every commit and reads the primary. */
export const liveRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const { answerOf, config, count, currentDocuments, log, now } = deps
  const seats = createSeats(config.live)
  const find = async (trackingNumber: string, shop: string | undefined) => {
    const row = await currentDocuments.find(trackingNumber, shop)
    return row && { row, answer: answerOf(row) }
  }
  const read = async (trackingNumber: string, shop: string | undefined) => (await find(trackingNumber, shop))?.answer
  const onError = (err: unknown) => log.warn({ err }, 'watched parcels could not be read')
  const hub = createHub({ read, settings: config.live, now, random: Math.random, onError })
  const { isDraining } = endWithProcess(app, { hub, listenForChanges: deps.listenForChanges })

  publicRoute(app, {
    at: 'GET /v1/track/:trackingNumber/live',
    limit: 'visits',
    exposeHeadRoute: false,
    schema: {
      summary: 'Where a parcel is, live',
      description:
        'The plain read as server-sent events. The first event comes at once, unless Last-Event-ID is current. Browsers reconnect by themselves.',
      params: trackingNumberParams,
      querystring: orderLookupQuery,
      response: { 200: eventStream },
    },
    problems: [404],
    handler: async (request, reply) => {
      const { trackingNumber } = request.params
      const { shop } = request.query
      if (isDraining()) throw stopping()
      const giveBack = seats.take(ipOf(request))
      const eventId = request.headers['last-event-id']?.toString()
      const stream: LiveStream = { response: reply.raw, trackingNumber, shop, openedAt: now(), eventId, isOpen: false }
      const leave = () => {
        hub.leave(stream)
        giveBack()
      }
      hub.join(stream)
      reply.raw.once('close', () => {
        leave()
        // The log waits for answers to finish, and most streams end because the reader hangs up.
        if (stream.isOpen && !reply.raw.writableFinished) noteRequest(deps, { request, reply })
      })
      try {
        const found = await find(trackingNumber, shop)
        if (!found) {
          count(request, { way: 'live', shop, state: 'missing' })
          throw unknownNumber(trackingNumber, config.http)
        }
        if (isDraining()) throw stopping()
        reply.hijack()
        if (reply.raw.destroyed) return
        reply.raw.writeHead(200, { ...reply.getHeaders(), ...streamHeaders } as Record<string, string>)
        hub.open(stream, found.answer)
        count(request, { way: 'live', row: found.row, state: found.answer.state })
      } catch (error) {
        leave()
        throw error
      }
    },
  })
}

/** Tells the hub of changes until the process stops, and ends all streams before the server waits for them. */
const endWithProcess = (
  app: FastifyInstance,
  { hub, listenForChanges }: { hub: Hub } & Pick<RouteDeps, 'listenForChanges'>,
) => {
  const listener = listenForChanges({ onChange: hub.change, onGap: hub.changeAll })
  let isDraining = false
  app.addHook('preClose', async () => {
    isDraining = true
    hub.drain()
  })
  app.addHook('onClose', async () => {
    hub.stop()
    await listener.close()
  })
  return { isDraining: () => isDraining }
}

const stopping = () => unavailable('This process is about to stop; connect again.')

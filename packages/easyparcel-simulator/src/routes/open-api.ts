import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Answer, plainError, requestId, unauthorised } from '../answers/error-shapes.ts'
import { shipmentDetails, shipmentList } from '../answers/shipments.ts'
import { numbersAsked, trackingStatus } from '../answers/tracking-status.ts'
import { couriers } from '../data/couriers.ts'
import type { Variant } from '../fault-dice.ts'
import type { Account } from '../options.ts'
import { sendAnswer } from '../send-answer.ts'
import { answerTrackingCall, countCall } from '../tracking-call.ts'
import type { World } from '../world.ts'

const courierList = (body: unknown): Answer => {
  const parsed = z.object({ country_code: z.enum(['MY', 'SG']) }).safeParse(body)
  if (!parsed.success) return plainError(400, 'Invalid country code')
  const listed = parsed.data.country_code === 'MY' ? couriers : []
  const data = listed.map((one) => ({
    courier_id: one.id,
    courier_name: one.name,
    courier_short_name: one.shortName,
    courier_logo: '',
  }))
  return { status: 200, body: { status_code: 200, message: 'Success', data } }
}

const wallet = (): Answer => ({
  status: 200,
  body: { status_code: 200, message: 'Success', data: { balance: '1000.00', currency_code: 'MYR' } },
})

/** The Open API under any dated version (fact sheet §3, §5, §7). */
export const openApiRoutes = (app: FastifyInstance, world: World): void => {
  const authorised = (request: FastifyRequest, answer: (account: Account) => Answer, shape: Variant): Answer => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    const account = world.accounts.accountOf(token)
    if (account) return answer(account)
    return unauthorised(
      shape,
      requestId(world.clock.now(), world.settings.seed, 0),
      token ? 'invalid_token' : 'missing_token',
    )
  }
  const { compression, assumptions } = world.settings
  const send = (reply: FastifyReply, answer: Answer) => sendAnswer({ reply, answer, compression })
  const base = '/open_api/:version(^\\d{4}-\\d{2}$)'

  app.post(
    `${base}/shipment/tracking_status`,
    { onRequest: async (_request, reply) => countCall(world, reply) },
    (request, reply) =>
      answerTrackingCall({
        world,
        request,
        reply,
        asked: numbersAsked(request.body),
        answer: (fate) =>
          authorised(
            request,
            (account) => trackingStatus(world, account, request.body, fate),
            assumptions.unauthorisedShape,
          ),
      }),
  )
  const shipmentRoute = (what: 'list' | 'details', answerOf: typeof shipmentList) =>
    app.post(
      `${base}/shipment/${what}`,
      { onRequest: async (_request, reply) => countCall(world, reply) },
      (request, reply) => {
        world.counter.shipmentsAsked(what)
        const answer = (account: Account) => answerOf(world, account, request.body)
        return answerTrackingCall({
          ...{ world, request, reply, asked: [] },
          answer: () => authorised(request, answer, assumptions.unauthorisedShape),
        })
      },
    )
  shipmentRoute('list', shipmentList)
  shipmentRoute('details', shipmentDetails)
  app.get(`${base}/courier/list`, (request, reply) =>
    send(
      reply,
      authorised(request, () => courierList(request.body), assumptions.unauthorisedShape),
    ),
  )
  app.get(`${base}/wallet`, (request, reply) => send(reply, authorised(request, wallet, 'd')))
}

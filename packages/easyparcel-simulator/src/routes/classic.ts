import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  classicBalance,
  classicError,
  classicOrderStatus,
  classicParcelStatus,
  classicTracking,
} from '../answers/classic.ts'
import type { Answer } from '../answers/error-shapes.ts'
import type { CallFate } from '../fault-dice.ts'
import type { Instead } from '../faults.ts'
import { sendAnswer } from '../send-answer.ts'
import { answerTrackingCall, countCall } from '../tracking-call.ts'
import type { World } from '../world.ts'

const actions = {
  TrackingBulk: { field: 'awb_no', answer: classicTracking },
  ParcelStatusBulk: { field: 'order_no', answer: classicParcelStatus },
  OrderStatusBulk: { field: 'order_no', answer: classicOrderStatus },
  CheckCreditBalance: { field: undefined, answer: classicBalance },
} as const

type Action = (typeof actions)[keyof typeof actions]

const actionOf = (request: FastifyRequest): { action: Action; isMarketplace: boolean } | undefined => {
  const name = String((request.query as Record<string, unknown>).ac ?? '')
  const [, prefix, rest] = /^(EP|MP)(\w+)$/.exec(name) ?? []
  const action = actions[rest as keyof typeof actions] as Action | undefined
  return action && { action, isMarketplace: prefix === 'MP' }
}
const isTracking = (request: FastifyRequest) => actionOf(request)?.action === actions.TrackingBulk

type ClassicBody = { api: string | undefined; authentication: string | undefined; fields: string[] }

const jsonBody = z.object({
  api: z.string().optional(),
  authentication: z.string().optional(),
  bulk: z
    .union([z.array(z.record(z.string(), z.unknown())), z.record(z.string(), z.record(z.string(), z.unknown()))])
    .optional(),
})

const readForm = (form: URLSearchParams, field: string | undefined): ClassicBody => {
  const items = [...form].flatMap(([key, value]) => {
    const [, index, name] = /^bulk\[(\d+)\]\[(\w+)\]$/.exec(key) ?? []
    return name !== undefined && name === field ? [{ index: Number(index), value }] : []
  })
  const fields = items.sort((a, b) => a.index - b.index).map((item) => item.value.trim())
  return { api: form.get('api') ?? undefined, authentication: form.get('authentication') ?? undefined, fields }
}

/** Reads PHP's nested form or the JSON some clients send; undefined fields are left to the caller. */
const readBody = (body: unknown, field: string | undefined, readsJson: boolean): ClassicBody => {
  if (body instanceof URLSearchParams) return readForm(body, field)
  const parsed = jsonBody.safeParse(body)
  if (!parsed.success || !readsJson) return { api: undefined, authentication: undefined, fields: [] }
  const { api, authentication, bulk = [] } = parsed.data
  const fields = Object.values(bulk).flatMap((item) =>
    field && item[field] !== undefined ? [String(item[field]).trim()] : [],
  )
  return { api, authentication, fields }
}

const answerClassic = (world: World, request: FastifyRequest, fate?: CallFate): Answer => {
  const wanted = actionOf(request)
  if (!wanted) return classicError('2', 'Invalid action')
  const { api, authentication, fields } = readBody(
    request.body,
    wanted.action.field,
    world.settings.assumptions.classicReadsJson,
  )
  if (!api) return classicError('3', 'Required api key')
  const account = world.accounts.byClassicKey(api)
  if (!account) return classicError('3', 'Invalid api key')
  if (wanted.isMarketplace && (!authentication || authentication !== account.classicAuthentication)) {
    return classicError('1', 'Required authentication key')
  }
  return wanted.action.answer({ world, account, fields, fate })
}

const inClassicWords = (name: Instead): Answer | undefined => {
  if (name === 'body_401' || name === 'unauthorised') return classicError('3', 'Required api key')
  if (name === 'empty_results')
    return { status: 200, body: { api_status: 'Success', error_code: '0', error_remark: '', result: [] } }
  if (name === 'rejected_400') return classicError('4', 'Invalid awb_no')
  return name === 'body_404' || name === 'body_500' ? classicError('99', 'System error') : undefined
}

/** The classic API: everything is a POST to `/?ac=<Action>` (fact sheet §8). */
export const classicRoutes = (app: FastifyInstance, world: World): void => {
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    if (isTracking(request)) countCall(world, reply)
  }
  app.post('/', { onRequest }, (request, reply) => {
    if (!isTracking(request)) {
      return sendAnswer({ reply, answer: answerClassic(world, request), compression: world.settings.compression })
    }
    return answerTrackingCall({
      world,
      request,
      reply,
      asked: readBody(request.body, actions.TrackingBulk.field, world.settings.assumptions.classicReadsJson).fields,
      answer: (fate) => answerClassic(world, request, fate),
      translate: inClassicWords,
    })
  })
}

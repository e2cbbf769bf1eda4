import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Answer, htmlPage, plainError, requestId, unauthorised } from './answers/error-shapes.ts'
import type { CallFate } from './fault-dice.ts'
import { type Damage, faults, type Instead } from './faults.ts'
import { between } from './random.ts'
import { sendAnswer } from './send-answer.ts'
import type { World } from './world.ts'

const insteadOf = (world: World, name: Instead, fate: CallFate): Answer => {
  const json = (status: number, message: string, http = status): Answer => ({
    ...plainError(status, message),
    status: http,
  })
  const answers: Record<Instead, () => Answer> = {
    '429_json': () => json(429, 'Too Many Requests'),
    '429_retry_after': () => ({
      ...json(429, 'Too Many Requests'),
      headers: { 'retry-after': String(world.settings.retryAfterSeconds) },
    }),
    html_403: () => htmlPage(403),
    html_429: () => htmlPage(429),
    html_502: () => htmlPage(502),
    html_520: () => htmlPage(520),
    body_401: () => json(401, 'Invalid Oauth 2.0 access token', 200),
    body_404: () => json(404, 'Not Found', 200),
    body_500: () => json(500, 'Internal Server Error', 200),
    not_found_all: () => json(404, 'Not Found'),
    unauthorised: () => unauthorised(fate.variant, requestId(world.clock.now(), world.settings.seed, fate.call)),
    server_500: () => json(500, 'Internal Server Error'),
    rejected_400: () => json(400, 'Bad Request'),
    empty_results: () => ({
      status: 200,
      body: { status_code: 200, message: '0 request success, 1 request error.', data: { results: [] } },
    }),
    no_answer: () => json(504, 'Gateway Timeout'),
  }
  return answers[name]()
}

const waitSlowly = async (world: World, fate: CallFate, reply: FastifyReply): Promise<void> => {
  world.counter.faultApplied('slow')
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const ms = between(...world.settings.slowMs, world.settings.seed, 'slow', fate.call)
  await delay(ms, undefined, { signal: gone.signal }).catch(() => undefined)
}

const noAnswerMs = 60_000

const waitInVain = async (reply: FastifyReply): Promise<void> => {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  await delay(noAnswerMs, undefined, { signal: gone.signal }).catch(() => undefined)
}

type TrackingCall = {
  world: World
  request: FastifyRequest
  reply: FastifyReply
  /** The numbers that the call asks for. */
  asked: readonly string[]
  answer(fate: CallFate): Answer
  /** Turns an error into the API's own words; the classic API has an envelope of its own. */
  translate?(name: Instead): Answer | undefined
}

/** Counts the call when its head arrives, before anything else looks at it. */
export const countCall = (world: World, reply: FastifyReply): void => world.counter.callStarted(reply.raw)

/** Rolls what fate holds for this call, then answers it so. */
export const answerTrackingCall = async ({
  world,
  reply,
  asked,
  answer,
  translate,
}: TrackingCall): Promise<FastifyReply> => {
  const rolled = world.dice.rollCall()
  const { numbers, as } = world.settings.poison
  const isPoisoned = asked.some((number) => numbers.includes(number))
  const fate = isPoisoned ? { ...rolled, failure: as } : rolled
  const { compression } = world.settings
  if (fate.isSlow) await waitSlowly(world, fate, reply)
  if (reply.raw.destroyed) return reply.hijack()
  const { failure } = fate
  if (failure) world.counter.faultApplied(failure)
  if (failure === 'no_answer') await waitInVain(reply)
  if (reply.raw.destroyed) return reply.hijack()
  if (failure && faults[failure].kind !== 'damage') {
    const name = failure as Instead
    return sendAnswer({ reply, compression, answer: translate?.(name) ?? insteadOf(world, name, fate) })
  }
  return sendAnswer({ reply, compression, answer: answer(fate), damage: failure as Damage | undefined })
}

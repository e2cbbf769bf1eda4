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

type TrackingCall = {
  world: World
  request: FastifyRequest
  reply: FastifyReply
  answer(fate: CallFate): Answer
  /** Turns an error into the API's own words; the classic API has an envelope of its own. */
  translate?(name: Instead): Answer | undefined
}

/** Counts the call when its head arrives, before anything else looks at it. */
export const countCall = (world: World, reply: FastifyReply): void => world.counter.callStarted(reply.raw)

/** Rolls what fate holds for this call, then answers it so. */
export const answerTrackingCall = async ({ world, reply, answer, translate }: TrackingCall): Promise<FastifyReply> => {
  const fate = world.dice.rollCall()
  const { compression } = world.settings
  if (fate.isSlow) await waitSlowly(world, fate, reply)
  if (reply.raw.destroyed) return reply.hijack()
  const { failure } = fate
  if (failure) world.counter.faultApplied(failure)
  if (failure && faults[failure].kind === 'instead') {
    const name = failure as Instead
    return sendAnswer({ reply, compression, answer: translate?.(name) ?? insteadOf(world, name, fate) })
  }
  return sendAnswer({ reply, compression, answer: answer(fate), damage: failure as Damage | undefined })
}

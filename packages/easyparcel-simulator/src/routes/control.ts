import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { scriptNow } from '../clock.ts'
import { accountInput, bookingInput, faultProbabilities, forcedFault, poison } from '../options.ts'
import type { World } from '../world.ts'

const truthQuery = z.object({ awb: z.string().optional(), testNumbers: z.stringbool().optional() })
const faultsBody = z.strictObject({
  probabilities: faultProbabilities.optional(),
  force: z.array(forcedFault).max(1_000).optional(),
  slowMs: z.tuple([z.number().min(0), z.number().min(0).max(60_000)]).optional(),
  retryAfterSeconds: z.int().min(0).max(3_600).optional(),
})
const clockBody = z.strictObject({
  advanceMs: z
    .number()
    .min(0)
    .max(400 * 86_400_000),
})

const clockView = ({ clock }: World) => ({
  now: clock.now().toISOString(),
  scriptNow: scriptNow(clock).toISOString(),
  startedAt: clock.startedAt.toISOString(),
  speed: clock.speed,
})

/** What tests and the demo use; EasyParcel has nothing under `/_control`. */
export const controlRoutes = (app: FastifyInstance, world: World): void => {
  app.get('/_control/truth', (request) => {
    const { awb, testNumbers } = truthQuery.parse(request.query)
    return world.parcels.truth({ ...(awb ? { awb } : {}), testNumbers: testNumbers ?? false })
  })
  app.post('/_control/bookings', (request) => {
    const inputs = z.array(bookingInput).max(100_000).parse(request.body)
    const booked = world.book(inputs)
    return { booked, known: inputs.length - booked }
  })
  app.post('/_control/accounts', (request) => {
    const account = accountInput.parse(request.body)
    world.addAccount(account)
    return { id: account.id }
  })
  app.post('/_control/faults', (request) => {
    const { probabilities, force = [], slowMs, retryAfterSeconds } = faultsBody.parse(request.body)
    if (probabilities) world.dice.setProbabilities(probabilities)
    for (const fault of force) world.dice.force(fault)
    if (slowMs) world.settings.slowMs = slowMs
    if (retryAfterSeconds !== undefined) world.settings.retryAfterSeconds = retryAfterSeconds
    return { forced: force.length }
  })
  app.post('/_control/poison', (request) => {
    world.settings.poison = poison.parse(request.body)
    return world.settings.poison
  })
  app.get('/_control/clock', () => clockView(world))
  app.post('/_control/clock', (request) => {
    world.advance(clockBody.parse(request.body).advanceMs)
    return clockView(world)
  })
  app.get('/_control/stats', () => world.counter.read())
  app.post('/_control/reset-stats', () => {
    world.counter.reset()
    return world.counter.read()
  })
}

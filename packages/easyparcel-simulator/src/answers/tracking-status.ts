import { z } from 'zod'
import type { CallFate } from '../fault-dice.ts'
import type { Oddity } from '../faults.ts'
import type { Account } from '../options.ts'
import { shuffled } from '../random.ts'
import type { World } from '../world.ts'
import { type Answer, requestId, validationError } from './error-shapes.ts'
import { trackingItem } from './tracking-item.ts'

const trackingRequest = z.object({ awb_numbers: z.array(z.string()) })

/** The numbers of a request's body; none when it is no such body. */
export const numbersAsked = (body: unknown): string[] =>
  trackingRequest.safeParse(body).data?.awb_numbers.map((awb) => awb.trim()) ?? []

const message = (found: number, missing: number, isVariant: boolean): string =>
  isVariant
    ? `${found} request processed, ${missing} error.`
    : `${found} ${found === 1 ? 'request' : 'requests'} success, ${missing} request error.`

/** Answers `POST shipment/tracking_status` for one account (fact sheet §3). */
export const trackingStatus = (world: World, account: Account, body: unknown, fate: CallFate): Answer => {
  const { settings, parcels, counter, clock } = world
  const parsed = trackingRequest.safeParse(body)
  if (!parsed.success || parsed.data.awb_numbers.length === 0)
    return validationError('The awb_numbers field is required')
  const asked = [...new Set(parsed.data.awb_numbers.map((awb) => awb.trim()))]
  const { awbsPerCallMax, notFound } = settings.assumptions
  if (parsed.data.awb_numbers.length > awbsPerCallMax)
    return validationError(`The awb_numbers field must not have more than ${awbsPerCallMax} items`)
  counter.numbersAsked(parsed.data.awb_numbers.length)

  const applied = new Set<Oddity>()
  const has = (name: Oddity) => fate.oddities.has(name) && Boolean(applied.add(name))
  const found = new Set<string>()
  const items = asked.flatMap<object>((awb) => {
    const parcel = parcels.find(account.id, awb)
    const events = parcel && parcels.isNumbered(parcel) ? parcels.eventsOf(parcel) : []
    if (!parcel || events.length === 0) {
      if (has('omit_not_found') || notFound === 'omit') return []
      return [{ awb_number: awb, status: 'not_found', message: 'AWB number not found' }]
    }
    found.add(awb)
    return [trackingItem({ parcel, events, fate, seed: settings.seed, onOddity: (name) => applied.add(name) })]
  })
  const results = has('shuffled_results') ? shuffled(items, settings.seed, fate.call, 'results') : items
  const answer = {
    status_code: 200,
    ...(has('no_request_id') ? {} : { request_id: requestId(clock.now(), settings.seed, fate.call) }),
    message: message(found.size, asked.length - found.size, has('message_variant')),
    data: { results },
  }
  for (const name of applied) counter.faultApplied(name)
  return { status: 200, body: answer }
}

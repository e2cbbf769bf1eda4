import { courierOf } from '../data/couriers.ts'
import type { CallFate } from '../fault-dice.ts'
import type { Oddity } from '../faults.ts'
import type { LifeEvent } from '../life.ts'
import type { Account } from '../options.ts'
import { numbersOf, type Parcel } from '../parcels.ts'
import { shuffled } from '../random.ts'
import type { World } from '../world.ts'
import { naiveKualaLumpur } from './dates.ts'
import type { Answer } from './error-shapes.ts'
import { numericKeys } from './tracking-item.ts'

const hourMs = 3_600_000
const orderUnknownMs = 5 * 60_000
const trackPage = 'https://app.easyparcel.com/tools/easytrack/details'

/** The classic envelope; business errors come with HTTP 200 too. */
export const classicError = (code: string, remark: string): Answer => ({
  status: 200,
  body: { api_status: 'Error', error_code: code, error_remark: remark },
})

type ClassicCall = { world: World; account: Account; fields: readonly string[]; fate: CallFate | undefined }

const success = ({ world, fate }: ClassicCall, result: readonly object[]): Answer => {
  const has = (name: Oddity) => {
    if (!fate?.oddities.has(name)) return false
    world.counter.faultApplied(name)
    return true
  }
  return {
    status: 200,
    body: {
      api_status: 'Success',
      error_code: has('code_type') ? 0 : '0',
      error_remark: '',
      result: has('numeric_keys') ? numericKeys(result) : result,
    },
  }
}

const classicEvent = (event: LifeEvent) => {
  const [event_date, event_time] = naiveKualaLumpur(event.at).split(' ')
  return { event_date, event_time, status: event.text, location: event.location ?? '' }
}

const statusList = (events: readonly LifeEvent[], fate: CallFate | undefined, key: string) => {
  const newestFirst = events.toReversed()
  const repeated = fate?.oddities.has('duplicate_events') ? [...newestFirst, newestFirst[0]!] : newestFirst
  const list = (fate?.oddities.has('unsorted_log') ? shuffled(repeated, key, fate.call) : repeated).map(classicEvent)
  return fate?.oddities.has('numeric_keys') ? numericKeys(list) : list
}

/** `EPTrackingBulk` / `MPTrackingBulk`, in the order asked (fact sheet §8.3). */
export const classicTracking = (call: ClassicCall): Answer => {
  const { world, account, fields, fate } = call
  const { assumptions } = world.settings
  if (fields.length > assumptions.classicItemsMax)
    return classicError('4', `At most ${assumptions.classicItemsMax} items a request`)
  world.counter.numbersAsked(fields.length)
  const result = fields.flatMap<object>((awb) => {
    const parcel = world.parcels.find(account.id, awb)
    const events = parcel ? world.parcels.eventsOf(parcel) : []
    const latest = fate?.oddities.has('latest_steps_back') ? events[0] : events.at(-1)
    if (latest) {
      const status_list = statusList(events, fate, awb)
      return [{ awb, latest_status: latest.text, latest_update: naiveKualaLumpur(latest.at), status_list }]
    }
    if (assumptions.classicEchoesAny) return [{ awb, latest_status: '', latest_update: '', status_list: [] }]
    return assumptions.classicUnknown === 'fail' ? [{ awb, status: 'Fail', remarks: 'Invalid awb_no' }] : []
  })
  return success(call, result)
}

const shipStatus: Record<number, string> = {
  0: 'Cancelled',
  2: 'Pending For Collection',
  3: 'Parcel has been collected',
  4: 'Delivering (in transit)',
  5: 'Successfully Delivered',
  6: 'Returned',
  7: 'Schedule In Arrangement',
  8: 'On Hold',
  11: 'Parcel Drop Off at Point',
}

const parcelOfOrder = ({ world, account }: ClassicCall, order: string): Parcel | undefined =>
  world.parcels.list(account.id).find((parcel) => numbersOf(parcel).order === order)

const scriptAgeMs = (world: World, parcel: Parcel) =>
  (world.clock.now().getTime() - parcel.bookedAt) * world.clock.speed

/** `EPParcelStatusBulk`: no AWB in the first script hour of a parcel (fact sheet §8.4). */
export const classicParcelStatus = (call: ClassicCall): Answer =>
  success(
    call,
    call.fields.map((order_no) => {
      const parcel = parcelOfOrder(call, order_no)
      if (!parcel) return { order_no, status: 'Fail', remarks: 'Wrong Order_no', parcel: [] }
      const code = call.world.parcels.eventsOf(parcel).at(-1)?.code ?? 7
      const hasAwb = scriptAgeMs(call.world, parcel) >= hourMs
      const link = `${trackPage}?courier=${courierOf(parcel.awb, parcel.courier).shortName}&awb=${parcel.awb}`
      const entry = {
        parcel_number: numbersOf(parcel).parcel,
        ship_status: shipStatus[code] ?? 'Other Status',
        awb: hasAwb ? parcel.awb : 'Awb not available',
        awb_id_link: hasAwb ? link : '',
      }
      return { order_no, status: 'Success', remarks: 'Correct Order_no', parcel: [entry] }
    }),
  )

/** `EPOrderStatusBulk`: in the first five script minutes an order "does not exist" (fact sheet §8.6). */
export const classicOrderStatus = (call: ClassicCall): Answer =>
  success(
    call,
    call.fields.map((order_no) => {
      const parcel = parcelOfOrder(call, order_no)
      return parcel && scriptAgeMs(call.world, parcel) >= orderUnknownMs
        ? { order_no, status: 'Success', remarks: '', order_status: 'Fully Paid', order_payable: '0.00' }
        : { order_no, status: 'Fail', remarks: 'Order does not exist' }
    }),
  )

export const classicBalance = (call: ClassicCall): Answer => {
  const answer = success(call, [])
  return { ...answer, body: { ...(answer.body as object), result: '1000.00' } }
}

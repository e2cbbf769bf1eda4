import { courierOf } from '../data/couriers.ts'
import type { CallFate } from '../fault-dice.ts'
import type { Oddity } from '../faults.ts'
import type { LifeEvent } from '../life.ts'
import { numbersOf, type Parcel } from '../parcels.ts'
import { chance, shuffled } from '../random.ts'
import { naiveKualaLumpur, naiveUtc } from './dates.ts'

type LogEntry = {
  event_date: string
  shipment_status_code: number | string
  tracking_status: string
  location: string | null
}
type ItemArgs = {
  parcel: Parcel
  events: readonly LifeEvent[]
  fate: CallFate
  seed: string
  onOddity(name: Oddity): void
}

/** PHP sends a list whose keys are not 0, 1, 2… as an object. */
export const numericKeys = <T>(list: readonly T[]): Record<string, T> => Object.fromEntries(list.entries())

const writeDate = ({ parcel, fate, seed }: ItemArgs, event: LifeEvent): string => {
  const roll = chance(seed, fate.call, parcel.awb, event.at.getTime(), 'zone')
  const isMixed = fate.oddities.has('mixed_zones')
  if (event.isOwn) {
    const isNaive = isMixed ? roll < 0.5 : courierOf(parcel.awb, parcel.courier).ownEventNaive
    return isNaive ? naiveUtc(event.at) : event.at.toISOString()
  }
  return isMixed && roll < 0.5 ? event.at.toISOString() : naiveKualaLumpur(event.at)
}

const inLogOrder = ({ parcel, events, fate, seed }: ItemArgs): LifeEvent[] => {
  if (fate.oddities.has('unsorted_log')) return shuffled(events, seed, fate.call, parcel.awb, 'order')
  if (!courierOf(parcel.awb, parcel.courier).newestFirst) return [...events]
  return [...events.filter((event) => !event.isOwn).reverse(), ...events.filter((event) => event.isOwn)]
}

/** One `results[]` entry of tracking_status. As in every sample, `latest_*` repeat the last entry of the log, which need not be the newest. */
export const trackingItem = (args: ItemArgs) => {
  const { parcel, events, fate, onOddity } = args
  const entry = (event: LifeEvent): LogEntry => ({
    event_date: writeDate(args, event),
    shipment_status_code: fate.oddities.has('code_type') ? String(event.code) : event.code,
    tracking_status: event.text,
    location: event.location,
  })
  const ordered = inLogOrder(args)
  const repeated = fate.oddities.has('duplicate_events') ? [...ordered, ordered[0]!] : ordered
  const log = repeated.map(entry)
  const latest = fate.oddities.has('latest_steps_back') ? entry(events[0]!) : log.at(-1)!
  const perItem = [
    'mixed_zones',
    'unsorted_log',
    'code_type',
    'duplicate_events',
    'latest_steps_back',
    'numeric_keys',
  ] as const
  for (const name of perItem) if (fate.oddities.has(name)) onOddity(name)
  const { shipment, order } = numbersOf(parcel)
  return {
    status: 'success',
    awb_number: parcel.awb,
    shipment_number: shipment,
    order_number: order,
    latest_shipment_status_code: latest.shipment_status_code,
    latest_tracking_status: latest.tracking_status,
    latest_event_date: latest.event_date,
    status_log: fate.oddities.has('numeric_keys') ? numericKeys(log) : log,
  }
}

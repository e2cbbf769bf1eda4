import { type ScriptClock, stampTimes } from './clock.ts'
import { type Status, testNumbers, weights } from './data/scenarios.ts'
import { type Booking, eventsSoFar, type LifeEvent, type Step, writeLife } from './life.ts'
import type { Account, BookingInput } from './options.ts'
import { fiveCharacters, pickWeighted } from './random.ts'

/** A parcel with the script of its life. `twin`: how many bookings of the account had the shipment number before that it would have had. */
export type Parcel = Booking & { steps: Step[]; twin?: number }

export type Truth = {
  awb: string
  account: string
  status: Status
  ended: boolean
  eventCount: number
  events: { at: string; code: number; status: Status; text: string }[]
}

export type Parcels = {
  /** Adds what is not booked yet; a parcel booked before keeps its life. Returns how many were new. */
  book(inputs: readonly BookingInput[]): number
  /** An account knows its own parcels and the fixed test numbers. */
  find(account: string, awb: string): Parcel | undefined
  list(account: string): Parcel[]
  /** What EasyParcel lists: all but numbers that it never knew, the newest first. */
  newestFirst(account: string): readonly Parcel[]
  findShipment(account: string, shipmentNumber: string): Parcel | undefined
  /** Whether a booking has its tracking number by now. */
  isNumbered(parcel: Parcel): boolean
  all(): Booking[]
  eventsOf(parcel: Parcel): LifeEvent[]
  truth(filter?: { awb?: string; testNumbers?: boolean }): Truth[]
}

const dayMs = 86_400_000

type ParcelsArgs = {
  seed: string
  clock: ScriptClock
  accounts: ReadonlyMap<string, Account>
  kept: readonly Booking[]
}

export const keepParcels = ({ seed, clock, accounts, kept }: ParcelsArgs): Parcels => {
  const parcels = new Map<string, Parcel>()
  const shipments = new Map<string, Parcel>()
  const listed = new Map<string, Parcel[]>()
  const keyOf = (account: string, awb: string) => `${account}/${awb}`
  const add = (booking: Booking): Parcel => {
    const parcel: Parcel = { ...booking, steps: writeLife(seed, booking) }
    while (shipments.has(keyOf(booking.account, numbersOf(parcel).shipment))) parcel.twin = (parcel.twin ?? 0) + 1
    shipments.set(keyOf(booking.account, numbersOf(parcel).shipment), parcel)
    parcels.set(keyOf(booking.account, booking.awb), parcel)
    listed.delete(booking.account)
    return parcel
  }
  const listNewestFirst = (account: string): Parcel[] => {
    const known =
      listed.get(account) ??
      [...parcels.values()]
        .filter((parcel) => parcel.account === account && parcel.steps.length > 0)
        .sort((a, b) => b.bookedAt - a.bookedAt || (a.awb < b.awb ? 1 : -1))
    listed.set(account, known)
    return known
  }
  for (const booking of kept) add(booking)

  const testParcel = (account: string, awb: string): Parcel | undefined => {
    if (!testNumbers[awb]) return undefined
    const bookedAt = Math.floor(clock.startedAt.getTime() / dayMs - 1) * dayMs
    const booking: Booking = { awb, account, scenario: 'normal', bookedAt }
    return { ...booking, steps: writeLife(seed, booking) }
  }
  const eventsOf = (parcel: Parcel) => eventsSoFar(clock, parcel.steps, parcel.bookedAt)
  const truthOf = (parcel: Parcel): Truth => {
    const events = eventsOf(parcel)
    return {
      awb: parcel.awb,
      account: parcel.account,
      status: events.at(-1)?.status ?? 'pending',
      ended: events.length === parcel.steps.length,
      eventCount: events.length,
      events: events.map(({ at, code, status, text }) => ({ at: at.toISOString(), code, status, text })),
    }
  }

  return {
    book: (inputs) => {
      const bookedNow = clock.now().getTime()
      return inputs.filter(({ awb, account = 'demo', courier, scenario, bookedAt, numberedAfterMs }) => {
        const owner = accounts.get(account)
        if (!owner) throw new UnknownAccount(account)
        if (parcels.has(keyOf(account, awb)) || testNumbers[awb]) return false
        const told = scenario ?? pickWeighted(weights, seed, awb, 'scenario')
        add({
          awb,
          account,
          courier,
          scenario: owner.environment === 'sandbox' && told !== 'never_known' ? 'sandbox' : told,
          bookedAt: bookedAt ? Date.parse(bookedAt) : bookedNow,
          numberedAfterMs,
        })
        return true
      }).length
    },
    find: (account, awb) => parcels.get(keyOf(account, awb)) ?? testParcel(account, awb),
    list: (account) => [...parcels.values()].filter((parcel) => parcel.account === account),
    newestFirst: listNewestFirst,
    findShipment: (account, shipmentNumber) => shipments.get(keyOf(account, shipmentNumber)),
    isNumbered: ({ bookedAt, numberedAfterMs }) =>
      numberedAfterMs === undefined || stampTimes(clock, bookedAt, [numberedAfterMs])[0]! <= clock.now().getTime(),
    all: () => [...parcels.values()].map(({ steps: _steps, twin: _twin, ...booking }) => booking),
    eventsOf,
    truth: (filter = {}) => {
      const tests = filter.testNumbers || (filter.awb && testNumbers[filter.awb])
      const fixed = tests ? Object.keys(testNumbers).map((awb) => testParcel([...accounts.keys()][0]!, awb)!) : []
      return [...parcels.values(), ...fixed].filter(({ awb }) => !filter.awb || awb === filter.awb).map(truthOf)
    },
  }
}

export class UnknownAccount extends Error {
  constructor(account: string) {
    super(`There is no account "${account}"; add it with POST /_control/accounts first.`)
  }
}

const yearMonth = (bookedAt: number) => new Date(bookedAt).toISOString().slice(2, 7).replace('-', '')

/** EasyParcel's own numbers of a parcel, made from its tracking number. */
export const numbersOf = ({ awb, bookedAt, twin = 0 }: Booking & Pick<Parcel, 'twin'>) => ({
  shipment: `ES-${yearMonth(bookedAt)}-${fiveCharacters(awb, 'shipment', ...(twin > 0 ? [twin] : []))}`,
  order: `EI-${yearMonth(bookedAt)}-${fiveCharacters(awb, 'order')}`,
  parcel: `EP-${fiveCharacters(awb, 'parcel')}`,
})

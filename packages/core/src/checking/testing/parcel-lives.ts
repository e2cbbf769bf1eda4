import type { Substatus, TrackingStatus } from '@jejak/contract'
import type { ItemAnswer, ToldScan } from '../../easyparcel/client/easyparcel-client.ts'
import { saying } from './tracking.ts'

const hour = 3_600_000
const day = 24 * hour
const zoneMs = 8 * hour

/** A seeded source of numbers in [0, 1), so that a simulation repeats (mulberry32). */
export const createRandom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

/** What really happens to a parcel: EasyParcel knows its number from `knownFrom` on and tells each scan once it has happened. */
export type ParcelLife = { registeredAt: number; knownFrom: number; scans: ToldScan[]; expectedDay: string | null }

type Script = { at: number; status: TrackingStatus; substatus?: Substatus }
type Branch = 'delivered' | 'attempt' | 'pickup' | 'held' | 'returned' | 'cancelled' | 'lost' | 'unread' | 'silent'
const branches: readonly [Branch, number][] = [
  ['delivered', 0.8],
  ['attempt', 0.06],
  ['pickup', 0.04],
  ['held', 0.03],
  ['returned', 0.03],
  ['unread', 0.015],
  ['cancelled', 0.01],
  ['lost', 0.01],
  ['silent', 0.005],
]

const localMidnight = (at: number) => Math.floor((at + zoneMs) / day) * day - zoneMs
const isSunday = (at: number) => new Date(at + zoneMs).getUTCDay() === 0

/** An hour of the day `days` after this one, or of the Monday after if that is a Sunday. */
const hourOfDay = (at: number, days: number, local: number): number => {
  const then = localMidnight(at) + days * day + local * hour
  return isSunday(then) ? then + day : then
}

const pick = (random: () => number): Branch => {
  let left = random()
  for (const [branch, weight] of branches) {
    if (left < weight) return branch
    left -= weight
  }
  return 'delivered'
}

const transit = (from: number, random: () => number): Script[] => {
  const count = 2 + Math.floor(random() * 3)
  let at = from
  return Array.from({ length: count }, () => {
    at += (6 + random() * 12) * hour
    return { at, status: 'in_transit' as const }
  })
}

const lastMile = (branch: Branch, from: number, random: () => number): Script[] => {
  const out: Script = { at: hourOfDay(from, 1, 8 + random() * 2.5), status: 'out_for_delivery' }
  const delivered: Script = { at: hourOfDay(out.at, 0, 11 + random() * 9), status: 'delivered' }
  const again = (script: Script): Script => ({
    ...script,
    at: hourOfDay(script.at, 1, ((script.at + zoneMs) % day) / hour),
  })
  switch (branch) {
    case 'attempt':
      return [out, { at: delivered.at, status: 'attempt_failed' }, again(out), again(delivered)]
    case 'pickup':
      return [
        out,
        { at: delivered.at, status: 'ready_for_pickup' },
        { at: delivered.at + (0.2 + 2 * random()) * day, status: 'delivered' },
      ]
    case 'held':
      return [{ at: from + 3 * hour, status: 'on_hold' }, ...lastMile('delivered', from + (1 + random()) * day, random)]
    case 'returned': {
      const problem: Script = {
        at: from + 3 * hour,
        status: 'exception',
        substatus: random() < 0.5 ? 'damaged' : 'misrouted',
      }
      return [problem, { at: from + day, status: 'returning' }, { at: from + (3 + random()) * day, status: 'returned' }]
    }
    case 'lost':
      return []
    default:
      return [out, delivered]
  }
}

const script = (branch: Branch, knownFrom: number, random: () => number): Script[] => {
  if (branch === 'silent') return []
  const firstStatus = random() < 0.5 ? 'info_received' : 'pending'
  const booked: Script = { at: knownFrom, status: branch === 'unread' ? 'unknown' : firstStatus }
  if (branch === 'cancelled') return [booked, { at: knownFrom + 5 * hour, status: 'cancelled' }]
  const collected: Script = { at: hourOfDay(knownFrom, 1, 14 + random() * 5), status: 'collected' }
  const moves = transit(collected.at, random)
  return [booked, collected, ...moves, ...lastMile(branch, moves.at(-1)!.at, random)]
}

const toScan = ({ at, status, substatus }: Script): ToldScan => {
  const instant = new Date(Math.floor(at / 1000) * 1000).toISOString()
  return {
    at: instant,
    rawAt: instant,
    zoneGuessed: false,
    ...saying(status, substatus),
    location: null,
    source: 'open',
    position: 0,
  }
}

/** A life as Malaysian parcels have them: collected in the afternoon, out in the morning, no delivery on Sundays; one in five goes wrong somehow. */
export const writeLife = (registeredAt: number, random: () => number): ParcelLife => {
  const branch = pick(random)
  const knownFrom =
    branch === 'silent' ? Number.POSITIVE_INFINITY : registeredAt + (random() < 0.8 ? 0 : random() * 10 * hour)
  const scripts = script(branch, knownFrom, random)
  const scans = scripts.map(toScan)
  const outAt = scripts.find(({ status }) => status === 'out_for_delivery')?.at
  const expectedDay = outAt && random() < 0.2 ? new Date(outAt + zoneMs).toISOString().slice(0, 10) : null
  return { registeredAt, knownFrom, scans, expectedDay }
}

/** What EasyParcel says about a parcel at `now`. */
export const createTeller = ({ knownFrom, scans }: ParcelLife) => {
  const instants = scans.map(({ at }) => Date.parse(at))
  let told = 0
  let answer: ItemAnswer = { kind: 'found', scans: [], isWhole: false }
  return (now: number): ItemAnswer => {
    if (now < knownFrom) return { kind: 'not_found' }
    const before = told
    while (told < instants.length && instants[told]! <= now) told++
    if (told !== before) answer = { kind: 'found', scans: scans.slice(0, told), isWhole: true }
    return answer
  }
}

/** A parcel that stays in one status for the whole simulation, with a new scan every 11 hours. */
export const stayingLife = (status: TrackingStatus, from: number, until: number): ParcelLife => {
  const count = Math.ceil((until - from) / (11 * hour))
  const scans = Array.from({ length: count }, (_, step) => toScan({ at: from + step * 11 * hour, status }))
  return { registeredAt: from, knownFrom: from, scans, expectedDay: null }
}

import type { TrackingEvent } from '@jejak/contract'

type Ordered = { second: number; code: number; text: string }

const fold = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

/** What makes two reports the same scan: instant to the second, code, folded text. */
const identityOf = ({ at, code, text }: TrackingEvent): Ordered => ({
  second: Math.floor(Date.parse(at) / 1000),
  code: code ?? -1,
  text: fold(text),
})

const keyOf = ({ second, code, text }: Ordered): string => `${second} ${code} ${text}`

/** The same for every report of one scan, however its zone, precision or spelling was read. */
export const scanKey = (event: TrackingEvent): string => keyOf(identityOf(event))

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const compareIdentity = (a: Ordered, b: Ordered): number =>
  b.second - a.second || b.code - a.code || compareText(b.text, a.text)

/**
 * Newest first. Only what identifies a scan decides, never what its copies may differ in: otherwise a copy could
 * move a scan across the cut at `eventsMax`, and the row would depend on the order of arrival.
 */
export const compareEvents = (a: TrackingEvent, b: TrackingEvent): number =>
  compareIdentity(identityOf(a), identityOf(b))

const larger = <Value>(a: Value, b: Value, ...ranks: ((value: Value) => string | number)[]): Value => {
  for (const rank of ranks) {
    const [rankA, rankB] = [rank(a), rank(b)]
    if (rankA !== rankB) return rankA > rankB ? a : b
  }
  return a
}

type Location = Pick<TrackingEvent, 'location'>
type Reading = Pick<TrackingEvent, 'at' | 'rawAt' | 'zoneGuessed'>
type Meaning = Pick<TrackingEvent, 'status' | 'substatus'>

/** Each part is the larger of the two in a total order, so copies join alike in any order: a certain zone beats a guess, known beats unknown. */
const joinCopies = (a: TrackingEvent, b: TrackingEvent): TrackingEvent => {
  const reading: Reading = larger<Reading>(
    a,
    b,
    (e) => (e.zoneGuessed ? 0 : 1),
    (e) => Date.parse(e.at),
    (e) => e.at,
    (e) => e.rawAt,
  )
  const meaning: Meaning = larger<Meaning>(
    a,
    b,
    (e) => (e.status === 'unknown' ? 0 : 1),
    (e) => e.status,
    (e) => e.substatus ?? '',
  )
  const { location }: Location = larger<Location>(
    a,
    b,
    (e) => (e.location === null ? 0 : 1),
    (e) => e.location ?? '',
  )
  return {
    at: reading.at,
    rawAt: reading.rawAt,
    zoneGuessed: reading.zoneGuessed,
    code: a.code,
    text: larger(a.text, b.text, (text) => text),
    status: meaning.status,
    substatus: meaning.substatus,
    location,
  }
}

/**
 * All scans of both lists once, newest first, the newest `eventsMax` of them. Commutative, associative and idempotent:
 * whatever arrives twice, late or out of order gives the same row.
 */
export const mergeEvents = (
  a: readonly TrackingEvent[],
  b: readonly TrackingEvent[],
  eventsMax: number,
): TrackingEvent[] => {
  const scans = new Map<string, { identity: Ordered; event: TrackingEvent }>()
  for (const event of [...a, ...b]) {
    const identity = identityOf(event)
    const key = keyOf(identity)
    const known = scans.get(key)
    scans.set(key, { identity, event: known ? joinCopies(known.event, event) : event })
  }
  return [...scans.values()]
    .sort((x, y) => compareIdentity(x.identity, y.identity))
    .slice(0, eventsMax)
    .map(({ event }) => event)
}

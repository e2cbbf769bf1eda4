import { bucketOf, emptyBuckets } from './histogram.ts'

/** How a customer looked: on our page, in a shop’s own pages, by a program, a live stream, a calendar, or with order number and contact. */
export const readWays = ['page', 'widget', 'api', 'live', 'calendar', 'lookup'] as const
export type ReadWay = (typeof readWays)[number]

/** How fresh was what they were shown; `missing`: nothing has that number, `refused`: order number and contact fit nothing. */
export const readStates = ['fresh', 'stale', 'expired', 'final', 'missing', 'refused'] as const
export type ReadState = (typeof readStates)[number]

/** `shop`: the address name that was asked for, where the parcel does not tell whose it is. `language`: empty where no one said. */
export type Read = {
  organizationId: string | null
  shop: string | null
  way: ReadWay
  state: ReadState
  language: string
}
export type CountedRead = Read & { reads: number }

/** What one route answered. `refused`: 4xx; `failed`: 5xx. */
export type RouteFigures = {
  requests: number
  refused: number
  failed: number
  notModified: number
  buckets: number[]
}
export type CountedRoute = RouteFigures & { route: string }

/** What was counted since it was last taken. `lookUps` of documents shared so many `statements`. */
export type Counted = { routes: CountedRoute[]; reads: CountedRead[]; lookUps: number; statements: number }

/** So many kinds of reads are told apart between two takings; what is beyond has no shop. */
const kindsMax = 5_000

const noFigures = (): RouteFigures => ({ requests: 0, refused: 0, failed: 0, notModified: 0, buckets: emptyBuckets() })

const addTo = (sum: RouteFigures, more: RouteFigures): void => {
  sum.requests += more.requests
  sum.refused += more.refused
  sum.failed += more.failed
  sum.notModified += more.notModified
  for (const [place, amount] of more.buckets.entries()) sum.buckets[place]! += amount
}

const keyOf = ({ organizationId, shop, way, state, language }: Read): string =>
  `${organizationId ?? ''}|${shop ?? ''}|${way}|${state}|${language}`

const readOf = (key: string): Read => {
  const [organizationId, shop, way, state, language = ''] = key.split('|')
  return {
    organizationId: organizationId || null,
    shop: shop || null,
    way: way as ReadWay,
    state: state as ReadState,
    language,
  }
}

/** Counts what a process does, in memory: counting is an addition, nothing waits for it. */
export const createCounters = () => {
  let routes = new Map<string, RouteFigures>()
  let reads = new Map<string, number>()
  let documents = { lookUps: 0, statements: 0 }

  const figuresOf = (route: string): RouteFigures => {
    const known = routes.get(route)
    if (known) return known
    const figures = noFigures()
    routes.set(route, figures)
    return figures
  }
  const addReads = (read: Read, amount: number): void => {
    const key = keyOf(read)
    const known = reads.get(key)
    const isRoom = known !== undefined || reads.size < kindsMax
    const place = isRoom ? key : keyOf({ ...read, organizationId: null, shop: null })
    reads.set(place, (isRoom ? (known ?? 0) : (reads.get(place) ?? 0)) + amount)
  }

  return {
    /** `ms` is null for a stream, which lasts as long as its reader likes. */
    request: ({ route, status, ms }: { route: string; status: number; ms: number | null }): void => {
      const figures = figuresOf(route)
      figures.requests += 1
      if (status >= 500) figures.failed += 1
      else if (status >= 400) figures.refused += 1
      else if (status === 304) figures.notModified += 1
      if (ms !== null) figures.buckets[bucketOf(ms)]! += 1
    },
    read: (read: Read): void => addReads(read, 1),
    lookUp: (): void => {
      documents.lookUps += 1
    },
    statement: (): void => {
      documents.statements += 1
    },
    /** Takes what was counted; the next count begins at zero. */
    take: (): Counted => {
      const taken = {
        routes: [...routes].map(([route, figures]) => ({ route, ...figures })),
        reads: [...reads].map(([key, amount]) => ({ ...readOf(key), reads: amount })),
        ...documents,
      }
      routes = new Map()
      reads = new Map()
      documents = { lookUps: 0, statements: 0 }
      return taken
    },
    /** Puts back what could not be stored. */
    putBack: (taken: Counted): void => {
      for (const { route, ...figures } of taken.routes) addTo(figuresOf(route), figures)
      for (const { reads: amount, ...read } of taken.reads) addReads(read, amount)
      documents.lookUps += taken.lookUps
      documents.statements += taken.statements
    },
  }
}

export type Counters = ReturnType<typeof createCounters>

/** What visitors do until the time is over: open the page of a parcel, watch it live, leave, open the next one. */
export type VisitPlan = {
  url: string
  visitors: number
  /** They arrive evenly over this time; then all are there for `seconds`. */
  arriveSeconds: number
  seconds: number
  /** How long a visitor looks at one page, at random between these. */
  stayMs: readonly [number, number]
  /** When the page opens its live stream, as the widget does. */
  liveAfterMs: number
  /** The numbers of the parcels that they look at. */
  from: number
  count: number
  /** The address of the widget as pages name it; each visitor loads it once and then has it. `null`: a server with nothing but `/`, asked as often. */
  widgetPath: string | null
}

export type Waits = { answers: number; p50: number; p99: number; longest: number }

/** Waits in ms until the last byte of a page or script, and until the first document of a stream, of good answers. */
export type VisitResult = {
  visits: number
  page: Waits
  widget: Waits
  live: Waits
  /** Documents that came over streams after the first one of each. */
  news: number
  /** Answers that were not 200, by status; and what broke, ended early or took longer than 10 s. */
  refused: Record<string, number>
  failed: number
}

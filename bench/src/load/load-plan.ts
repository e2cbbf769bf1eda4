/** What one load process does: `connections` clients that each send their next request when the answer to the last one has come. */
export type LoadPlan = {
  url: string
  /** Paths to ask for, at random. A prefix with a range of numbers stands for many. */
  paths: { list: readonly string[] } | { prefix: string; from: number; count: number }
  connections: number
  warmUpSeconds: number
  seconds: number
}

/** Times are milliseconds. `failed` counts connections that broke or did not answer within 10 s. */
export type LoadResult = {
  perSecond: number
  p50: number
  p99: number
  longest: number
  statuses: Record<string, number>
  failed: number
}

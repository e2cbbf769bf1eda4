/** What one load process does: `connections` clients that each send their next request when the answer to the last one has come. */
export type LoadPlan = {
  url: string
  /** Paths to ask for, at random. A prefix with a range of numbers stands for many. */
  paths: { list: readonly string[] } | { prefix: string; from: number; count: number }
  connections: number
  /** How long each waits after an answer; absent: not at all. */
  pauseMs?: number
  /** The trusted proxy, one of 127.0.0.0/8, that brings each connection from an address of its own. */
  through?: string
  warmUpSeconds: number
  seconds: number
}

/** Times are milliseconds. `failed` counts connections that broke or did not answer within 10 s. */
export type LoadResult = {
  perSecond: number
  p50: number
  p95: number
  p99: number
  longest: number
  statuses: Record<string, number>
  failed: number
}

import type { ClaimedTracking } from '@jejak/db'
import { priorities } from '../schedule/priority.ts'

const forgetAfterMs = 600_000
const slackMs = 5_000
const clockSlackMs = 120_000

// Registrations, readers and people make parcels due at once by the clock of the API's machine; checks plan a minute ahead and more.
const dueByOtherClocks: ReadonlySet<number> = new Set([priorities.manual, priorities.urgent])

type Remembered = { since: Date; from: Map<number, Date> }

/**
 * Where the scan of each class may start. Claimed rows leave dead entries at the front of the due index, and while an old snapshot is open
 * elsewhere no one may remove them: walking over them made a claim 10 to 20 times slower. Where other machines' clocks say what is due, the
 * start stays two minutes back. Forgotten every 10 minutes.
 */
export type ScanMemory = {
  scanFrom: (connectionId: string, now: Date) => ReadonlyMap<number, Date>
  remember: (connectionId: string, claimed: readonly ClaimedTracking[], now: Date) => void
}

const nothing: ReadonlyMap<number, Date> = new Map()

export const createScanMemory = (): ScanMemory => {
  const connections = new Map<string, Remembered>()
  return {
    scanFrom: (connectionId, now) => {
      const known = connections.get(connectionId)
      if (known && now.getTime() - known.since.getTime() < forgetAfterMs && now >= known.since) return known.from
      connections.set(connectionId, { since: now, from: new Map() })
      return nothing
    },
    remember: (connectionId, claimed, now) => {
      const from = connections.get(connectionId)?.from
      for (const { wasDue, priority, dueAt } of claimed) {
        const latest = dueByOtherClocks.has(priority) ? now.getTime() - clockSlackMs : Number.POSITIVE_INFINITY
        const start = new Date(Math.min(dueAt.getTime() - slackMs, latest))
        if (from && wasDue && start > (from.get(priority) ?? new Date(0))) from.set(priority, start)
      }
    },
  }
}

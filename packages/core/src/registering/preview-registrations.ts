import type { TrackingRegistration } from '@jejak/contract'
import { type Db, findLivesByNumber, type Life } from '@jejak/db'
import { newLife, noteOrder } from './known-life.ts'
import { type Outcome, type Planned, planRegistration } from './plan-registration.ts'

/** What registering would do; `id` is null for a parcel that is not here yet. */
export type Previewed = { outcome: Outcome; id: string | null; trackingNumber: string; isFull?: boolean }

const notHere = ''

/** How a life stands after what is planned for it. */
const after = (life: Life, planned: Planned, registration: TrackingRegistration): Life => {
  if (planned.outcome === 'renewed') return newLife({ id: notHere, connectionId: life.connectionId }, registration)
  const awake = planned.reopens ? { ...life, status: 'pending', endedAt: null } : life
  return planned.outcome === 'order_added' ? noteOrder(awake, registration) : awake
}

/**
 * Tells what registering would do, by the same rules, and writes nothing. What it is asked first counts for what comes later, so it is made once for
 * all parts of a file.
 */
export const createPreview = (
  { db }: { db: Pick<Db, 'ofShop'> },
  { organizationId, connectionId }: { organizationId: string; connectionId: string },
) => {
  const lives = new Map<string, Life>()
  const read = new Set<string>()
  return async (trackings: readonly TrackingRegistration[], now: Date): Promise<Previewed[]> => {
    const unread = [...new Set(trackings.map(({ trackingNumber }) => trackingNumber))].filter((one) => !read.has(one))
    const found = await findLivesByNumber(db.ofShop(organizationId).sql, unread)
    for (const number of unread) read.add(number)
    for (const [number, life] of found) lives.set(number, life)
    return trackings.map((registration) => {
      const { trackingNumber } = registration
      const life = lives.get(trackingNumber)
      if (!life) {
        lives.set(trackingNumber, newLife({ id: notHere, connectionId }, registration))
        return { outcome: 'created', id: null, trackingNumber }
      }
      const planned = planRegistration(life, { asked: registration, now })
      const { outcome } = planned
      lives.set(trackingNumber, after(life, planned, registration))
      const id = outcome === 'renewed' ? null : life.id || null
      return { outcome, id, trackingNumber, ...(planned.isFull && { isFull: true }) }
    })
  }
}

import type { TrackingRegistration } from '@jejak/contract'
import { insertTrackings, type RegisteredTracking, type Tx } from '@jejak/db'
import { wakeConnection } from '../queue/index.ts'
import type { RegisteringDeps } from './registering-deps.ts'
import { toNewTracking } from './to-new-tracking.ts'

export const registerMax = 1000
const passesMax = 3

export type Registering = {
  organizationId: string
  connectionId: string
  trackings: readonly TrackingRegistration[]
}

export type Registered = { outcome: 'created' | 'exists'; id: string; trackingNumber: string }

/**
 * Registers up to 1000 parcels in one transaction and answers in their order. A number the shop has already is the same row and stays as
 * it is, also when it stands twice in one batch. New parcels are due at once, and their connection is woken after the register delay.
 */
export const registerTrackings = async (deps: RegisteringDeps, registering: Registering): Promise<Registered[]> => {
  const { trackings, connectionId } = registering
  if (trackings.length > registerMax) throw new RangeError(`At most ${registerMax} parcels at once.`)
  const distinct = new Map<string, TrackingRegistration>()
  for (const tracking of trackings)
    if (!distinct.has(tracking.trackingNumber)) distinct.set(tracking.trackingNumber, tracking)
  const rows = await deps.db.transaction(async (tx) => {
    const registered = await insertAll(tx, deps, { ...registering, trackings: [...distinct.values()] })
    if (registered.some(({ isNew }) => isNew))
      await wakeConnection(deps.boss, connectionId, { delaySeconds: deps.registerDelayMs / 1000, sql: tx })
    return new Map(registered.map((row) => [row.trackingNumber, row]))
  })
  const told = new Set<string>()
  return trackings.map(({ trackingNumber }) => {
    const row = rows.get(trackingNumber)!
    const isCreated = row.isNew && !told.has(trackingNumber)
    told.add(trackingNumber)
    return { outcome: isCreated ? 'created' : 'exists', id: row.id, trackingNumber }
  })
}

/** A row that another transaction committed meanwhile is neither inserted nor visible to the same statement: the next one sees it. */
const insertAll = async (tx: Tx, deps: RegisteringDeps, registering: Registering): Promise<RegisteredTracking[]> => {
  const { organizationId, connectionId } = registering
  const now = await deps.clock(tx)
  const registered: RegisteredTracking[] = []
  let missing = registering.trackings.map(toNewTracking(deps))
  for (let pass = 1; missing.length > 0; pass += 1) {
    if (pass > passesMax) throw new Error('A parcel was registered and removed again and again meanwhile.')
    registered.push(...(await insertTrackings(tx, { organizationId, connectionId, now, trackings: missing })))
    const found = new Set(registered.map(({ trackingNumber }) => trackingNumber))
    missing = missing.filter(({ trackingNumber }) => !found.has(trackingNumber))
  }
  return registered
}

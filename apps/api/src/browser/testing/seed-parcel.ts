import type { ShopFace, Substatus, TrackingEvent, TrackingStatus } from '@jejak/contract'
import { renderDocument } from '@jejak/core/parcels'
import { expect } from 'vitest'
import { type ApiWorld, withKey } from '../../testing/api-world.ts'

export const minute = 60_000
export const hour = 60 * minute

type Scan = [hoursAgo: number, status: TrackingStatus, substatus: Substatus | null, location: string | null]
export type Parcel = {
  trackingNumber: string
  courier?: string
  status: TrackingStatus
  substatus?: Substatus | null
  scans?: Scan[]
  estimatedDelivery?: string
  orderNumber?: string
  contact?: { email?: string; phone?: string }
  registeredHoursAgo?: number
  /** Null: it has not been checked yet. */
  checkedMinutesAgo?: number | null
  nextInMinutes?: number
  isConfirmed?: boolean
}

const ended: readonly TrackingStatus[] = ['delivered', 'returned', 'cancelled', 'lapsed']

const eventsOf = (scans: Scan[], now: Date): TrackingEvent[] =>
  scans.map(([hoursAgo, status, substatus, location]) => {
    const at = new Date(now.getTime() - hoursAgo * hour).toISOString()
    return {
      at,
      rawAt: at,
      zoneGuessed: false,
      code: null,
      text: `Scan for Aminah 012-3456789`,
      status,
      substatus,
      location,
    }
  })

/** Registers a parcel over HTTP, and leaves it as checks would have left it. Answers its id. */
export const seedParcel = async (world: ApiWorld, parcel: Parcel, { key } = world.shop): Promise<string> => {
  const {
    trackingNumber,
    courier,
    status,
    substatus = null,
    scans = [],
    estimatedDelivery,
    orderNumber,
    contact,
  } = parcel
  const { checkedMinutesAgo = 12, nextInMinutes = 108, isConfirmed = true, registeredHoursAgo = 50 } = parcel
  const payload = { trackingNumber, courier, estimatedDelivery, orderNumber, contact }
  const response = await world.app.inject({
    method: 'POST',
    url: '/v1/trackings',
    headers: withKey(key),
    payload,
  })
  expect(response.statusCode).toBe(201)
  const { id } = response.json()
  const now = world.clock.now()
  const events = eventsOf(scans, now)
  const deliveredAt = status === 'delivered' ? new Date(events[0]!.at) : null
  const { document, version } = renderDocument({
    ...{ trackingNumber, status, substatus, events, deliveredAt, isDemo: false },
    ...{ courier: courier ?? null, estimatedDelivery: estimatedDelivery ?? null },
  })
  const registeredAt = new Date(now.getTime() - registeredHoursAgo * hour)
  const isEnd = ended.includes(status)
  await world.query(
    `update tracking_cache set status = $2, substatus = $3, events = $4, document = $5, document_version = $6, registered_at = $7,
            changed_at = $7, confirmed_at = $8, delivered_at = $9, ended_at = $10 where id = $1`,
    [
      id,
      status,
      substatus,
      JSON.stringify(events),
      document,
      version,
      registeredAt,
      isConfirmed ? registeredAt : null,
      deliveredAt,
      isEnd ? now : null,
    ],
  )
  const checkedAt = checkedMinutesAgo === null ? null : new Date(now.getTime() - checkedMinutesAgo * minute)
  await world.query(
    `update tracking_schedule set checked_at = $2, checked_by = $3, next_update_due = $4 where tracking_id = $1`,
    [id, checkedAt, checkedAt && 'scheduled', isEnd ? null : new Date(now.getTime() + nextInMinutes * minute)],
  )
  return id
}

/** Gives the test's shop its face. */
export const dressShop = (world: ApiWorld, face: Partial<ShopFace>) =>
  world.query(
    `update organizations set name = coalesce($2, name), logo_url = $3, color = $4, contact_whatsapp = $5, contact_phone = $6, contact_email = $7 where id = $1`,
    [
      world.shop.organizationId,
      face.name ?? null,
      face.logoUrl ?? null,
      face.color ?? null,
      face.whatsapp ?? null,
      face.phone ?? null,
      face.email ?? null,
    ],
  )

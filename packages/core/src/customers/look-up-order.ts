import type { Contact } from '@jejak/contract'
import { listLookupSeats, recordFailedLookup, type Sql } from '@jejak/db'
import type { ContactHashes } from '../registering/index.ts'
import type { HashedKind } from './keys.ts'
import { matchSeats } from './match-seats.ts'
import { foldOrderNumber, orderSpellings } from './order-spellings.ts'

/** At most so many parcels of an order are compared, and as many seats are always compared. */
export const seatsMax = 20

export type LookupSettings = { lookupWindowMs: number; lookupPairFailures: number; lookupLockMs: number }
export type LookupDeps = {
  sql: Sql
  hash: (kind: HashedKind, text: string) => string
  hashContact: (contact: Contact) => ContactHashes
  settings: LookupSettings
}
/** `shop` is a slug that narrows the look-up to one shop; `address` is whatever limits call one address. */
export type OrderLookup = {
  orderNumber: string
  contact: Contact
  shop: string | null
  address: string
  now: Date
}

/**
 * The ids of an order's parcels for who knows its contact, else null: also while the pair of order and contact is locked. An unknown order,
 * a wrong contact and a lock cost the same four hashes, two statements and comparisons.
 */
export const lookUpOrder = async (deps: LookupDeps, asked: OrderLookup): Promise<string[] | null> => {
  const { sql, hash, settings } = deps
  const { now, shop } = asked
  const { contactEmailHmac, contactPhoneHmac } = deps.hashContact(asked.contact)
  const contactHash = contactEmailHmac ?? contactPhoneHmac
  if (contactHash === null) throw new RangeError('A look-up needs an e-mail address or a phone number.')
  const orderNumber = foldOrderNumber(asked.orderNumber)
  const pairHash = hash('pair', `${contactHash}:${shop ?? ''}:${orderNumber}`)
  const orderHash = hash('order', orderNumber)
  const addressHash = hash('address', asked.address)
  const orderNumbers = orderSpellings(asked.orderNumber)
  const seats = await listLookupSeats(sql, { orderNumbers, shop, pairHash, now, limit: seatsMax })
  const ids = matchSeats(seats, contactHash)
  const isLocked = seats.some((seat) => seat.isLocked)
  if (ids.length > 0 && !isLocked) return ids
  await recordFailedLookup(sql, {
    pairHash,
    orderHash,
    addressHash,
    now,
    countFrom: new Date(now.getTime() - settings.lookupWindowMs),
    lockUntil: new Date(now.getTime() + settings.lookupLockMs),
    failuresMax: settings.lookupPairFailures,
  })
  return null
}

import { type Contact, foldOrderNumber } from '@jejak/contract'
import { listLookupSeats, type ProvenOrder, recordFailedLookup, type Sql } from '@jejak/db'
import type { HashedKind } from './keys.ts'
import { matchSeats } from './match-seats.ts'

/** Look-ups at one moment write by instants that differ a little: a lock that ends so much later than one written now is still believed. */
const slackMs = 60_000

export type LookupSettings = { lookupWindowMs: number; lookupPairFailures: number; lookupLockMs: number }
export type LookupDeps = {
  sql: Sql
  hash: (what: { kind: HashedKind; text: string }) => string
  /** Under which hashes the contact may be stored: one for each key, so always as many. */
  hashesOf: (contact: Contact) => string[]
  settings: LookupSettings
}
/**
 * `shop` is a slug that narrows the look-up to one shop; `address` is whatever limits call one address; `now` is the database's, by which locks are
 * written and judged. `onFailure` is told that nothing fits before that is recorded, for a count that must stand even if the database is lost in between.
 */
export type OrderLookup = {
  orderNumber: string
  contact: Contact
  shop: string | null
  address: string
  now: Date
  onFailure?: () => void
}

/**
 * An order's parcels for who knows its contact, else null: also while the pair of order and contact is locked. An unknown order,
 * a wrong contact and a lock cost the same four hashes, two statements and comparisons.
 */
export const lookUpOrder = async (deps: LookupDeps, asked: OrderLookup): Promise<ProvenOrder[] | null> => {
  const { sql, hash, settings } = deps
  const { now, shop } = asked
  const contactHashes = deps.hashesOf(asked.contact)
  const [contactHash] = contactHashes
  if (contactHash === undefined) throw new RangeError('A look-up needs an e-mail address or a phone number.')
  const orderNumber = foldOrderNumber(asked.orderNumber)
  const pairHash = hash({ kind: 'pair', text: `${contactHash}:${shop ?? ''}:${orderNumber}` })
  const orderHash = hash({ kind: 'order', text: orderNumber })
  const addressHash = hash({ kind: 'address', text: asked.address })
  const lockUntil = new Date(now.getTime() + settings.lookupLockMs)
  const times = { now, plausibleUntil: new Date(lockUntil.getTime() + slackMs) }
  const seats = await listLookupSeats(sql, { foldedNumber: orderNumber, contactHashes, shop, pairHash, ...times })
  const proven = matchSeats(seats, contactHashes)
  const isLocked = seats.some((seat) => seat.isLocked)
  if (proven.length > 0 && !isLocked) return proven
  asked.onFailure?.()
  await recordFailedLookup(sql, {
    pairHash,
    orderHash,
    addressHash,
    shop,
    ...times,
    countFrom: new Date(now.getTime() - settings.lookupWindowMs),
    lockUntil,
    failuresMax: settings.lookupPairFailures,
  })
  return null
}

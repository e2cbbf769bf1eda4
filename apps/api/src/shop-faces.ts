import type { ShopFace } from '@jejak/contract'
import { readLinkKey } from '@jejak/core/customers'
import { findFaceOfNumber, findFaceOfShop, findFaceOfTracking } from '@jejak/db'
import type { Deps } from './deps.ts'

/** What a page knows of where it is: any part may be absent; `k` is the key of a signed link. */
export type FaceAsked = { trackingNumber?: string | undefined; shop?: string | undefined; k?: string | undefined }

/**
 * Whose face a page carries: the shop of a good link, else the shop that is asked for, else the only one that holds the number; null for
 * none, and where several shops hold it.
 */
export const findShopFace = async (
  { db, linkKey, now }: Pick<Deps, 'db' | 'linkKey' | 'now'>,
  { trackingNumber, shop, k }: FaceAsked,
): Promise<ShopFace | null> => {
  const link = k && trackingNumber ? readLinkKey(linkKey, k, { trackingNumber, now: now() }) : undefined
  if (link?.outcome === 'valid') return (await findFaceOfTracking(db.sql, link.trackingId)) ?? null
  if (shop) return (await findFaceOfShop(db.sql, shop)) ?? null
  return (trackingNumber && (await findFaceOfNumber(db.sql, trackingNumber))) || null
}

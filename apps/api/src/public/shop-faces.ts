import type { ShopFace } from '@jejak/contract'
import { findFaceOfNumber, findFaceOfShop, findFaceOfTracking, type ShopRow } from '@jejak/db'
import type { Deps } from '../deps.ts'
import { openTrackLink } from './signed-links.ts'

/** What a page knows of where it is: any part may be absent; `k` is the key of a signed link. */
export type FaceAsked = { trackingNumber?: string | undefined; shop?: string | undefined; k?: string | undefined }

/** A shop as its pages show it: its face, its name in addresses, and the languages it speaks, first choice first. */
export type ShownShop = { face: ShopFace; slug: string; languages: readonly string[] }

const keptMs = 3_000
const keptMax = 1_000

const toShown = (row: ShopRow | undefined): ShownShop | null => {
  if (!row) return null
  const { languages, slug, ...face } = row
  return { face, slug, languages }
}

/**
 * Makes what tells whose face a page carries: the shop of a good link, else the shop that is asked for, else the only one that holds the
 * number; null for none and where several shops hold it. What was found is kept for 3 s.
 */
export const createShopFaces = ({ linkKey, now, reads }: Pick<Deps, 'linkKey' | 'now' | 'reads'>) => {
  const links = { db: { sql: reads }, linkKey, now }
  const kept = new Map<string, { untilMs: number; found: Promise<ShownShop | null> }>()

  const keep = (key: string, read: () => Promise<ShopRow | undefined>): Promise<ShownShop | null> => {
    const nowMs = now().getTime()
    const known = kept.get(key)
    if (known && known.untilMs > nowMs) return known.found
    kept.delete(key)
    const [oldest] = kept.keys()
    if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
    const found = read().then(toShown)
    kept.set(key, { untilMs: nowMs + keptMs, found })
    found.catch(() => kept.delete(key))
    return found
  }
  return async ({ trackingNumber, shop, k }: FaceAsked): Promise<ShownShop | null> => {
    const link = k && trackingNumber ? await openTrackLink(links, { trackingNumber, k }) : undefined
    if (link?.outcome === 'valid')
      return keep(`tracking ${link.trackingId}`, () => findFaceOfTracking(reads, link.trackingId))
    if (shop) return keep(`shop ${shop}`, () => findFaceOfShop(reads, shop))
    return trackingNumber ? keep(`number ${trackingNumber}`, () => findFaceOfNumber(reads, trackingNumber)) : null
  }
}

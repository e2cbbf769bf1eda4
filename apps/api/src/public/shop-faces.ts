import type { ShopFace } from '@jejak/contract'
import { type FaceRow, findFaceOfNumber, findFaceOfShop, findFaceOfTracking, type Sql } from '@jejak/db'
import type { Deps } from '../api-deps.ts'
import { createMemory } from '../http/remember.ts'
import { openSignedLink } from './signed-links.ts'

/** What a page knows of where it is: any part may be absent; `k` is the key of a signed link. */
export type FaceAsked = { trackingNumber?: string | undefined; shop?: string | undefined; k?: string | undefined }

/** A shop as its pages show it: its face, its name in addresses, and the languages it speaks, first choice first. */
export type ShownShop = { organizationId: string; face: ShopFace; slug: string; languages: readonly string[] }

const toShown = (row: FaceRow | undefined): ShownShop | null => {
  if (!row) return null
  const { organizationId, languages, slug, ...face } = row
  return { organizationId, face, slug, languages }
}

/**
 * Makes what tells whose face a page carries: the shop of a good link, else the shop that is asked for, else the only one that holds the
 * number; null for none and where several shops hold it. What was found is kept for 3 s.
 */
export const createShopFaces = ({
  linkKeys,
  now,
  promptLookups,
  reads,
}: Pick<Deps, 'linkKeys' | 'now' | 'reads'> & { promptLookups: { sql: Sql } }) => {
  const links = { db: promptLookups, linkKeys, now }
  const remember = createMemory<ShownShop | null>({ keptMs: 3_000, keptMax: 1_000, now })
  const keep = (key: string, read: () => Promise<FaceRow | undefined>) => remember(key, () => read().then(toShown))
  return async ({ trackingNumber, shop, k }: FaceAsked): Promise<ShownShop | null> => {
    const link = k && trackingNumber ? await openSignedLink(links, { trackingNumber, k }) : undefined
    if (link?.outcome === 'valid')
      return keep(`tracking ${link.trackingId}`, () => findFaceOfTracking(reads, link.trackingId))
    if (shop) return keep(`shop ${shop}`, () => findFaceOfShop(reads, shop))
    return trackingNumber ? keep(`number ${trackingNumber}`, () => findFaceOfNumber(reads, trackingNumber)) : null
  }
}

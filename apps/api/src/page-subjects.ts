import { parseTrackingNumber, type TrackingDocument } from '@jejak/contract'
import type { PageSubject } from '@jejak/web/page'
import type { PublicDeps } from './deps.ts'
import { holdsLink } from './holds-link.ts'
import type { Limits } from './limits/limits.ts'
import { toHttpProblem } from './plugins/errors.ts'
import { createPublicAnswers } from './public-answer.ts'
import type { FaceAsked, ShownShop } from './shop-faces.ts'

/** A page's query and address; without a number it is the search. */
type Asked = FaceAsked & { address: string }
/** `shop`: whose parcel a link leads to. */
type Found = { subject: PageSubject; headers: Record<string, string>; shop?: ShownShop | null }
type FindShop = (asked: FaceAsked) => Promise<ShownShop | null>

const shownAsPage = [429, 503]

/**
 * Finds what a page is about, under the limits of the public read. Too many look-ups and a database that is away are pages too: people
 * read them.
 */
export const createPageSubjects = (deps: PublicDeps, limits: Limits, findShop: FindShop) => {
  const answerOf = createPublicAnswers(deps)

  const find = async ({ trackingNumber, shop, k, address }: Asked): Promise<Found> => {
    if (!holdsLink(deps, { trackingNumber, k })) limits.check('misses', address)
    const headers = limits.take('visits', address)
    if (trackingNumber === undefined) return { subject: { kind: 'search' }, headers }
    const none = (httpStatus: number): PageSubject => ({ kind: 'none', trackingNumber, httpStatus })
    const parsed = parseTrackingNumber(trackingNumber)
    if (!parsed.ok) return { subject: none(400), headers }
    const linked = k ? await findShop({ trackingNumber: parsed.trackingNumber, shop, k }) : null
    const row = await deps.documents.find(parsed.trackingNumber, linked?.slug ?? shop)
    if (!row) return { subject: none(404), headers: limits.take('misses', address), shop: linked }
    const document = JSON.parse(answerOf(row).text()) as TrackingDocument
    return { subject: { kind: 'parcel', document }, headers, shop: linked }
  }

  return async (asked: Asked): Promise<Found> => {
    try {
      return await find(asked)
    } catch (error) {
      const { status, headers } = toHttpProblem(error)
      if (!shownAsPage.includes(status)) throw error
      return { subject: { kind: 'none', trackingNumber: asked.trackingNumber ?? '', httpStatus: status }, headers }
    }
  }
}

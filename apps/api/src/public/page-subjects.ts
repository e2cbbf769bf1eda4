import { parseTrackingNumber, type TrackingDocument } from '@jejak/contract'
import type { PageSubject, Searched } from '@jejak/tracking-page/page'
import type { FastifyRequest } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import type { FaceAsked, ShownShop } from './shop-faces.ts'

/** `searched` is what was made of `typed`, which stands in the address; without it the page is the search. */
type Asked = Pick<FaceAsked, 'shop' | 'k'> & {
  searched?: Searched | undefined
  typed: string
  lang?: string | undefined
  address: string
}
/** `shop`: whose parcel a link leads to. */
type Found = { subject: PageSubject; headers: Record<string, string>; shop?: ShownShop | null }
type FindShop = (asked: FaceAsked) => Promise<ShownShop | null>

/** Finds what a page is about; its visit is counted already, a miss is counted here. */
export const createPageSubjects = ({ answerOf, count, documents, limits }: RouteDeps, findShop: FindShop) => {
  return async (request: FastifyRequest, { searched, typed, shop, k, lang, address }: Asked): Promise<Found> => {
    const number = searched?.kind === 'number' ? searched.number : undefined
    if (!searched) return { subject: { kind: 'search' }, headers: {} }
    const parsed = parseTrackingNumber(number)
    if (!parsed.ok) {
      const notice = searched.kind === 'notice' ? searched.notice : 'wrong_shape'
      return { subject: { kind: 'none', typed, notice, httpStatus: 400 }, headers: {} }
    }
    const { trackingNumber } = parsed
    const linked = k ? await findShop({ trackingNumber, shop, k }) : null
    const row = await documents.find(trackingNumber, linked?.slug ?? shop)
    if (row) {
      const { state, text } = answerOf(row)
      count(request, { way: 'page', row, lang, state })
      const document = JSON.parse(text()) as TrackingDocument
      return { subject: { kind: 'parcel', document }, headers: {}, shop: linked }
    }
    count(request, { way: 'page', shop: linked?.slug ?? shop, lang, state: 'missing' })
    const subject: PageSubject = { kind: 'none', typed: trackingNumber, notice: 'not_found', httpStatus: 404 }
    return { subject, headers: limits.take('misses', address), shop: linked }
  }
}

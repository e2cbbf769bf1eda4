import { type Language, offeredLanguages, type TrackingDocument } from '@jejak/contract'
import { noSuchOrder, noSuchTracking } from '@jejak/core/errors'
import { findOrder } from '@jejak/core/registering'
import { findBuyerTrackings, findOrders, findShop, findTracking } from '@jejak/db'
import type { RouteDeps } from '../deps.ts'
import { toBuyerDocument } from '../public/buyer-answer.ts'
import { createPublicAnswers } from '../public/public-answer.ts'

type Asked = {
  organizationId: string
  trackingId: string
  language?: Language | undefined
  orderNumber?: string | undefined
}

/** Makes what shows a shop's people what readers get of a parcel. */
export const createPreview = ({ config, db, now, renderPage, settingsOf }: RouteDeps) => {
  const answerOf = createPublicAnswers({ config, now, settingsOf, wakeExpired: () => undefined })

  return async ({ organizationId, trackingId, language: wished, orderNumber }: Asked) => {
    const shop = db.ofShop(organizationId).sql
    const [found, orders, face] = await Promise.all([
      findTracking(shop, trackingId),
      findOrders(shop, trackingId),
      findShop(shop),
    ])
    if (!found || !orders || !face) throw noSuchTracking()
    const order = findOrder(orders, orderNumber)
    if (orderNumber !== undefined && !order) throw noSuchOrder()
    const [row] = await findBuyerTrackings(shop, [{ trackingId, orderId: order?.orderId ?? null }])
    if (!row) throw noSuchTracking()
    const answer = answerOf(row)
    const buyer = toBuyerDocument({ config, now }, { row, answer })
    const languages = offeredLanguages(face.languages)
    const language = wished && languages.includes(wished) ? wished : languages[0]!
    const { languages: _, slug, ...shown } = face
    const { html: page } = renderPage(
      { headers: {}, url: `/t/${row.trackingNumber}` },
      {
        ...{
          subject: { kind: 'parcel', document: buyer },
          slug,
          shop: { organizationId, face: shown, slug, languages },
        },
        query: { lang: language, shop: slug, k: undefined },
      },
    )
    return { language, languages, public: JSON.parse(answer.text()) as TrackingDocument, buyer, page }
  }
}

import { isTerminal, type RefreshRequest } from '@jejak/contract'
import type { RefreshChoice, ShopSql } from '@jejak/db'
import { narrowingOf, type People } from '../listing/narrowing-of.ts'

/** Who asks for which parcels. */
export type Choosing = { asked: RefreshRequest; people: People; now: Date }

/** Which parcels a request means at `now`. Who asks for those that have ended, or for a status in which they have, wants them. */
export const choiceOf = async (shop: ShopSql, { asked, people, now }: Choosing): Promise<RefreshChoice> => {
  const { ids, filter = {}, withEnded, asOf } = asked
  return {
    narrowing: { ...(ids && { ids }), ...(await narrowingOf(shop, { filter, people })) },
    withEnded: withEnded || filter.ended === true || (filter.status ?? []).some(isTerminal),
    asOf: asOf === undefined ? now : new Date(asOf),
  }
}

/** How the run's row tells it later: of numbers, orders and ids only that they were given, and how many. */
export const describeChoice = ({ ids, filter = {} }: RefreshRequest): Record<string, unknown> => {
  if (ids) return { ids: ids.length }
  const { trackingNumber, orderNumber, ...words } = filter
  return {
    ...words,
    ...(trackingNumber && { trackingNumber: trackingNumber.length }),
    ...(orderNumber !== undefined && { orderNumber: 1 }),
  }
}

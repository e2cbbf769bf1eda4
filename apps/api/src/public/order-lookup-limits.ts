import { foldOrderNumber } from '@jejak/contract'
import type { RouteDeps } from '../deps.ts'
import type { LimitName } from '../http/limits/rules.ts'

type Asked = { address: string; orderNumber: string; shop: string | null }
/** Does the look-up; calls `fail` once it knows that nothing fits. */
type LookUp<Found> = (fail: () => void) => Promise<Found>

/**
 * Lets order look-ups in, or refuses them with 429, by the failures of their address and of their order number. Each is counted before its
 * outcome is known, so that many at once gain nothing; unless the look-up itself says that it failed, the count is given back.
 */
export const createLookupLimits =
  ({ limits, note }: Pick<RouteDeps, 'limits' | 'note'>) =>
  async <Found>({ address, orderNumber, shop }: Asked, lookUp: LookUp<Found>): Promise<Found> => {
    const order = foldOrderNumber(orderNumber)
    const taken: [LimitName, string][] = []
    const take = (name: LimitName, who: string, detail: string): void => {
      try {
        limits.take(name, who)
        taken.push([name, who])
      } catch (refusal) {
        note({ kind: 'limit_hit', detail, address, shop, subject: ['order', order] })
        throw refusal
      }
    }
    let hasFailed = false
    try {
      take('lookups', address, 'look-ups of an address')
      take('lookupsOfOrder', order, 'look-ups of an order')
      return await lookUp(() => {
        hasFailed = true
      })
    } finally {
      if (!hasFailed) for (const [name, who] of taken) limits.giveBack(name, who)
    }
  }

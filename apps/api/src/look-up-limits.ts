import { foldOrderNumber } from '@jejak/core/customers'
import type { Deps } from './deps.ts'
import { tooMany } from './http-problem.ts'
import type { SecurityNote } from './security-notes.ts'
import { createWindowCounter } from './window-counter.ts'

type Asked = { address: string; orderNumber: string }

/**
 * Lets an order look-up in, or refuses it with 429, by the failures of its address and of its order number. Each is counted before its
 * outcome is known, so that many at once gain nothing; call what comes back when it did not fail.
 */
export const createLookupLimits = (
  { config, now }: Pick<Deps, 'config' | 'now'>,
  note: (note: SecurityNote) => void,
) => {
  const { lookupWindowMs: windowMs, lookupAddressFailures, lookupOrderFailures } = config.customers
  const byAddress = createWindowCounter({ max: lookupAddressFailures, windowMs })
  const byOrder = createWindowCounter({ max: lookupOrderFailures, windowMs })
  return ({ address, orderNumber }: Asked): (() => void) => {
    const at = now()
    const order = foldOrderNumber(orderNumber)
    const refuse = (waitMs: number, detail: string) => {
      note({ kind: 'limit_hit', detail, address, subject: ['order', order] })
      return tooMany('Too many look-ups that found nothing; wait a little, then try again.', waitMs)
    }
    const addressWaitMs = byAddress.take(address, at)
    if (addressWaitMs > 0) throw refuse(addressWaitMs, 'look-ups of an address')
    const orderWaitMs = byOrder.take(order, at)
    if (orderWaitMs > 0) throw refuse(orderWaitMs, 'look-ups of an order')
    return () => {
      byAddress.giveBack(address, at)
      byOrder.giveBack(order, at)
    }
  }
}

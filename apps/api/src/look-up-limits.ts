import { foldOrderNumber } from '@jejak/core/customers'
import type { Limits } from './limits/limits.ts'
import type { LimitName } from './limits/rules.ts'
import type { SecurityNote } from './security-notes.ts'

type Asked = { address: string; orderNumber: string }

/**
 * Lets an order look-up in, or refuses it with 429, by the failures of its address and of its order number. Each is counted before its
 * outcome is known, so that many at once gain nothing; call what comes back when it did not fail.
 */
export const createLookupLimits =
  (limits: Limits, note: (note: SecurityNote) => void) =>
  ({ address, orderNumber }: Asked): (() => void) => {
    const order = foldOrderNumber(orderNumber)
    const take = (name: LimitName, who: string, detail: string): void => {
      try {
        limits.take(name, who)
      } catch (refusal) {
        note({ kind: 'limit_hit', detail, address, subject: ['order', order] })
        throw refusal
      }
    }
    take('lookups', address, 'look-ups of an address')
    take('lookupsOfOrder', order, 'look-ups of an order')
    return () => {
      limits.giveBack('lookups', address)
      limits.giveBack('lookupsOfOrder', order)
    }
  }

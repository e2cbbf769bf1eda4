import { foldOrderNumber, isTerminal, type RefreshRequest } from '@jejak/contract'
import type { RefreshChoice } from '@jejak/db'

const dateOf = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text))

/** Which parcels a request means at `now`. Who asks for a status in which parcels have ended wants those that have. */
export const choiceOf = ({ ids, filter = {}, withEnded, asOf }: RefreshRequest, now: Date): RefreshChoice => ({
  ids: ids ?? null,
  trackingNumbers: filter.trackingNumber ?? null,
  orderFolded: filter.orderNumber === undefined ? null : foldOrderNumber(filter.orderNumber),
  statuses: filter.status ?? null,
  requiresAttention: filter.attention ?? null,
  courier: filter.courier ?? null,
  changedAfter: dateOf(filter.changedAfter),
  notCheckedSince: dateOf(filter.notCheckedSince),
  withEnded: withEnded || (filter.status ?? []).some(isTerminal),
  asOf: dateOf(asOf) ?? now,
})

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

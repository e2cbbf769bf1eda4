import type { RefreshPlan, RefreshRequest } from '@jejak/contract'
import { type ChosenCount, type LeftOutReason, listUnknownNumbers, type ShopSql } from '@jejak/db'

type LeftOut = RefreshPlan['leftOut']

const fieldOf = {
  ended: 'ended',
  in_flight: 'inFlight',
  fails_upstream: 'failsUpstream',
  in_another_run: 'inAnotherRun',
} as const satisfies Record<LeftOutReason, keyof LeftOut>

export const nothingLeftOut: LeftOut = { ended: 0, inFlight: 0, failsUpstream: 0, inAnotherRun: 0, unknown: 0 }

/** What stays out of a run; an id or a number that the shop does not have is unknown. */
export const findLeftOut = async (
  shop: ShopSql,
  { counts, asked: { ids, filter } }: { counts: readonly ChosenCount[]; asked: RefreshRequest },
): Promise<LeftOut> => {
  const total = { ...nothingLeftOut }
  for (const { leftOut, amount } of counts) if (leftOut) total[fieldOf[leftOut]] += amount
  const found = counts.reduce((sum, { amount }) => sum + amount, 0)
  const unknown = ids
    ? Math.max(0, new Set(ids).size - found)
    : (await listUnknownNumbers(shop, filter?.trackingNumber ?? [])).length
  return { ...total, unknown }
}

const wordsOf: Record<keyof LeftOut, string> = {
  ended: 'have ended',
  inFlight: 'are being asked about',
  failsUpstream: 'make EasyParcel fail',
  inAnotherRun: 'are in another run',
  unknown: 'are not known',
}

/** The same in words: `3 have ended, 1 are in another run`. */
export const tellLeftOut = (leftOut: LeftOut): string =>
  Object.entries(wordsOf)
    .flatMap(([field, words]) => {
      const amount = leftOut[field as keyof LeftOut]
      return amount > 0 ? [`${amount} ${words}`] : []
    })
    .join(', ')

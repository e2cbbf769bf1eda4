import type { CasesAnswer } from '@jejak/contract'
import { type CaseRow, findCases, listCaseIds, lockShopParcels, type ParcelRow, type ShopTx } from '@jejak/db'

/** Which cases: those of these parcels, or all of a reason that were open at an instant. */
export type WhichCases = { ids: readonly string[] } | { reason: string; asOf: Date }

/** Whether a person means more than one parcel. */
export const areMany = (which: WhichCases): boolean => !('ids' in which) || new Set(which.ids).size > 1

/** So many cases of a reason are done at once, and so many of them where each parcel has to be read. */
export const atOnce = { simple: 5000, read: 1000 } as const

export type OpenCase = { parcel: ParcelRow; attentionCase: CaseRow }
type Left = CasesAnswer['left']

const sentences = {
  not_open: 'These parcels need no one now.',
  not_offered: 'This is not offered for what these parcels need.',
  full: 'These parcels have as many notes as a parcel can have.',
  needs_own_call:
    'EasyParcel may fail because of these numbers, so each would need a call of its own. Try them again one at a time.',
} as const
export type WhyLeft = keyof typeof sentences

/** Says how many cases stayed as they were, and why. */
export const leftOver = (amounts: { [Why in WhyLeft]?: number }): Left =>
  (Object.entries(amounts) as [WhyLeft, number][]).flatMap(([why, amount]) =>
    amount > 0 ? [{ why, amount, sentence: sentences[why] }] : [],
  )

/** Locks the parcels of open cases in the order of their ids. */
export const lockCases = async (
  tx: ShopTx,
  { which, now, limit }: { which: WhichCases; now: Date; limit: number },
): Promise<{ open: OpenCase[]; notOpen: number; isComplete: boolean }> => {
  const found = 'ids' in which ? [...new Set(which.ids)] : await listCaseIds(tx, { ...which, now, limit: limit + 1 })
  const ids = 'ids' in which ? found : found.slice(0, limit)
  const parcels = await lockShopParcels(tx, ids)
  const cases = new Map((await findCases(tx, ids)).map((one) => [one.trackingId, one]))
  const open = parcels.flatMap((parcel) => {
    const attentionCase = cases.get(parcel.id)
    return attentionCase && attentionCase.settledAt === null ? [{ parcel, attentionCase }] : []
  })
  return { open, notOpen: ids.length - open.length, isComplete: found.length === ids.length }
}

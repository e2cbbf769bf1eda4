import { isTerminal, type TrackingStatus } from '@jejak/contract'
import { classifyScan } from '../easyparcel/reading/classify-scan.ts'
import type { DerivedStatus } from './derive-status.ts'
import type { ReadEvent } from './to-events.ts'

/** What the list of the EasyParcel account said of a parcel last, by its code, and since when. Null for what was never listed. */
export type Listed = { listedCode?: number | null; listedAt?: Date | null }

const booked = 7

/** The code that stands for what the list says: a cancelled booking may come as one on hold, whose text says so. */
export const listedCodeOf = ({ code, text }: { code: number | null; text: string | null }): number =>
  code !== null && classifyScan({ source: 'open', code, text: text ?? '' }).status === 'cancelled'
    ? 0
    : (code ?? booked)

const meaningOf = (code: number) => classifyScan({ source: 'open', code, text: '' })

/** What the code says alone. */
export const listedStatusOf = (code: number): TrackingStatus => meaningOf(code).status

type Told = { events: readonly ReadEvent[]; listed: Listed; isUsedBefore: boolean }

/**
 * The status with what the account's list says. As long as no scan is told, it stands alone: it has no time and no place, so no event comes of it. Once there
 * are scans they say more, but that the booking was cancelled outweighs whatever was told before.
 */
export const withListed = (
  derived: DerivedStatus<ReadEvent>,
  { events, listed: { listedCode, listedAt }, isUsedBefore }: Told,
): DerivedStatus<ReadEvent> => {
  if (listedCode == null || listedAt == null) return derived
  const { status, substatus } = meaningOf(listedCode)
  const isAlone = isUsedBefore || events.every(({ gone }) => gone)
  const isCancelled =
    status === 'cancelled' && !isTerminal(derived.status) && (derived.decidedBy?.ms ?? 0) <= listedAt.getTime()
  return isAlone || isCancelled ? { status, substatus, decidedBy: null, movedOn: false } : derived
}

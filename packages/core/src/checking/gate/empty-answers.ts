export const noneFound = 'EasyParcel found none of the parcels that it had known before'
export const anotherAccount = `${noneFound}, more than once. Most likely another EasyParcel account is connected: an account sees only its own bookings.`

type LastCalls = { lastFailure: string | null; lastFailureAt: Date | null; lastGoodCallAt: Date | null }

/** Whether the last word of EasyParcel on a connection was that it knows none of its parcels. */
export const findsNone = ({ lastFailure, lastFailureAt, lastGoodCallAt }: LastCalls): boolean =>
  lastFailureAt !== null &&
  (lastGoodCallAt === null || lastFailureAt > lastGoodCallAt) &&
  (lastFailure?.startsWith(noneFound) ?? false)

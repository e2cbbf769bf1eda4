/** EasyParcel and its days are in Malaysia. */
const zone = '+08:00'

/** When the parcel was booked, as far as the day of its collection tells: scans long before are of another one with this number. */
export const bookedAtOf = (collectionDay: string | null, now: Date): Date | null => {
  if (collectionDay === null) return null
  const day = new Date(`${collectionDay}T00:00:00${zone}`)
  return day < now ? day : now
}

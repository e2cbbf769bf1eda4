import { foldDashes, foldOrderNumber, foldTyped, parseTrackingNumber, readContact } from '@jejak/contract'
import type { ParcelSearch } from '@jejak/db'
import { contactHashes, type PrivacyKeys } from '../privacy/keys.ts'

const partOfNumber = /^[A-Z0-9][A-Z0-9-]{3,34}$/
const endMin = 6

type Typed = Omit<ParcelSearch, 'limit'>

/** What of a parcel someone may mean by what they typed. Contacts are looked for only where they may be. */
export const whatWasTyped = (
  typed: string,
  { keys, withContacts }: { keys: PrivacyKeys; withContacts: boolean },
): Typed => {
  const parsed = parseTrackingNumber(typed)
  const part = foldDashes(foldTyped(typed)).replace(/\s/g, '').toUpperCase()
  const isPart = partOfNumber.test(part)
  const contact = withContacts ? readContact(typed) : null
  return {
    trackingNumber: parsed.ok ? parsed.trackingNumber : null,
    beginning: isPart ? part : null,
    ending: isPart && part.length >= endMin ? part : null,
    orderFolded: foldOrderNumber(typed),
    contactHashes: contact ? contactHashes(keys, contact) : [],
  }
}

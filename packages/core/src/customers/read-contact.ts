import { type Contact, contact } from '@jejak/contract'
import { foldPhone } from '../registering/index.ts'

/** Tells an e-mail address from a phone number as a buyer types them into one field; null for what is neither. */
export const readContact = (typed: string): Contact | null => {
  const read = (given: Contact) => contact.safeParse(given).data ?? null
  if (typed.includes('@')) return read({ email: typed })
  return read({ phone: typed }) ?? read({ phone: foldPhone(typed) })
}

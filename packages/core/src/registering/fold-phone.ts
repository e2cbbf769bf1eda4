import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

/**
 * One spelling for a phone: E.164, Malaysian unless it says otherwise (`+60 (0)12-345 6789` is `+60123456789`). What no country's numbers
 * look like stays as given, so that it still equals itself.
 */
export const foldPhone = (phone: string): string => {
  const parsed = parsePhoneNumberFromString(phone, 'MY')
  return parsed?.isPossible() ? parsed.number : phone
}

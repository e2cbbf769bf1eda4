import { dayGiven } from '@jejak/contract'
import { InvalidArgumentError } from 'commander'

/** Reads an option that names a day. */
export const readDay = (text: string): string => {
  const { success, data } = dayGiven.safeParse(text)
  if (!success) throw new InvalidArgumentError('Write a day, such as 2026-11-28.')
  return data
}

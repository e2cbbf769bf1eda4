import { instant } from '@jejak/contract'
import { InvalidArgumentError } from 'commander'

/** Reads an option that is a time, as ISO 8601 in UTC. */
export const readTime = (text: string): Date => {
  if (!instant.safeParse(text).success) throw new InvalidArgumentError('Write a time, such as 2026-11-28T10:00:00Z.')
  return new Date(text)
}

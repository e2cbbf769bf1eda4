import { Refusal } from '../errors.ts'

/** Where a page of a list ended: a microsecond, and an id. */
export type Place = { at: string; id: string }

/** A place as clients send it back, unread. `list` names the list and its order. */
export const writePlace = ({ at, id }: Place, list: string): string =>
  Buffer.from(`${list}.${at}.${id}`).toString('base64url')

/** The place of a cursor; refuses what is none of this list. */
export const readPlace = (cursor: string, list: string): Place => {
  const [, given, at = '', id = ''] =
    /^(-?[a-zA-Z]+)\.(\d{1,18})\.(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (given === list) return { at, id }
  throw new Refusal(
    'validation',
    'cursor: This is not a cursor of this list; send nextCursor back as it came, with the same filters.',
  )
}

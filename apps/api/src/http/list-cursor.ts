export type Order = 'asc' | 'desc'
export type Place = { changedAt: Date; id: string }

/** Where a page ended, for clients to send back unread. */
export const toCursor = ({ changedAt, id }: Place, order: Order): string =>
  Buffer.from(`${order}.${changedAt.getTime()}.${id}`).toString('base64url')

/** Undefined for anything that is not a cursor of a list in this order. */
export const readCursor = (cursor: string, order: Order): Place | undefined => {
  const [, givenOrder, changedAtMs = '', id = ''] =
    /^(asc|desc)\.(\d{1,15})\.(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  return givenOrder === order ? { changedAt: new Date(Number(changedAtMs)), id } : undefined
}

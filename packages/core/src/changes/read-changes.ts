import { type ChangeRow, listChanges, type Sql } from '@jejak/db'

/** One thing that happened to a parcel. `by` names the actor: `worker`, `key:12`, `customer:link`. */
export type Change = Omit<ChangeRow, 'xact' | 'triggeredBy'> & { cursor: string; by: string }

export const changesMax = 500
const beginning = '0-0'

const readCursor = (cursor: string) => {
  const [, xact, id] = /^(\d{1,18})-(\d{1,18})$/.exec(cursor) ?? []
  return xact && id ? { xact, id } : null
}

/**
 * A shop's changes after a cursor, oldest first, at most 500; null for what is no cursor. Reading on from `next` meets each change once and
 * skips none, however late its transaction commits; while one runs, later ones wait for it. Changes are told again after a dump was
 * restored on another server.
 */
export const readChanges = async (
  { sql }: { sql: Sql },
  { organizationId, after = beginning, limit }: { organizationId: string; after?: string; limit: number },
): Promise<{ changes: Change[]; next: string } | null> => {
  const place = readCursor(after)
  if (!place) return null
  const rows = await listChanges(sql, { organizationId, after: place, limit: Math.min(limit, changesMax) })
  const changes = rows.map(({ xact, triggeredBy: by, ...row }) => ({ ...row, by, cursor: `${xact}-${row.id}` }))
  return { changes, next: changes.at(-1)?.cursor ?? after }
}

import { type ChangeRow, listChanges, type Sql } from '@jejak/db'

/** One thing that happened to a parcel. `by` names the actor: `worker`, `key:12`, `customer:link`. */
export type Change = Omit<ChangeRow, 'feed' | 'xact' | 'triggeredBy'> & { cursor: string; by: string }

export const changesMax = 500
const beginning = '0-0-0'

const readCursor = (cursor: string) => {
  const [, feed, xact, id] = /^([0-9a-f]{1,8})-(\d{1,18})-(\d{1,18})$/.exec(cursor) ?? []
  return feed && xact && id ? { feed, xact, id } : null
}

/**
 * A shop's changes after a cursor, at most 500; null for what is no cursor. Reading on from `next` meets each change once and skips none, however
 * late its transaction commits; while one runs, later ones wait for it. They are told again from the start once the installation has another feed,
 * as after a failover or a restore. Reads the primary only. Changes by transactions that overlap may come in another order than they happened: go
 * by what the parcel is when you read it; the ids order the entries of one parcel.
 */
export const readChanges = async (
  { sql }: { sql: Sql },
  { organizationId, after = beginning, limit }: { organizationId: string; after?: string; limit: number },
): Promise<{ changes: Change[]; next: string } | null> => {
  const place = readCursor(after)
  if (!place) return null
  const rows = await listChanges(sql, { organizationId, after: place, limit: Math.min(limit, changesMax) })
  const changes = rows.map(({ feed, xact, triggeredBy: by, ...row }) => ({
    ...{ ...row, by, cursor: `${feed}-${xact}-${row.id}` },
  }))
  return { changes, next: changes.at(-1)?.cursor ?? after }
}

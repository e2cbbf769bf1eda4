import type { AuditPage, auditQuery } from '@jejak/contract'
import type { AuditFilter, AuditRow } from '@jejak/db'
import type { z } from 'zod'
import { csvInPages, csvPageRows } from '../csv.ts'

/** Lists a page of entries: of a shop, or of the whole installation. */
export type ListAudit = (filter: AuditFilter) => Promise<AuditRow[]>
type Query = Omit<z.output<typeof auditQuery>, 'format'>

const dateOf = (instant: string | undefined) => (instant === undefined ? undefined : new Date(instant))

/** The entries that are asked for. */
export const auditFilterOf = ({ since, until, cursor, limit: _, ...names }: Query) => ({
  ...names,
  ...{ since: dateOf(since), until: dateOf(until), beforeId: cursor },
})

const toEntry = ({ at, addressHmac: address, no: sealedAs, ...entry }: AuditRow): AuditPage['data'][number] => ({
  ...entry,
  at: at.toISOString(),
  ...{ address, sealedAs },
})

/** A page of the audit log, newest first. */
export const listAuditPage = async (list: ListAudit, asked: Query): Promise<AuditPage> => {
  const { limit } = asked
  const rows = await list({ ...auditFilterOf(asked), limit: limit + 1 })
  const page = rows.slice(0, limit)
  return { data: page.map(toEntry), nextCursor: rows.length > limit ? page.at(-1)!.id : null }
}

// Without the address: not even its hash leaves with a file.
const columns = ['id', 'at', 'actor', 'act', 'object', 'result', 'detail', 'requestId', 'sealedAs'] as const

/** All of it as CSV. */
export const auditFile = (list: ListAudit, asked: Omit<AuditFilter, 'limit'>): AsyncGenerator<string> =>
  csvInPages(columns, async (last: { id: string } | undefined) =>
    (await list({ ...asked, ...(last && { beforeId: last.id }), limit: csvPageRows })).map(toEntry),
  )

import { type AuditPage, auditPage, auditQuery } from '@jejak/contract'
import { type AuditFilter, type AuditRow, listAudit, listShopAudit } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { operatorRoute, staffRoute } from '../http/routes.ts'

const schema = {
  description: 'Newest first. Entries are sealed within a minute or so.',
  querystring: auditQuery,
  response: { 200: auditPage },
}

/** What users and keys did: in a shop for its managers, everywhere for operators. */
export const auditRoutes = (app: FastifyInstance, { db, operatorDb }: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/admin/audit',
    permission: 'audit:read',
    schema: { ...schema, summary: 'Who did what in the shop' },
    handler: ({ caller: { organizationId }, query }) =>
      toPage(query, (filter) => listShopAudit(db.ofShop(organizationId).sql, filter)),
  })
  operatorRoute(app, {
    at: 'GET /v1/operator/audit',
    permission: 'system:read',
    schema: { ...schema, summary: 'Who did what in the whole installation' },
    handler: ({ query }) => toPage(query, (filter) => listAudit(operatorDb.sql, filter)),
  })
}

const toPage = async (
  { since, until, cursor, limit, ...names }: z.infer<typeof auditQuery>,
  list: (filter: AuditFilter) => Promise<AuditRow[]>,
): Promise<AuditPage> => {
  const dates = { since: dateOf(since), until: dateOf(until) }
  const rows = await list({ ...names, ...dates, beforeId: cursor, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return { data: page.map(toEntry), nextCursor: rows.length > limit ? page.at(-1)!.id : null }
}

const dateOf = (instant: string | undefined) => (instant === undefined ? undefined : new Date(instant))

const toEntry = ({ at, addressHmac: address, no: sealedAs, ...entry }: AuditRow): AuditPage['data'][number] => ({
  ...entry,
  at: at.toISOString(),
  ...{ address, sealedAs },
})

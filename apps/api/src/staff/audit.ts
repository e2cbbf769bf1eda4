import { auditPage, auditQuery } from '@jejak/contract'
import { auditFile, auditFilterOf, type ListAudit, listAuditPage } from '@jejak/core/listing'
import { listAudit, listShopAudit } from '@jejak/db'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { z } from 'zod'
import type { RouteDeps } from '../deps.ts'
import { jsonOrCsv, sendCsv } from '../http/csv-answer.ts'
import { operatorRoute, staffRoute } from '../http/routes.ts'

const schema = {
  description: 'Newest first. Entries are sealed within a minute or so. `format=csv` answers text/csv.',
  querystring: auditQuery,
  response: { 200: jsonOrCsv(auditPage) },
}

type Query = z.output<typeof auditQuery>

const answer = (reply: FastifyReply, { list, query }: { list: ListAudit; query: Query }) => {
  const { format, ...asked } = query
  return format === 'csv'
    ? sendCsv(reply, { name: 'audit', csv: auditFile(list, auditFilterOf(asked)) })
    : listAuditPage(list, asked)
}

/** What users and keys did: in a shop for its managers, everywhere for operators. */
export const auditRoutes = (app: FastifyInstance, { db, operatorDb }: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/admin/audit',
    permission: 'audit:read',
    schema: { ...schema, summary: 'Who did what in the shop' },
    handler: ({ caller: { organizationId }, query }, reply) =>
      answer(reply, { list: (filter) => listShopAudit(db.ofShop(organizationId).sql, filter), query }),
  })
  operatorRoute(app, {
    at: 'GET /v1/operator/audit',
    permission: 'system:read',
    schema: { ...schema, summary: 'Who did what in the whole installation' },
    handler: ({ query }, reply) => answer(reply, { list: (filter) => listAudit(operatorDb.sql, filter), query }),
  })
}

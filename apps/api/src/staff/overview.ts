import { overviewView } from '@jejak/contract'
import { findOverviewView } from '@jejak/core/overview'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { operatorRoute, staffRoute } from '../http/routes.ts'

const response = { 200: overviewView }

/** A shop at a glance for its staff, and the whole installation for operators. */
export const overviewRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/admin/overview',
    permission: 'overview:read',
    schema: {
      summary: 'The shop’s parcels by status, what is due, calls and budget',
      response,
    },
    handler: ({ caller: { organizationId } }) =>
      findOverviewView(deps, { sql: deps.db.ofShop(organizationId).sql, shop: organizationId }),
  })
  operatorRoute(app, {
    at: 'GET /v1/operator/overview',
    permission: 'system:read',
    schema: {
      summary: 'The same for the whole installation',
      response,
    },
    handler: () => findOverviewView(deps, { sql: deps.operatorDb.sql, shop: 'all' }),
  })
}

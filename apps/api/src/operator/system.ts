import { systemView } from '@jejak/contract'
import { findSystemView } from '@jejak/core/counting'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { operatorRoute } from '../http/routes.ts'

/** How the machine is. */
export const systemRoutes = (app: FastifyInstance, { operatorDb, clock }: RouteDeps): void =>
  operatorRoute(app, {
    at: 'GET /v1/operator/system',
    permission: 'system:read',
    schema: {
      summary: 'Requests, processes, database and migrations of the installation',
      description: 'From what each process stores once a minute.',
      response: { 200: systemView },
    },
    handler: async () => findSystemView(operatorDb, await clock(operatorDb.sql)),
  })

import { type ShopView, shopPatch, shopView } from '@jejak/contract'
import { findShop, type ShopRow, saveShop } from '@jejak/db'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { Deps } from '../deps.ts'
import { callerOf, type RequireScope } from '../http/auth.ts'
import { notFound } from '../http/http-problem.ts'
import { keySecurity, problemResponses } from '../http/openapi.ts'

const shared = { tags: ['admin'], security: keySecurity }

/** Staff set how their shop shows itself to its customers. */
export const shopRoutes =
  ({ db }: Deps, requireScope: RequireScope): FastifyPluginAsyncZod =>
  async (app) => {
    const isStaff = { onRequest: requireScope('admin') }

    app.get(
      '/v1/shop',
      {
        ...isStaff,
        schema: {
          ...shared,
          summary: 'The shop’s name, logo, colour, contacts and languages',
          response: { 200: shopView, ...problemResponses(401, 403) },
        },
      },
      async (request) => toView(await findShop(db.sql, callerOf(request).organizationId)),
    )

    app.patch(
      '/v1/shop',
      {
        ...isStaff,
        schema: {
          ...shared,
          summary: 'Change how the shop shows itself',
          description: 'What is absent stays, null removes. The slug stays: links and pages carry it.',
          body: shopPatch,
          response: { 200: shopView, ...problemResponses(400, 401, 403, 415) },
        },
      },
      async (request) => toView(await saveShop(db.sql, callerOf(request).organizationId, request.body)),
    )
  }

const toView = (row: ShopRow | undefined): ShopView => {
  if (!row) throw notFound('This key’s shop is gone.')
  return row as ShopView
}

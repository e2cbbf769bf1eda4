import { offeredLanguages, type ShopView, shopChanged, shopPatch, shopView } from '@jejak/contract'
import { changeShop } from '@jejak/core/shops'
import { findShop, type ShopRow } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { notFound } from '../http/http-problem.ts'
import { staffRoute } from '../http/routes.ts'

/** Staff set how their shop shows itself to its customers. */
export const shopFaceRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/shop',
    permission: 'shop:read',
    schema: { summary: 'The shop’s name, logo, colour, contacts and languages', response: { 200: shopView } },
    handler: async ({ caller }) => toView(await findShop(deps.db.ofShop(caller.organizationId).sql)),
  })

  staffRoute(app, {
    at: 'PATCH /v1/shop',
    permission: 'shop:change',
    schema: {
      summary: 'Change how customers see the shop',
      description:
        'Absent fields stay as they are; null removes a value. The slug cannot change, because links and pages contain it.',
      body: shopPatch,
      response: { 200: shopChanged },
    },
    handler: async ({ caller: { actor, organizationId }, body }) => {
      const { shop, undo } = await changeShop(deps, { actor, organizationId, patch: body })
      return { ...toView(shop), undo }
    },
  })
}

const toView = (row: ShopRow | undefined): ShopView => {
  if (!row) throw notFound('The shop of this key no longer exists.')
  return { ...row, languages: offeredLanguages(row.languages) } as ShopView
}

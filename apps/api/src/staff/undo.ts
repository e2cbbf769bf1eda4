import { numberedId, undoList, undone } from '@jejak/contract'
import type { Permission } from '@jejak/core/access'
import { undoAct } from '@jejak/core/undo'
import { listUndos } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { staffRoute } from '../http/routes.ts'

const listedMax = 200

/** What was done in the shop in the last ten minutes, and undoing it. */
export const undoRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/admin/undo',
    permission: 'attention:read',
    schema: {
      summary: 'What can still be undone, newest first',
      description: 'At most 200.',
      response: { 200: undoList },
    },
    handler: async ({ caller: { organizationId, permissions } }) => {
      const shop = deps.db.ofShop(organizationId).sql
      const undos = await listUndos(shop, { now: deps.now(), limit: listedMax })
      return {
        data: undos.map(({ id, at, until, act, actor: by, amount, detail, permission }) => ({
          ...{ id, at: at.toISOString(), until: until.toISOString(), act, by, amount, detail },
          mayUndo: permissions.has(permission as Permission),
        })),
      }
    },
  })

  staffRoute(app, {
    at: 'POST /v1/admin/undo/:id',
    permission: 'undo:use',
    schema: {
      summary: 'Undo what was done',
      description:
        'Once, within ten minutes. What has changed since stays as it is and is counted in `kept`; 409 where that is all of it. It also needs the permission that doing it needed.',
      params: numberedId,
      response: { 200: undone },
    },
    problems: [404, 409],
    handler: async ({ caller: { actor, organizationId, permissions }, params: { id } }) => {
      const settings = deps.settingsOf(organizationId)
      const done = await undoAct({ ...deps, settings }, { actor, organizationId, id, permissions })
      await deps.refreshSettings()
      return done
    },
  })
}

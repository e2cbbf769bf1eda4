import { settingList, settingsChanged, settingsPatch } from '@jejak/contract'
import { changeSettings, listSettings } from '@jejak/core/settings'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { staffRoute } from '../http/routes.ts'

/** Staff see by which settings their shop is checked, and change them while everything runs. */
export const settingRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  staffRoute(app, {
    at: 'GET /v1/admin/settings',
    permission: 'settings:read',
    schema: {
      summary: 'Every setting of the shop: what is in force, where it comes from, what it may be',
      response: { 200: settingList },
    },
    handler: async ({ caller }) => ({ data: await listSettings(deps, caller.organizationId) }),
  })

  staffRoute(app, {
    at: 'PATCH /v1/admin/settings',
    permission: 'settings:change',
    schema: {
      summary: 'Change settings of the shop, or take them back to the default',
      description:
        'A value for each name, in the unit of the setting; `null` goes back to the default. All are changed or none. In force within 5 seconds everywhere, without a restart; due times that follow from them are planned again within a few minutes.',
      body: settingsPatch,
      response: { 200: settingsChanged },
    },
    handler: async ({ caller: { actor, organizationId }, body }) => {
      const undo = await changeSettings(deps, { actor, organizationId, patch: body })
      await deps.refreshSettings()
      return { data: await listSettings(deps, organizationId), undo }
    },
  })
}

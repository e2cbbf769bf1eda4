import {
  authoriseRequest,
  budgetRequest,
  connectionChanged,
  connectionList,
  connectionPatch,
  connectionView,
  disconnectRequest,
  loginBegun,
  numberedId,
  pauseRequest,
} from '@jejak/contract'
import { toConnectionView } from '@jejak/core/checking/overview'
import {
  addBudget,
  beginLogin,
  type ConnectionChanged,
  changeConnection,
  disconnectConnection,
  holdConnection,
  resumeConnection,
} from '@jejak/core/connections'
import { notFound } from '@jejak/core/errors'
import { type ConnectionOverview, findConnection, listConnections } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { forbidden } from '../http/http-problem.ts'
import { type Caller, staffRoute } from '../http/routes.ts'

const which = ({ actor, organizationId }: Caller, { id }: { id: string }) => ({
  ...{ actor, organizationId, connectionId: id },
})

/** A shop's accounts at EasyParcel. */
export const connectionRoutes = (app: FastifyInstance, deps: RouteDeps): void => {
  const view = (connection: ConnectionOverview) =>
    toConnectionView(connection, { now: deps.now(), settings: deps.settingsOf(connection.organizationId) })
  const changed = ({ connection, undo }: ConnectionChanged) => ({ ...view(connection), undo })
  const one = { params: numberedId, response: { 200: connectionView } }
  const oneChanged = { params: numberedId, response: { 200: connectionChanged } }

  staffRoute(app, {
    at: 'GET /v1/admin/connections',
    permission: 'connections:read',
    schema: { summary: 'The shop’s EasyParcel accounts', response: { 200: connectionList } },
    handler: async ({ caller: { organizationId: shop } }) => ({
      data: (await listConnections(deps.db.ofShop(shop).sql, { shop })).map(view),
    }),
  })

  staffRoute(app, {
    at: 'GET /v1/admin/connections/:id',
    permission: 'connections:read',
    schema: { summary: 'One EasyParcel account: access, calls, pause, and what it needs', ...one },
    problems: [404],
    handler: async ({ caller: { organizationId }, params: { id } }) => {
      const found = await findConnection(deps.db.ofShop(organizationId).sql, id)
      if (!found) throw notFound('This shop has no EasyParcel account with this id.')
      return view(found)
    },
  })

  staffRoute(app, {
    at: 'POST /v1/admin/connections/authorise',
    permission: 'connections:change',
    schema: {
      summary: 'Begin to connect an EasyParcel account',
      description:
        'Returns the address at which the person logs in to EasyParcel, in this browser. With `connectionId` that account is connected again, without it another one.',
      body: authoriseRequest,
      response: { 200: loginBegun },
    },
    problems: [404, 409],
    secrets: ['loginUrl'],
    handler: async ({ caller: { actor, organizationId, sessionId }, body }) => {
      if (sessionId === null) throw forbidden('A login at EasyParcel needs a person who is signed in.')
      const { environment, name = '', connectionId = null, returnTo = null } = body
      const login = { environment, name, connectionId, returnTo }
      const { loginUrl, expiresAt } = await beginLogin(deps, { actor, organizationId, sessionId, login })
      return { loginUrl, expiresAt: expiresAt.toISOString() }
    },
  })

  staffRoute(app, {
    at: 'PATCH /v1/admin/connections/:id',
    permission: 'connections:change',
    schema: {
      summary: 'Name an account, correct its environment, make it the default',
      description: 'Parcels that name no account are checked with the default.',
      ...oneChanged,
      body: connectionPatch,
    },
    problems: [404, 409],
    handler: async ({ caller, params, body }) => {
      const patch = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
      return changed(await changeConnection(deps, { ...which(caller, params), patch }))
    },
  })

  staffRoute(app, {
    at: 'POST /v1/admin/connections/:id/pause',
    permission: 'connections:change',
    schema: {
      summary: 'Pause the checks of an account',
      description: 'Until the instant that is given, or until someone resumes. Calls under way are finished.',
      ...oneChanged,
      body: pauseRequest.nullish(),
    },
    problems: [404],
    handler: async ({ caller, params, body }) => {
      const until = body?.until === undefined ? null : new Date(body.until)
      return changed(await holdConnection(deps, { ...which(caller, params), until, reason: body?.reason ?? null }))
    },
  })

  staffRoute(app, {
    at: 'POST /v1/admin/connections/:id/resume',
    permission: 'connections:change',
    schema: { summary: 'Let the checks of an account go on', ...oneChanged },
    problems: [404, 409],
    handler: async ({ caller, params }) => changed(await resumeConnection(deps, which(caller, params))),
  })

  staffRoute(app, {
    at: 'POST /v1/admin/connections/:id/disconnect',
    permission: 'connections:change',
    schema: {
      summary: 'Disconnect an account',
      description: 'Erases its tokens. Its parcels stay, and are checked no more until it is connected again.',
      ...one,
      body: disconnectRequest.nullish(),
    },
    problems: [404, 409],
    handler: async ({ caller, params, body }) =>
      view(
        (await disconnectConnection(deps, { ...which(caller, params), confirm: body?.confirm ?? false })).connection,
      ),
  })

  staffRoute(app, {
    at: 'POST /v1/admin/connections/:id/budget',
    permission: 'budget:change',
    schema: {
      summary: 'Add calls to the budget of today',
      description:
        'Says how many there are beyond the plan, at most as many as the plan has; 0 takes them back. Tomorrow has its plan again.',
      ...oneChanged,
      body: budgetRequest,
    },
    problems: [404],
    handler: async ({ caller, params, body: { extraCalls } }) =>
      changed(
        await addBudget(
          { ...deps, settings: deps.settingsOf(caller.organizationId) },
          { ...which(caller, params), extraCalls },
        ),
      ),
  })
}

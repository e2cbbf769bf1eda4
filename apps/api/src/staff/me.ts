import { type MeView, meView, permissionHolders, permissionParams } from '@jejak/contract'
import { findGrant } from '@jejak/core/access'
import { findKeyName, findPerson, listMembersWith, listShopsOf } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { notFound } from '../http/http-problem.ts'
import { type Caller, staffRoute } from '../http/routes.ts'

const holdersMax = 20

type Person = Pick<MeView, 'kind' | 'id' | 'name' | 'email' | 'isOperator' | 'shop' | 'shops'>

/** Who asks and what they may do, and whom to ask for what they may not. */
export const meRoutes = (app: FastifyInstance, { settingsOf, isDemo, now, promptDb: { sql } }: RouteDeps): void => {
  const personOf = async (id: string, organizationId: string): Promise<Person> => {
    const [person, memberships] = await Promise.all([findPerson(sql, id), listShopsOf(sql, id)])
    if (!person) throw notFound('This user is gone.')
    const shops = memberships.map(({ slug, name, role }) => ({ slug, name, role }))
    const shop = shops[memberships.findIndex((one) => one.id === organizationId)] ?? null
    return { kind: 'user', id, ...person, shop, shops }
  }
  const keyOf = async (id: string, { organizationId, permissions }: Caller): Promise<Person> => {
    const key = await findKeyName(sql, { id, organizationId })
    if (!key) throw notFound('This key is gone.')
    const shop = { slug: key.slug, name: key.shopName, role: null }
    return { kind: 'key', id, name: key.name, email: null, isOperator: permissions.has('system:read'), shop, shops: [] }
  }

  staffRoute(app, {
    at: 'GET /v1/admin/me',
    permission: 'me:read',
    schema: { summary: 'Who you are, your shops, and what you may do', response: { 200: meView } },
    handler: async ({ caller }) => {
      const { actor, organizationId, permissions } = caller
      const id = 'id' in actor ? actor.id : ''
      const person = actor.kind === 'user' ? await personOf(id, organizationId) : await keyOf(id, caller)
      const { timezone } = settingsOf(organizationId)
      return { ...person, permissions: [...permissions], demo: isDemo, timezone, now: now().toISOString() }
    },
  })

  staffRoute(app, {
    at: 'GET /v1/admin/permissions/:name/holders',
    permission: 'me:read',
    schema: {
      summary: 'Who in the shop has a permission',
      description: 'For whoever lacks it: whom to ask.',
      params: permissionParams,
      response: { 200: permissionHolders },
    },
    problems: [404],
    handler: async ({ caller: { organizationId }, params: { name } }) => {
      const grant = findGrant(name)
      if (!grant) throw notFound('There is no such permission; docs/permissions.md lists them all.')
      // Whoever may do little else is asked before an owner is.
      const roles = grant.roles.toReversed()
      return { ...grant, holders: await listMembersWith(sql, { organizationId, roles, limit: holdersMax }) }
    },
  })
}

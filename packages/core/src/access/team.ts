import { listMemberships, type ShopRole, type Tx } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { notFound, Refusal } from '../errors.ts'
import { type Permission, permissionsOfUser } from './permissions.ts'
import { saveRole, type UserDeps, withUser } from './users.ts'

/**
 * Refuses a user who has lost the permission since the request began, or would make or unmake an owner without being one. Others than users
 * come from the command line.
 */
export const refuseBeyondOwn = async (
  { tx, actor }: { tx: Tx; actor: Actor },
  { organizationId, permission, roles }: { organizationId: string; permission: Permission; roles: (ShopRole | null)[] },
): Promise<void> => {
  if (actor.kind !== 'user') return
  const known = await listMemberships(tx, { userId: actor.id })
  const role = known.find((one) => one.organizationId === organizationId)?.role ?? null
  if (!permissionsOfUser({ role, isOperator: false }).has(permission))
    throw new Refusal('forbidden', `This needs the permission ${permission}, which your role does not have.`)
  if (role !== 'owner' && roles.includes('owner'))
    throw new Refusal('forbidden', 'Only an owner can make someone owner, or change an owner.')
}

/** Gives a member of a shop another role, or takes them out of it (null), and signs them out everywhere. */
export const changeMember = (
  { db, clock, actor }: UserDeps,
  { organizationId, userId, role }: { organizationId: string; userId: string; role: ShopRole | null },
): Promise<void> =>
  withUser({ db, userId }, async (tx) => {
    const was = (await listMemberships(tx, { userId })).find((one) => one.organizationId === organizationId)?.role
    if (!was) throw notFound('This shop has no member with this id.')
    await refuseBeyondOwn({ tx, actor }, { organizationId, permission: 'team:change', roles: [was, role] })
    await saveRole({ tx, actor, now: await clock(tx) }, { organizationId, userId, role })
  })

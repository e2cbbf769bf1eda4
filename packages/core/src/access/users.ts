import {
  type Clock,
  countOthersWithRights,
  countUsers,
  type Db,
  deleteResetLinks,
  endSessions,
  forgetAttempts,
  insertUser,
  listMemberships,
  lockRights,
  lockUser,
  type ShopRole,
  saveMembership,
  saveUser,
  type Tx,
  type UserRow,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { type Act, recordAct } from '../audit/index.ts'
import { conflict, notFound, Refusal } from '../errors.ts'
import type { Keys } from '../secrets/derive-key.ts'
import { hashSubject } from './keys.ts'
import { hashPassword, weaknessOf } from './passwords.ts'

/** As e-mail addresses are stored and compared. */
export const foldEmail = (email: string): string => email.trim().toLowerCase()

/** `actor`: who does it to the user. */
export type UserDeps = { db: Pick<Db, 'transaction'>; clock: Clock; actor: Actor }
/** Who acts inside a transaction, and when. */
export type Acting = { tx: Tx; actor: Actor; now: Date }
export type Membership = { organizationId: string; role: ShopRole }

/** The id of the user with this e-mail address; undefined when there is none. */
export const findUserId = (db: UserDeps['db'], email: string): Promise<string | undefined> =>
  db.transaction(async (tx) => (await lockUser(tx, { email: foldEmail(email) }))?.id)

/** Throws what is wrong with a new password. */
export const refuseWeak = (password: string, email: string): void => {
  const weakness = weaknessOf(password, foldEmail(email))
  if (weakness) throw new Refusal('validation', weakness)
}

const hashNew = (password: string, email: string): Promise<string> => {
  refuseWeak(password, email)
  return hashPassword(password)
}

type NewUser = { email: string; name: string; isOperator: boolean; membership: Membership | null }

/** Adds a user inside a transaction. Rejects with a refusal when the e-mail address is taken. */
export const addUser = async (
  tx: Tx,
  { membership, ...user }: NewUser & { passwordHash: string },
): Promise<{ id: string }> => {
  const added = await insertUser(tx, { ...user, email: foldEmail(user.email) })
  if (!added) throw conflict('There is a user with this e-mail address already.')
  if (membership) await saveMembership(tx, { ...membership, userId: added.id })
  return added
}

/** Enters what is done to a user; it shows in the shop that is named, or the one that they came to first. */
export const recordOnUser = async (
  { tx, actor, now }: Acting,
  {
    userId,
    ...told
  }: { act: Act; userId: string; detail?: string; result?: 'refused'; organizationId?: string | null | undefined },
): Promise<void> => {
  const organizationId = told.organizationId ?? (await listMemberships(tx, { userId }))[0]?.organizationId ?? null
  await recordAct(tx, { ...told, actor, organizationId, object: `user:${userId}`, now })
}

/** Throws when someone can be asked for an invitation. Everyone else who adds a user waits until the transaction is over. */
export const refuseUnlessFirst = async (tx: Tx): Promise<void> => {
  await lockRights(tx)
  if ((await countUsers(tx)) > 0) throw conflict('There is a user already: ask them to invite you.')
}

/**
 * Creates a user with a role in a shop, as an operator, or as both. Rejects with a refusal when the e-mail address is taken or the password weak, and
 * for `isFirst` when there is any user.
 */
export const createUser = async (
  { db, clock, actor }: UserDeps,
  { password, isFirst = false, ...user }: NewUser & { password: string; isFirst?: boolean },
): Promise<{ id: string }> => {
  const passwordHash = await hashNew(password, user.email)
  return db.transaction(async (tx) => {
    await (isFirst ? refuseUnlessFirst(tx) : lockRights(tx))
    const added = await addUser(tx, { ...user, passwordHash })
    const { membership, isOperator } = user
    const detail = [membership?.role, isOperator && 'operator'].filter(Boolean).join(', ')
    const told = { act: 'user.created', userId: added.id, detail, organizationId: membership?.organizationId } as const
    await recordOnUser({ tx, actor, now: await clock(tx) }, told)
    return added
  })
}

/** Changes a user, named by e-mail address or id, under a lock that keeps all other changes of rights waiting. */
export const withUser = <T>(
  { db, ...wanted }: { db: UserDeps['db'] } & ({ email: string } | { userId: string }),
  change: (tx: Tx, user: UserRow) => Promise<T>,
): Promise<T> =>
  db.transaction(async (tx) => {
    await lockRights(tx)
    const user = await lockUser(tx, 'email' in wanted ? { email: foldEmail(wanted.email) } : { userId: wanted.userId })
    if (!user) throw notFound('There is no such user.')
    return change(tx, user)
  })

/** No shop is left without an owner, no installation without an operator. */
const keepOwner = async (tx: Tx, { userId, organizationId }: { userId: string; organizationId: string }) => {
  if ((await countOthersWithRights(tx, { userId, organizationId })).owners === 0)
    throw conflict('This is the last owner of the shop. Make another user owner first.')
}
const keepOperator = async (tx: Tx, userId: string): Promise<void> => {
  if ((await countOthersWithRights(tx, { userId, organizationId: null })).operators === 0)
    throw conflict('This is the last operator. Make another user operator first.')
}

/** Disables a user, whose sessions end with it, or enables one again. */
export const setDisabled = (
  { db, clock, actor }: UserDeps,
  { email, disabledAt }: { email: string; disabledAt: Date | null },
): Promise<void> =>
  withUser({ db, email }, async (tx, user) => {
    if (disabledAt && !user.disabledAt) {
      if (user.isOperator) await keepOperator(tx, user.id)
      for (const { organizationId, role } of await listMemberships(tx, { userId: user.id }))
        if (role === 'owner') await keepOwner(tx, { userId: user.id, organizationId })
    }
    await saveUser(tx, { id: user.id, disabledAt })
    if (disabledAt) {
      await endSessions(tx, { userId: user.id })
      await deleteResetLinks(tx, user.id)
    }
    const act = disabledAt ? 'user.disabled' : 'user.enabled'
    await recordOnUser({ tx, actor, now: await clock(tx) }, { act, userId: user.id })
  })

type RoleChange = { organizationId: string; role: ShopRole | null }

/** Gives a user a role in a shop, or takes it away (null), and signs them out everywhere. */
export const saveRole = async (
  acting: Acting,
  { userId, organizationId, role }: RoleChange & { userId: string },
): Promise<void> => {
  const { tx } = acting
  const known = (await listMemberships(tx, { userId })).find((one) => one.organizationId === organizationId)
  if (known?.role === 'owner' && role !== 'owner') await keepOwner(tx, { userId, organizationId })
  await saveMembership(tx, { organizationId, userId, role })
  await endSessions(tx, { userId })
  await recordOnUser(acting, { act: 'user.role_changed', userId, detail: role ?? 'no role', organizationId })
}

/** Changes what a user may do: the role in a shop (null takes it away), and whether they are an operator. Signs them out everywhere. */
export const setRights = (
  { db, clock, actor }: UserDeps,
  { email, membership, isOperator }: { email: string; membership?: RoleChange; isOperator?: boolean },
): Promise<void> =>
  withUser({ db, email }, async (tx, { id: userId, isOperator: wasOperator }) => {
    const acting = { tx, actor, now: await clock(tx) }
    if (membership) await saveRole(acting, { ...membership, userId })
    if (isOperator === undefined) return
    if (!isOperator && wasOperator) await keepOperator(tx, userId)
    await saveUser(tx, { id: userId, isOperator })
    await endSessions(tx, { userId })
    const detail = isOperator ? 'operator' : 'no operator'
    await recordOnUser(acting, { act: 'user.role_changed', userId, detail })
  })

/** Gives a user another password, ends their sessions and their links for one, and lets strangers try again. */
export const replacePassword = async (
  { accessKeys, ...acting }: Acting & { accessKeys: Keys },
  { userId, email, passwordHash, ...told }: { userId: string; email: string; passwordHash: string; detail?: string },
): Promise<void> => {
  const { tx } = acting
  await saveUser(tx, { id: userId, passwordHash })
  await endSessions(tx, { userId })
  await deleteResetLinks(tx, userId)
  await forgetAttempts(tx, hashSubject(accessKeys[0], { kind: 'account', text: foldEmail(email) }))
  await recordOnUser(acting, { act: 'user.password_changed', userId, ...told })
}

/** Gives a user another password and ends their sessions. */
export const setPassword = async (
  { db, clock, actor, accessKeys }: UserDeps & { accessKeys: Keys },
  { email, password }: { email: string; password: string },
): Promise<void> => {
  const passwordHash = await hashNew(password, email)
  await withUser({ db, email }, async (tx, { id: userId }) =>
    replacePassword({ tx, actor, now: await clock(tx), accessKeys }, { userId, email, passwordHash }),
  )
}

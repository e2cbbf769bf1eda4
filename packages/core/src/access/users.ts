import {
  type Clock,
  countOthersWithRights,
  type Db,
  endSessions,
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
import { hashPassword, weaknessOf } from './passwords.ts'

/** As e-mail addresses are stored and compared. */
export const foldEmail = (email: string): string => email.trim().toLowerCase()

/** `actor`: who does it to the user. */
type UserDeps = { db: Pick<Db, 'transaction'>; clock: Clock; actor: Actor }

/** The id of the user with this e-mail address; undefined when there is none. */
export const findUserId = (db: UserDeps['db'], email: string): Promise<string | undefined> =>
  db.transaction(async (tx) => (await lockUser(tx, foldEmail(email)))?.id)

/** Throws what is wrong with a new password. */
export const refuseWeak = (password: string, email: string): void => {
  const weakness = weaknessOf(password, foldEmail(email))
  if (weakness) throw new Refusal('validation', weakness)
}

const hashNew = (password: string, email: string): Promise<string> => {
  refuseWeak(password, email)
  return hashPassword(password)
}

/** Creates a user with a role in a shop, as an operator, or as both. Rejects with a refusal when the e-mail address is taken or the password weak. */
export const createUser = async (
  { db, clock, actor }: UserDeps,
  {
    password,
    membership,
    ...given
  }: {
    email: string
    name: string
    password: string
    isOperator: boolean
    membership: { organizationId: string; role: ShopRole } | null
  },
): Promise<{ id: string }> => {
  const email = foldEmail(given.email)
  const passwordHash = await hashNew(password, email)
  return db.transaction(async (tx) => {
    const user = await insertUser(tx, { ...given, email, passwordHash })
    if (!user) throw conflict('There is a user with this e-mail address already.')
    if (membership) await saveMembership(tx, { ...membership, userId: user.id })
    const detail = [membership?.role, given.isOperator && 'operator'].filter(Boolean).join(', ')
    const organizationId = membership?.organizationId ?? null
    const now = await clock(tx)
    await recordAct(tx, { act: 'user.created', actor, organizationId, object: `user:${user.id}`, detail, now })
    return user
  })
}

/** Changes a user under a lock that keeps all other changes of rights waiting. */
export const withUser = <T>(
  { db, email }: Pick<UserDeps, 'db'> & { email: string },
  change: (tx: Tx, user: UserRow) => Promise<T>,
): Promise<T> =>
  db.transaction(async (tx) => {
    await lockRights(tx)
    const user = await lockUser(tx, foldEmail(email))
    if (!user) throw notFound('There is no user with this e-mail address.')
    return change(tx, user)
  })

/** No shop is left without an owner, no installation without an operator. */
const keepOwner = async (tx: Tx, userId: string, organizationId: string): Promise<void> => {
  if ((await countOthersWithRights(tx, { userId, organizationId })).owners === 0)
    throw conflict('This is the last owner of the shop. Make another user owner first.')
}
const keepOperator = async (tx: Tx, userId: string): Promise<void> => {
  if ((await countOthersWithRights(tx, { userId, organizationId: null })).operators === 0)
    throw conflict('This is the last operator. Make another user operator first.')
}

/** Enters what is done to a user; it shows in the shop that they came to first. */
const enter = async (
  { clock, actor }: UserDeps,
  tx: Tx,
  { userId, ...told }: { act: Act; userId: string; detail?: string; organizationId?: string | undefined },
) => {
  const organizationId = told.organizationId ?? (await listMemberships(tx, userId))[0]?.organizationId ?? null
  await recordAct(tx, { ...told, actor, organizationId, object: `user:${userId}`, now: await clock(tx) })
}

/** Disables a user, whose sessions end with it, or enables one again. */
export const setDisabled = (
  deps: UserDeps,
  { email, disabledAt }: { email: string; disabledAt: Date | null },
): Promise<void> =>
  withUser({ ...deps, email }, async (tx, user) => {
    if (disabledAt && !user.disabledAt) {
      if (user.isOperator) await keepOperator(tx, user.id)
      for (const { organizationId, role } of await listMemberships(tx, user.id))
        if (role === 'owner') await keepOwner(tx, user.id, organizationId)
    }
    await saveUser(tx, { id: user.id, disabledAt })
    if (disabledAt) await endSessions(tx, { userId: user.id })
    await enter(deps, tx, { act: disabledAt ? 'user.disabled' : 'user.enabled', userId: user.id })
  })

/** Changes what a user may do: the role in a shop (null takes it away), and whether they are an operator. Signs them out everywhere. */
export const setRights = (
  deps: UserDeps,
  {
    email,
    membership,
    isOperator,
  }: {
    email: string
    membership?: { organizationId: string; role: ShopRole | null }
    isOperator?: boolean
  },
): Promise<void> =>
  withUser({ ...deps, email }, async (tx, user) => {
    if (membership) {
      const { organizationId, role } = membership
      const known = (await listMemberships(tx, user.id)).find((one) => one.organizationId === organizationId)
      if (known?.role === 'owner' && role !== 'owner') await keepOwner(tx, user.id, organizationId)
      await saveMembership(tx, { organizationId, userId: user.id, role })
    }
    if (isOperator === false && user.isOperator) await keepOperator(tx, user.id)
    if (isOperator !== undefined) await saveUser(tx, { id: user.id, isOperator })
    await endSessions(tx, { userId: user.id })
    const changes = [
      membership && (membership.role ?? 'no role'),
      isOperator !== undefined && (isOperator ? 'operator' : 'no operator'),
    ]
    const detail = changes.filter(Boolean).join(', ')
    await enter(deps, tx, {
      act: 'user.role_changed',
      userId: user.id,
      detail,
      organizationId: membership?.organizationId,
    })
  })

/** Gives a user another password and ends their sessions. */
export const setPassword = async (
  deps: UserDeps,
  { email, password }: { email: string; password: string },
): Promise<void> => {
  const passwordHash = await hashNew(password, foldEmail(email))
  await withUser({ ...deps, email }, async (tx, user) => {
    await saveUser(tx, { id: user.id, passwordHash })
    await endSessions(tx, { userId: user.id })
    await enter(deps, tx, { act: 'user.password_changed', userId: user.id })
  })
}

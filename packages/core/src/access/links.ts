import { createHash, randomBytes } from 'node:crypto'
import {
  countUsers,
  type Db,
  deleteInvitation,
  findLink,
  insertLink,
  type LinkRow,
  listMemberships,
  lockRights,
  type NewLink,
  saveMembership,
  type Tx,
  takeLink,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { conflict, notFound, Refusal } from '../errors.ts'
import { hashSubject } from './keys.ts'
import { hashPassword, takePlace, tooBusy } from './passwords.ts'
import { acceptProof, prove, type Refused, type SignInDeps } from './sign-in.ts'
import { refuseBeyondOwn } from './team.ts'
import {
  type Acting,
  addUser,
  foldEmail,
  type Membership,
  recordOnUser,
  refuseUnlessFirst,
  refuseWeak,
  replacePassword,
  type UserDeps,
  withUser,
} from './users.ts'

const day = 86_400_000
const lives = { invitation: 7 * day, reset: day, setup: day } as const

/** A link as it is handed out, once. */
export type MadeLink = { token: string; expiresAt: Date }

const hashLinkToken = (token: string): string => createHash('sha256').update(token).digest('hex')

const makeLink = async (
  tx: Tx,
  { kind, now, ...about }: Omit<NewLink, 'tokenHash' | 'expiresAt'>,
): Promise<MadeLink & { id: string }> => {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + lives[kind])
  const id = await insertLink(tx, { ...about, kind, now, expiresAt, tokenHash: hashLinkToken(token) })
  return { id, token, expiresAt }
}

const refuseMember = async (
  tx: Tx,
  { organizationId, ...who }: { organizationId: string } & ({ email: string } | { userId: string }),
) => {
  if ((await listMemberships(tx, who)).some((one) => one.organizationId === organizationId))
    throw conflict('A user with this e-mail address belongs to the shop already.')
}

/** Makes a link that brings someone into a shop. Rejects with a refusal when they belong to it already. */
export const inviteUser = (
  { db, clock, actor }: UserDeps,
  { email: written, organizationId, role }: Membership & { email: string },
): Promise<MadeLink & { id: string }> =>
  db.transaction(async (tx) => {
    await lockRights(tx)
    await refuseBeyondOwn({ tx, actor }, { organizationId, permission: 'team:change', roles: [role] })
    const email = foldEmail(written)
    await refuseMember(tx, { email, organizationId })
    const now = await clock(tx)
    const made = await makeLink(tx, { kind: 'invitation', email, organizationId, role, now })
    await recordAct(tx, {
      ...{ act: 'invitation.created', actor, organizationId, object: `invitation:${made.id}`, detail: role, now },
    })
    return made
  })

/** Takes an invitation back. */
export const withdrawInvitation = (
  { db, clock, actor }: UserDeps,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<void> =>
  db.transaction(async (tx) => {
    await refuseBeyondOwn({ tx, actor }, { organizationId, permission: 'team:change', roles: [] })
    if (!(await deleteInvitation(tx, { organizationId, id })))
      throw notFound('There is no open invitation with this id.')
    const act = { act: 'invitation.withdrawn', actor, organizationId, object: `invitation:${id}` } as const
    await recordAct(tx, { ...act, now: await clock(tx) })
  })

/** Makes a link with which a user chooses another password. The one that they have stays good until it is used. */
export const makeResetLink = ({ db, clock, actor }: UserDeps, { email }: { email: string }): Promise<MadeLink> =>
  withUser({ db, email }, async (tx, { id: userId, disabledAt }) => {
    if (disabledAt) throw conflict('This user is disabled. Let them in again first.')
    const now = await clock(tx)
    const made = await makeLink(tx, { kind: 'reset', userId, now })
    await recordOnUser({ tx, actor, now }, { act: 'reset.created', userId })
    return made
  })

/** Makes a link with which the first user of an installation becomes owner of a shop and operator; null once there is a user. */
export const makeSetupLink = (
  { db, clock, actor }: UserDeps,
  { organizationId }: { organizationId: string },
): Promise<MadeLink | null> =>
  db.transaction(async (tx) => {
    await lockRights(tx)
    if ((await countUsers(tx)) > 0) return null
    const now = await clock(tx)
    const made = await makeLink(tx, { kind: 'setup', organizationId, role: 'owner', now })
    await recordAct(tx, { act: 'setup.created', actor, organizationId, object: `link:${made.id}`, now })
    return made
  })

const gone = () => notFound('This link has been used, is too old, or was replaced by another one. Ask for a new one.')

/** What a link that can still be used is about. Rejects with a refusal otherwise. */
export const readLink = async (
  { db }: { db: Pick<Db, 'sql'> },
  { token, now }: { token: string; now: Date },
): Promise<LinkRow> => {
  const link = await findLink(db.sql, { tokenHash: hashLinkToken(token), now })
  if (!link) throw gone()
  return link
}

/** What whoever opened a link fills in; which of it is needed depends on the link. */
export type LinkUse = {
  token: string
  email?: string | undefined
  name?: string | undefined
  password?: string | undefined
  code?: string | undefined
  /** The user whose session came with it; proves that an invited user is who they say. */
  signedInAs: string | null
  address: string
  requestId: string
  now: Date
}
export type LinkUsed = { outcome: 'used'; email: string } | Refused

const needed = <T>(value: T | undefined, sentence: string): T => {
  if (value === undefined) throw new Refusal('validation', sentence)
  return value
}

/** Does what a link is for, once, however many use it at the same time. */
export const useLink = async (deps: SignInDeps, use: LinkUse): Promise<LinkUsed> => {
  const link = await readLink(deps, use)
  if (link.kind === 'invitation' && link.userId !== null) return joinShop(deps, { link, use })
  const email = needed(link.email ?? use.email, 'Write your e-mail address.')
  const password = needed(use.password, 'Choose a password.')
  refuseWeak(password, email)
  const leave = takePlace({ address: use.address, isStranger: true })
  if (!leave) throw tooBusy()
  const passwordHash = await hashPassword(password).finally(leave)
  const { now, requestId } = use
  const { accessKeys } = deps
  const addressHmac = hashSubject(accessKeys[0], { kind: 'address', text: use.address })
  const origin = { addressHmac, requestId }
  await deps.db.transaction(async (tx) => {
    await takeOnce(tx, use)
    if (link.kind === 'reset') {
      const userId = link.userId!
      const actor: Actor = { kind: 'user', id: userId, origin }
      await replacePassword({ tx, actor, now, accessKeys }, { userId, email, passwordHash, detail: 'by link' })
      return
    }
    const isOperator = link.kind === 'setup'
    if (isOperator) await refuseUnlessFirst(tx)
    const membership = membershipOf(link)
    const { id } = await addUser(tx, { email, name: use.name ?? '', passwordHash, isOperator, membership })
    await recordJoin({ tx, now, actor: { kind: 'user', id, origin } }, { link, userId: id })
  })
  return { outcome: 'used', email: foldEmail(email) }
}

const membershipOf = ({ organizationId, role }: LinkRow): Membership => ({
  organizationId: organizationId!,
  role: role!,
})

/** Uses a link up, and answers what it is about now that no one can change rights and addresses. */
const takeOnce = async (tx: Tx, { token, now }: { token: string; now: Date }): Promise<LinkRow> => {
  await lockRights(tx)
  const link = await readLink({ db: { sql: tx } }, { token, now })
  if (!(await takeLink(tx, { id: link.id, now }))) throw gone()
  return link
}

const recordJoin = (acting: Acting, { link, userId }: { link: LinkRow; userId: string }): Promise<void> =>
  recordOnUser(acting, {
    act: link.kind === 'setup' ? 'user.created' : 'invitation.used',
    ...{ userId, organizationId: link.organizationId },
    detail: link.kind === 'setup' ? `${link.role}, operator` : `${link.role}`,
  })

/** Brings a user who is there already into another shop; they are signed in as that user, or prove that they are. */
const joinShop = async (deps: SignInDeps, { link, use }: { link: LinkRow; use: LinkUse }): Promise<LinkUsed> => {
  const { now, requestId, address, code } = use
  const email = link.email!
  const origin = { addressHmac: hashSubject(deps.accessKeys[0], { kind: 'address', text: address }), requestId }
  const join = async (tx: Tx, userId: string) => {
    if ((await takeOnce(tx, use)).userId !== userId) throw gone()
    await refuseMember(tx, { userId, organizationId: link.organizationId! })
    await saveMembership(tx, { ...membershipOf(link), userId })
    await recordJoin({ tx, now, actor: { kind: 'user', id: userId, origin } }, { link, userId })
  }
  const { signedInAs } = use
  if (signedInAs !== null && signedInAs === link.userId) {
    await deps.db.transaction((tx) => join(tx, signedInAs))
    return { outcome: 'used', email }
  }
  const password = needed(use.password, 'Write your Jejak password, or sign in first.')
  const proof = await prove(deps, { email, password, code, address, requestId, now })
  if (proof.outcome !== 'right') return proof
  return deps.db.transaction(async (tx): Promise<LinkUsed> => {
    await lockRights(tx)
    const refused = await acceptProof(tx, { proof, now })
    if (refused) return refused
    await join(tx, proof.userId)
    return { outcome: 'used', email }
  })
}

import type { Config } from '@jejak/config'
import {
  type Db,
  endSessions,
  insertSession,
  noteSignIn,
  type RightAttempt,
  saveUser,
  takeSignInAttempt,
} from '@jejak/db'
import type { Origin } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import type { Keys } from '../secrets/derive-key.ts'
import { hashSessionToken, hashSubject, newSessionToken } from './keys.ts'
import { hashPassword, isPassword, refuseIfBusy } from './passwords.ts'
import { foldEmail, refuseWeak, withUser } from './users.ts'

export type AccessSettings = Config['access']

export type SignInDeps = {
  db: Pick<Db, 'sql' | 'transaction'>
  /** The first one hashes and signs; session tokens of all are accepted. */
  accessKeys: Keys
  settings: Pick<AccessSettings, 'attemptsMax' | 'lockMs'>
}

/** `address`: what counts as one address (see `addressBlock`). */
type Attempt = { email: string; password: string; address: string; requestId: string; now: Date }
/** `replaces`: the session token that the browser sent along. */
export type SignIn = Attempt & { replaces: string | null }

/** `wrong` says nothing of whether the e-mail address is known; `locked` ends at `until`. */
type Refused = { outcome: 'wrong' } | { outcome: 'locked'; until: Date }
export type SignedIn = { outcome: 'in'; token: string } | Refused

const strangers = { max: 100, windowMs: 3_600_000 }

/**
 * Checks a password. Five failed attempts lock the account for this address alone; strangers together get a hundred an hour, so an attack from
 * a thousand addresses neither succeeds nor shuts out the owner, whose own addresses are known. A known and an unknown e-mail cost the same statements and
 * the same work.
 */
const checkPassword = async (
  { db, accessKeys: [accessKey], settings }: SignInDeps,
  { email: written, password, address, requestId, now }: Attempt,
): Promise<Refused | (RightAttempt & { outcome: 'right'; origin: Origin })> => {
  refuseIfBusy()
  const email = foldEmail(written)
  const addressHash = hashSubject(accessKey, { kind: 'address', text: address })
  const pairHash = hashSubject(accessKey, { kind: 'pair', text: `${email}\n${address}` })
  const accountHash = hashSubject(accessKey, { kind: 'account', text: email })
  const pair = { max: settings.attemptsMax, windowMs: settings.lockMs }
  const since = ({ max, windowMs }: typeof pair) => ({ max, countFrom: new Date(now.getTime() - windowMs) })
  const subjects = { email, pairHash, accountHash, addressHash }
  const counting = { now, pair: since(pair), strangers: since(strangers) }
  const attempt = await takeSignInAttempt(db.sql, { ...subjects, ...counting })
  if (!attempt.isAllowed) {
    const { isPairAllowed, pairLastAt, strangersLastAt } = attempt
    const lastAt = (isPairAllowed ? strangersLastAt : pairLastAt) ?? now
    const { windowMs } = isPairAllowed ? strangers : pair
    return { outcome: 'locked', until: new Date(lastAt.getTime() + windowMs) }
  }
  const { userId, passwordHash, isStranger } = attempt
  const isRight = await isPassword(password, passwordHash)
  const origin = { addressHmac: addressHash, requestId }
  if (isRight && userId !== null && passwordHash !== null)
    return { outcome: 'right', userId, passwordHash, pairHash, accountHash, addressHash, isStranger, origin }
  await recordAct(db.sql, {
    ...{ act: 'session.refused', actor: { kind: 'anonymous', origin }, organizationId: null, result: 'refused', now },
    object: userId === null ? `account:${accountHash.slice(0, 16)}` : `user:${userId}`,
  })
  return { outcome: 'wrong' }
}

/** Signs in with e-mail address and password; the session that the browser had before ends. */
export const signIn = async (deps: SignInDeps, { replaces, ...attempt }: SignIn): Promise<SignedIn> => {
  const checked = await checkPassword(deps, attempt)
  if (checked.outcome !== 'right') return checked
  const { now } = attempt
  const token = newSessionToken(deps.accessKeys[0])
  const session = await deps.db.transaction(async (tx) => {
    await noteSignIn(tx, { ...checked, now })
    const tokenHash = hashSessionToken(token)
    const started = await insertSession(tx, {
      ...{ ...checked, tokenHash, now },
      replaces: replaces && hashSessionToken(replaces),
    })
    if (started)
      await recordAct(tx, {
        ...ofUser(checked),
        act: 'session.started',
        organizationId: started.organizationId,
        object: `session:${started.id}`,
        now,
      })
    return started
  })
  return session ? { outcome: 'in', token } : { outcome: 'wrong' }
}

const ofUser = ({ userId: id, origin }: { userId: string; origin: Origin }) => ({
  actor: { kind: 'user', id, origin } as const,
})

type PasswordChange = Attempt & { chosen: string; exceptSession: string; organizationId: string | null }

/**
 * Changes one's own password, with the one that was, and ends all other sessions. Rejects with a refusal when the new one is weak. One that was changed by
 * someone else meanwhile stays as they changed it.
 */
export const changePassword = async (
  deps: SignInDeps,
  { chosen, exceptSession, organizationId, ...attempt }: PasswordChange,
): Promise<{ outcome: 'changed' } | Refused> => {
  refuseWeak(chosen, attempt.email)
  const checked = await checkPassword(deps, attempt)
  if (checked.outcome !== 'right') return checked
  const passwordHash = await hashPassword(chosen)
  const isChanged = await withUser({ ...deps, email: attempt.email }, async (tx, user) => {
    if (user.passwordHash !== checked.passwordHash || user.disabledAt) return false
    await saveUser(tx, { id: user.id, passwordHash })
    await noteSignIn(tx, { ...checked, now: attempt.now })
    await endSessions(tx, { userId: user.id, except: exceptSession })
    await recordAct(tx, {
      ...ofUser(checked),
      act: 'user.password_changed',
      organizationId,
      object: `user:${user.id}`,
      now: attempt.now,
    })
    return true
  })
  return isChanged ? { outcome: 'changed' } : { outcome: 'wrong' }
}

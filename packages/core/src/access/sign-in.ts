import type { Config } from '@jejak/config'
import {
  type Db,
  findTotp,
  giveAttemptBack,
  insertSession,
  lockUser,
  noteSignIn,
  type RightAttempt,
  type Sql,
  type Tx,
  takeSignInAttempt,
  takeTurn,
  touchAttempts,
  type UserRow,
} from '@jejak/db'
import type { Origin } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import type { Keys } from '../secrets/derive-key.ts'
import type { Sealer } from '../secrets/sealed-secret.ts'
import { hashSessionToken, hashSubject, newSessionToken } from './keys.ts'
import { hasPlace, isPassword, takePlace, tooBusy } from './passwords.ts'
import { type FittingCode, readCode, takeCode } from './totp.ts'
import { foldEmail } from './users.ts'

export type AccessSettings = Config['access']

export type SignInDeps = {
  db: Pick<Db, 'sql' | 'transaction'>
  /** The first one hashes and signs; session tokens of all are accepted. */
  accessKeys: Keys
  totpSealer: Sealer
  settings: Pick<AccessSettings, 'attemptsMax' | 'lockMs'>
}

/** `address`: what counts as one address (see `addressBlock`). `code`: of the authenticator, or a recovery code, where the user has those. */
export type Attempt = {
  email: string
  password: string
  code?: string | undefined
  address: string
  requestId: string
  now: Date
}
/** `replaces`: the session token that the browser sent along. */
export type SignIn = Attempt & { replaces: string | null }

/** `wrong` says nothing of whether the e-mail address is known; after a right password a code may be missing, or wrong; `locked` ends at `until`. */
export type Refused = { outcome: 'wrong' | 'code_missing' | 'code_wrong' } | { outcome: 'locked'; until: Date }
export type SignedIn = { outcome: 'in'; token: string } | Refused
export type Proof = RightAttempt & { code: FittingCode | null; turnsHash: string; origin: Origin }

const strangers = { max: 100, windowMs: 3_600_000 }
const turns = { max: 100, windowMs: 3_600_000 }
const sessionsMax = 100

type RefusedUser = { userId: string; origin: Origin; now: Date }

/** Enters in the audit log that someone was not let in as a user, and answers why. */
const refuse = async <Outcome extends 'wrong' | 'code_missing' | 'code_wrong'>(
  sql: Sql,
  { userId, origin, now, outcome }: RefusedUser & { outcome: Outcome },
): Promise<{ outcome: Outcome }> => {
  const actor = { kind: 'anonymous', origin } as const
  const told = { object: `user:${userId}`, result: 'refused' } as const
  await recordAct(sql, { act: 'session.refused', actor, organizationId: null, ...told, now })
  return { outcome }
}

/**
 * Has someone prove that they are a user, by password and, where the user has that, by a code. Five failed attempts lock the account for this
 * address alone; strangers together get a hundred an hour, so an attack from a thousand addresses neither succeeds nor shuts out the owner, whose own
 * addresses are known. A known and an unknown e-mail cost the same statements and the same work. `acceptProof` comes after it.
 */
export const prove = async (
  { db, accessKeys, totpSealer, settings }: SignInDeps,
  { email: written, password, code, address, requestId, now }: Attempt,
): Promise<Refused | (Proof & { outcome: 'right' })> => {
  // A look before anything is counted; the place itself is taken once it is known whose address this is.
  if (!hasPlace({ address, isStranger: false })) throw tooBusy()
  const email = foldEmail(written)
  const [accessKey] = accessKeys
  // An address that was noted under the key before is still one of the account's.
  const addressHashes = accessKeys.map((key) => hashSubject(key, { kind: 'address', text: address }))
  const addressHash = addressHashes[0]!
  const pairHash = hashSubject(accessKey, { kind: 'pair', text: `${email}\n${address}` })
  const turnsHash = hashSubject(accessKey, { kind: 'turns', text: `${email}\n${address}` })
  const accountHash = hashSubject(accessKey, { kind: 'account', text: email })
  const pair = { max: settings.attemptsMax, windowMs: settings.lockMs }
  const since = ({ max, windowMs }: typeof pair) => ({ max, countFrom: new Date(now.getTime() - windowMs) })
  const subjects = { email, pairHash, accountHash, addressHashes }
  const counting = { now, pair: since(pair), strangers: since(strangers) }
  const attempt = await takeSignInAttempt(db.sql, { ...subjects, ...counting })
  if (!attempt.isAllowed) {
    const { isPairAllowed, pairLastAt, strangersLastAt } = attempt
    const lastAt = (isPairAllowed ? strangersLastAt : pairLastAt) ?? now
    const { windowMs } = isPairAllowed ? strangers : pair
    return { outcome: 'locked', until: new Date(lastAt.getTime() + windowMs) }
  }
  const { userId, passwordHash, isStranger, sealedTotp } = attempt
  const leave = takePlace({ address, isStranger })
  if (!leave) {
    await giveAttemptBack(db.sql, { pairHash, accountHash, isStranger })
    throw tooBusy()
  }
  const isRight = await isPassword(password, passwordHash).finally(leave)
  const origin = { addressHmac: addressHash, requestId }
  if (userId === null || passwordHash === null) {
    // Strangers fill no audit log: the security log has a line. This takes as long as an entry, so that time does not tell them from users.
    await touchAttempts(db.sql, { subjectHash: pairHash, now })
    return { outcome: 'wrong' }
  }
  if (!isRight) return refuse(db.sql, { userId, origin, now, outcome: 'wrong' })
  const hashes = { passwordHash, pairHash, accountHash, addressHash }
  const right = { outcome: 'right', userId, ...hashes, turnsHash, isStranger, origin } as const
  if (sealedTotp === null) return { ...right, code: null }
  if (code === undefined) {
    // One attempt and no more: a right password alone clears no count of wrong codes.
    await giveAttemptBack(db.sql, right)
    return { outcome: 'code_missing' }
  }
  const fitting = readCode(() => totpSealer.open(sealedTotp), { code, now })
  return fitting ? { ...right, code: fitting } : refuse(db.sql, { userId, origin, now, outcome: 'code_wrong' })
}

/** Whether the account that was proven is still that of the proof. */
export const isStillProven = (user: UserRow | undefined, { passwordHash }: Proof): boolean =>
  user !== undefined && !user.disabledAt && user.passwordHash === passwordHash

/**
 * Uses up the code of a proof and forgets the failures before it. Answers why not when the account has changed since it was proven, the code has just
 * been used, or there were a hundred proofs from this address in an hour. The user's row is locked from here on.
 */
export const acceptProof = async (tx: Tx, { proof, now }: { proof: Proof; now: Date }): Promise<Refused | null> => {
  const { userId, code, turnsHash } = proof
  const user = await lockUser(tx, { userId })
  if (!isStillProven(user, proof)) return refuse(tx, { ...proof, now, outcome: 'wrong' })
  if (code === null && (await findTotp(tx, userId))?.confirmedAt) return { outcome: 'code_missing' }
  if (code && !(await takeCode(tx, { userId, code, now }))) return refuse(tx, { ...proof, now, outcome: 'code_wrong' })
  const { max, windowMs } = turns
  const countFrom = new Date(now.getTime() - windowMs)
  if (!(await takeTurn(tx, { subjectHash: turnsHash, max, now, countFrom })))
    return { outcome: 'locked', until: new Date(now.getTime() + windowMs) }
  await noteSignIn(tx, { ...proof, now })
  return null
}

/** Signs in with e-mail address and password; the session that the browser had before ends, and so does the oldest of more than a hundred. */
export const signIn = async (deps: SignInDeps, { replaces, ...attempt }: SignIn): Promise<SignedIn> => {
  const proof = await prove(deps, attempt)
  if (proof.outcome !== 'right') return proof
  const { now } = attempt
  const token = newSessionToken(deps.accessKeys[0])
  const tokenHash = hashSessionToken(token)
  return deps.db.transaction(async (tx): Promise<SignedIn> => {
    const refused = await acceptProof(tx, { proof, now })
    if (refused) return refused
    const replaced = replaces && hashSessionToken(replaces)
    const session = await insertSession(tx, { ...proof, tokenHash, now, replaces: replaced, max: sessionsMax })
    const { userId, origin } = proof
    const actor = { kind: 'user', id: userId, origin } as const
    const { organizationId, id } = session
    await recordAct(tx, { act: 'session.started', actor, organizationId, object: `session:${id}`, now })
    return { outcome: 'in', token }
  })
}

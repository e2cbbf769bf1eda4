import type { Config } from '@jejak/config'
import {
  type Db,
  giveAttemptBack,
  insertSession,
  noteSignIn,
  type RightAttempt,
  type Tx,
  takeSignInAttempt,
} from '@jejak/db'
import type { Origin } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import type { Keys } from '../secrets/derive-key.ts'
import type { Sealer } from '../secrets/sealed-secret.ts'
import { hashSessionToken, hashSubject, newSessionToken } from './keys.ts'
import { isPassword, refuseIfBusy } from './passwords.ts'
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
export type Proof = RightAttempt & { code: FittingCode | null; origin: Origin }

const strangers = { max: 100, windowMs: 3_600_000 }

/**
 * Has someone prove that they are a user, by password and, where the user has that, by a code. Five failed attempts lock the account for this
 * address alone; strangers together get a hundred an hour, so an attack from a thousand addresses neither succeeds nor shuts out the owner, whose own
 * addresses are known. A known and an unknown e-mail cost the same statements and the same work. `acceptProof` comes after it.
 */
export const prove = async (
  { db, accessKeys: [accessKey], totpSealer, settings }: SignInDeps,
  { email: written, password, code, address, requestId, now }: Attempt,
): Promise<Refused | (Proof & { outcome: 'right' })> => {
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
  const { userId, passwordHash, isStranger, sealedTotp } = attempt
  const isRight = await isPassword(password, passwordHash)
  const origin = { addressHmac: addressHash, requestId }
  const refuse = async <Outcome>(outcome: Outcome): Promise<{ outcome: Outcome }> => {
    await recordAct(db.sql, {
      ...{ act: 'session.refused', actor: { kind: 'anonymous', origin }, organizationId: null, result: 'refused', now },
      object: userId === null ? `account:${accountHash.slice(0, 16)}` : `user:${userId}`,
    })
    return { outcome }
  }
  if (!isRight || userId === null || passwordHash === null) return refuse('wrong' as const)
  const hashes = { passwordHash, pairHash, accountHash, addressHash }
  const right = { outcome: 'right', userId, ...hashes, isStranger, origin } as const
  if (sealedTotp === null) return { ...right, code: null }
  if (code === undefined) {
    // One attempt and no more: a right password alone clears no count of wrong codes.
    await giveAttemptBack(db.sql, right)
    return { outcome: 'code_missing' }
  }
  const fitting = readCode(totpSealer.open(sealedTotp), { code, now })
  return fitting ? { ...right, code: fitting } : refuse('code_wrong' as const)
}

/** Uses up the code of a proof and forgets the failures before it; false, and nothing is done, when the code has just been used. */
export const acceptProof = async (tx: Tx, { proof, now }: { proof: Proof; now: Date }): Promise<boolean> => {
  const { userId, code } = proof
  if (code && !(await takeCode(tx, { userId, code, now }))) return false
  await noteSignIn(tx, { ...proof, now })
  return true
}

/** Signs in with e-mail address and password; the session that the browser had before ends. */
export const signIn = async (deps: SignInDeps, { replaces, ...attempt }: SignIn): Promise<SignedIn> => {
  const proof = await prove(deps, attempt)
  if (proof.outcome !== 'right') return proof
  const { now } = attempt
  const token = newSessionToken(deps.accessKeys[0])
  const tokenHash = hashSessionToken(token)
  return deps.db.transaction(async (tx): Promise<SignedIn> => {
    if (!(await acceptProof(tx, { proof, now }))) return { outcome: 'code_wrong' }
    const replaced = replaces && hashSessionToken(replaces)
    const session = await insertSession(tx, { ...proof, tokenHash, now, replaces: replaced })
    if (!session) return { outcome: 'wrong' }
    const { userId, origin } = proof
    const actor = { kind: 'user', id: userId, origin } as const
    const { organizationId, id } = session
    await recordAct(tx, { act: 'session.started', actor, organizationId, object: `session:${id}`, now })
    return { outcome: 'in', token }
  })
}

import type { Config } from '@jejak/config'
import { type Db, insertSession, noteSignIn, takeSignInAttempt } from '@jejak/db'
import { hashSessionToken, hashSubject, newSessionToken } from './keys.ts'
import { isPassword } from './passwords.ts'
import { foldEmail, setPassword } from './users.ts'

export type AccessSettings = Config['access']

export type SignInDeps = {
  db: Pick<Db, 'sql' | 'transaction'>
  accessKey: Buffer
  settings: Pick<AccessSettings, 'attemptsMax' | 'lockMs'>
}

/** `address`: what counts as one address (see `addressBlock`). */
type Attempt = { email: string; password: string; address: string; now: Date }
/** `replaces`: the session token that the browser sent along. */
export type SignIn = Attempt & { replaces: string | null }

/** `wrong` says nothing of whether the e-mail address is known; `locked` ends at `until` at the latest. */
type Refused = { outcome: 'wrong' } | { outcome: 'locked'; until: Date }
export type SignedIn = { outcome: 'in'; token: string } | Refused

const strangers = { max: 100, windowMs: 3_600_000 }

/**
 * Checks a password. Five failed attempts lock the account for this address alone; strangers together get a hundred an hour, so an attack from
 * a thousand addresses neither succeeds nor shuts out the owner, whose own addresses are known. A known and an unknown e-mail cost the same statements and
 * the same work.
 */
const checkPassword = async (
  { db, accessKey, settings }: SignInDeps,
  { email: written, password, address, now }: Attempt,
): Promise<Refused | { outcome: 'right'; userId: string; pairHash: string; addressHash: string }> => {
  const email = foldEmail(written)
  const addressHash = hashSubject(accessKey, { kind: 'address', text: address })
  const pairHash = hashSubject(accessKey, { kind: 'pair', text: `${email}\n${address}` })
  const attempt = await takeSignInAttempt(db.sql, {
    email,
    pairHash,
    accountHash: hashSubject(accessKey, { kind: 'account', text: email }),
    addressHash,
    now,
    pair: { max: settings.attemptsMax, countFrom: new Date(now.getTime() - settings.lockMs) },
    strangers: { max: strangers.max, countFrom: new Date(now.getTime() - strangers.windowMs) },
  })
  if (!attempt.isAllowed) return { outcome: 'locked', until: new Date(now.getTime() + settings.lockMs) }
  const isRight = await isPassword(password, attempt.passwordHash)
  const { userId } = attempt
  return isRight && userId !== null ? { outcome: 'right', userId, pairHash, addressHash } : { outcome: 'wrong' }
}

/** Signs in with e-mail address and password; the session that the browser had before ends. */
export const signIn = async (deps: SignInDeps, { replaces, ...attempt }: SignIn): Promise<SignedIn> => {
  const checked = await checkPassword(deps, attempt)
  if (checked.outcome !== 'right') return checked
  const { userId, pairHash, addressHash } = checked
  const { now } = attempt
  const token = newSessionToken()
  const session = await deps.db.transaction(async (tx) => {
    await noteSignIn(tx, { userId, pairHash, addressHash, now })
    const tokenHash = hashSessionToken(token)
    return insertSession(tx, { tokenHash, userId, addressHash, now, replaces: replaces && hashSessionToken(replaces) })
  })
  return session ? { outcome: 'in', token } : { outcome: 'wrong' }
}

type PasswordChange = {
  email: string
  current: string
  password: string
  address: string
  exceptSession: string
  now: Date
}

/** Changes one's own password and ends all other sessions. Rejects with a refusal when the new one is weak. */
export const changePassword = async (
  deps: SignInDeps,
  { email, current, password, address, exceptSession, now }: PasswordChange,
): Promise<{ outcome: 'changed' } | Refused> => {
  const checked = await checkPassword(deps, { email, password: current, address, now })
  if (checked.outcome !== 'right') return checked
  await setPassword(deps, { email, password, exceptSession })
  await deps.db.transaction((tx) => noteSignIn(tx, { ...checked, now }))
  return { outcome: 'changed' }
}

import {
  type Clock,
  confirmTotp,
  deleteResetLinks,
  deleteTotp,
  endSessions,
  findTotp,
  forgetAttempts,
  lockUser,
  saveEmail,
  saveRecoveryCodes,
  saveTotp,
  saveUser,
  takeTurn,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { conflict, Refusal } from '../errors.ts'
import { hashSubject } from './keys.ts'
import { hashPassword } from './passwords.ts'
import {
  type Attempt,
  acceptProof,
  isStillProven,
  type Proof,
  prove,
  type Refused,
  type SignInDeps,
} from './sign-in.ts'
import { hashRecoveryCode, newRecoveryCode, newTotpSecret, readCode, secretWaits, stepAt } from './totp.ts'
import { type Acting, foldEmail, recordOnUser, refuseWeak, type UserDeps, withUser } from './users.ts'

const recoveryCodes = 10

/** Who is signed in asks, and proves it by password and code once more. */
type OwnDeps = SignInDeps & { actor: Actor }
type InSession = Attempt & { organizationId: string | null }
type ActingUser = Acting & { userId: string; organizationId: string | null }

/**
 * Runs a change of the account that was proven. One whose password someone else changed meanwhile stays as it is. The proof counts as a right one
 * whatever becomes of the change: what is refused then is no guess.
 */
const asProven = async <Done>(
  { db, actor }: OwnDeps,
  { proof, now, organizationId, change }: InSession & { proof: Proof; change: (acting: ActingUser) => Promise<Done> },
): Promise<Done | Refused> => {
  const refused = await db.transaction((tx) => acceptProof(tx, { proof, now }))
  if (refused) return refused
  const { userId } = proof
  return withUser({ db, userId }, async (tx, user): Promise<Done | Refused> => {
    if (!isStillProven(user, proof)) return { outcome: 'wrong' }
    return change({ tx, actor, now, userId, organizationId })
  })
}

const tellOwn = (
  { userId, organizationId, ...acting }: ActingUser,
  told: {
    act: 'user.password_changed' | 'user.email_changed' | 'user.totp_enabled' | 'user.totp_disabled'
    result?: 'refused'
  },
): Promise<void> => recordOnUser(acting, { ...told, userId, organizationId })

/** Changes one's own password, with the one that was, and ends all other sessions. Rejects with a refusal when the new one is weak. */
export const changePassword = async (
  deps: OwnDeps,
  { chosen, sessionId, ...attempt }: InSession & { chosen: string; sessionId: string },
): Promise<{ outcome: 'changed' } | Refused> => {
  refuseWeak(chosen, attempt.email)
  const proof = await prove(deps, attempt)
  if (proof.outcome !== 'right') return proof
  const passwordHash = await hashPassword(chosen)
  return asProven(deps, {
    ...{ ...attempt, proof },
    change: async (acting) => {
      await saveUser(acting.tx, { id: acting.userId, passwordHash })
      await endSessions(acting.tx, { userId: acting.userId, except: sessionId })
      await deleteResetLinks(acting.tx, acting.userId)
      await tellOwn(acting, { act: 'user.password_changed' })
      return { outcome: 'changed' } as const
    },
  })
}

/** Changes one's own e-mail address and ends all other sessions. Rejects with a refusal when another user has it, or someone is invited with it. */
export const changeEmail = async (
  deps: OwnDeps,
  { chosen, sessionId, ...attempt }: InSession & { chosen: string; sessionId: string },
): Promise<{ outcome: 'changed' } | Refused> => {
  const proof = await prove(deps, attempt)
  if (proof.outcome !== 'right') return proof
  return asProven(deps, {
    ...{ ...attempt, proof },
    change: async (acting) => {
      const { tx, userId, now } = acting
      if (!(await saveEmail(tx, { userId, email: foldEmail(chosen), now })))
        throw conflict('A user has this e-mail address already, or someone is invited with it.')
      await endSessions(tx, { userId, except: sessionId })
      await deleteResetLinks(tx, userId)
      await tellOwn(acting, { act: 'user.email_changed' })
      return { outcome: 'changed' } as const
    },
  })
}

/** Begins with codes: answers a secret for the authenticator. No code is asked for until a first one has come. */
export const beginTotp = async (
  deps: OwnDeps,
  attempt: InSession,
): Promise<{ outcome: 'begun'; secret: string; uri: string } | Refused> => {
  const proof = await prove(deps, attempt)
  if (proof.outcome !== 'right') return proof
  const made = newTotpSecret(foldEmail(attempt.email))
  return asProven(deps, {
    ...{ ...attempt, proof },
    change: async ({ tx, userId, now }) => {
      const sealedSecret = deps.totpSealer.seal(made.secret)
      if (!(await saveTotp(tx, { userId, sealedSecret, madeIn: stepAt(now) }))) throw isOnAlready()
      return { outcome: 'begun', ...made } as const
    },
  })
}

const isOnAlready = () => conflict('You already have an authenticator. Switch it off first to use another one.')

/** Has codes asked for from now on, once a first one is right; ends all other sessions and answers the recovery codes, once. */
export const confirmTotpCode = async (
  { db, clock, accessKeys, totpSealer, settings, actor }: OwnDeps & { clock: Clock },
  {
    userId,
    organizationId,
    code,
    sessionId,
  }: Record<'userId' | 'code' | 'sessionId', string> & { organizationId: string | null },
): Promise<string[]> => {
  const now = await clock(db.sql)
  const begun = await findTotp(db.sql, userId)
  if (begun?.confirmedAt) throw isOnAlready()
  if (!begun || begun.lastStep < stepAt(now) - secretWaits) throw conflict('Ask for a secret first.')
  const { sealedSecret } = begun
  const acting = { actor, now, userId, organizationId }
  const turns = {
    subjectHash: hashSubject(accessKeys[0], { kind: 'turns', text: `first code of ${userId}` }),
    ...{ max: settings.attemptsMax, now, countFrom: new Date(now.getTime() - settings.lockMs) },
  }
  if (!(await takeTurn(db.sql, turns)))
    throw new Refusal('rate_limited', 'Too many wrong codes. Try again in a few minutes.')
  const fits = readCode(() => totpSealer.open(sealedSecret), { code, now })
  if (!fits || !('step' in fits)) {
    await db.transaction((tx) => tellOwn({ ...acting, tx }, { act: 'user.totp_enabled', result: 'refused' }))
    throw new Refusal(
      'validation',
      'This is not the code that the authenticator shows now. Check the clock of its device.',
    )
  }
  const codes = Array.from({ length: recoveryCodes }, newRecoveryCode)
  await db.transaction(async (tx) => {
    await lockUser(tx, { userId })
    if (!(await confirmTotp(tx, { userId, sealedSecret, step: fits.step, now }))) throw isOnAlready()
    await saveRecoveryCodes(tx, { userId, hashes: codes.map(hashRecoveryCode) })
    await endSessions(tx, { userId, except: sessionId })
    await forgetAttempts(tx, turns.subjectHash)
    await tellOwn({ ...acting, tx }, { act: 'user.totp_enabled' })
  })
  return codes
}

const endTotp = async (acting: ActingUser): Promise<void> => {
  if (!(await deleteTotp(acting.tx, acting.userId))) throw conflict('This user does not sign in with codes.')
  await tellOwn(acting, { act: 'user.totp_disabled' })
}

/** Signs in by password alone from now on; needs a code once more. */
export const switchTotpOff = async (deps: OwnDeps, attempt: InSession): Promise<{ outcome: 'off' } | Refused> => {
  const proof = await prove(deps, attempt)
  if (proof.outcome !== 'right') return proof
  return asProven(deps, {
    ...{ ...attempt, proof },
    change: async (acting) => {
      await endTotp(acting)
      return { outcome: 'off' } as const
    },
  })
}

/** Has a user asked for no codes any more: for one who has lost the authenticator and the recovery codes. */
export const forceTotpOff = ({ db, clock, actor }: UserDeps, { email }: { email: string }): Promise<void> =>
  withUser({ db, email }, async (tx, { id: userId }) =>
    endTotp({ tx, actor, now: await clock(tx), userId, organizationId: null }),
  )

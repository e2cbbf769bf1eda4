import { type Clock, type Db, endSessions, findSession, listSessions, moveSession, type SessionRow } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { notFound } from '../errors.ts'
import type { Keys } from '../secrets/derive-key.ts'
import { hashSessionToken, newSessionToken } from './keys.ts'
import type { AccessSettings } from './sign-in.ts'

type SessionDeps = { db: Pick<Db, 'sql'>; settings: Pick<AccessSettings, 'sessionIdleMs' | 'sessionMaxMs'> }

const noteEveryMs = 60_000

const aliveFrom = ({ sessionIdleMs, sessionMaxMs }: SessionDeps['settings'], now: Date) => ({
  seenAfter: new Date(now.getTime() - sessionIdleMs),
  createdAfter: new Date(now.getTime() - sessionMaxMs),
})

/** Who a session token stands for at this moment; undefined when it has ended, by time, by its user or by an operator. */
export const readSession = (
  { db, settings }: SessionDeps,
  { token, now }: { token: string; now: Date },
): Promise<SessionRow | undefined> =>
  findSession(db.sql, {
    tokenHash: hashSessionToken(token),
    now,
    ...aliveFrom(settings, now),
    noteBefore: new Date(now.getTime() - Math.min(noteEveryMs, settings.sessionIdleMs / 4)),
  })

/** A user's own sessions, as far as they are alive. */
export const sessionsOf = ({ db, settings }: SessionDeps, { userId, now }: { userId: string; now: Date }) =>
  listSessions(db.sql, { userId, ...aliveFrom(settings, now) })

/** Has a session act for another shop of its user; answers its new token, the old one is over. */
export const switchShop = async (
  { db, clock, accessKeys }: { db: Pick<Db, 'transaction'>; clock: Clock; accessKeys: Keys },
  { actor, token, shop }: { actor: Actor; token: string; shop: string },
): Promise<string> => {
  const next = newSessionToken(accessKeys[0])
  const hashes = { tokenHash: hashSessionToken(token), newTokenHash: hashSessionToken(next) }
  await db.transaction(async (tx) => {
    const moved = await moveSession(tx, { ...hashes, shop })
    if (!moved) throw notFound('You do not belong to a shop with this slug.')
    const { id, organizationId } = moved
    const act = { act: 'session.moved', actor, organizationId, object: `session:${id}` } as const
    await recordAct(tx, { ...act, now: await clock(tx) })
  })
  return next
}

type Ending = { actor: Actor; organizationId: string | null; userId: string; only?: string; except?: string }

/** Ends sessions of a user: one, all but one, or all. Returns how many. */
export const endSessionsOf = (
  { db, clock }: { db: Pick<Db, 'transaction'>; clock: Clock },
  { actor, organizationId, ...which }: Ending,
): Promise<number> =>
  db.transaction(async (tx) => {
    const ended = await endSessions(tx, which)
    const object = which.only ? `session:${which.only}` : `user:${which.userId}`
    const act = { act: 'session.ended', actor, organizationId, object, detail: `sessions: ${ended}` } as const
    if (ended > 0) await recordAct(tx, { ...act, now: await clock(tx) })
    return ended
  })

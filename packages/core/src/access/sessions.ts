import { type Db, findSession, listSessions, moveSession, type SessionRow } from '@jejak/db'
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
  { db, accessKeys }: { db: Pick<Db, 'sql'>; accessKeys: Keys },
  { token, shop }: { token: string; shop: string },
): Promise<string> => {
  const next = newSessionToken(accessKeys[0])
  const hashes = { tokenHash: hashSessionToken(token), newTokenHash: hashSessionToken(next) }
  if (!(await moveSession(db.sql, { ...hashes, shop }))) throw notFound('You do not belong to a shop with this slug.')
  return next
}

import { type Db, findSession, listSessions, type SessionRow } from '@jejak/db'
import { hashSessionToken } from './keys.ts'
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

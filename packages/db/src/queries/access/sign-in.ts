import { row, rows, run, type Sql, type Tx } from '../../sql.ts'
import type { ShopRole } from './users.ts'

/** What is known of an e-mail address when someone tries to sign in with it; nothing of it may be told to whoever tries. */
export type SignInAttempt = {
  /** Whether this attempt may be checked: neither this address nor all strangers together have used up theirs. */
  isAllowed: boolean
  /** When the latest attempt of the pair, and of strangers, was taken before this one; null for none. */
  pairLastAt: Date | null
  strangersLastAt: Date | null
  /** Whether the pair has attempts left, so that a refusal is about strangers. */
  isPairAllowed: boolean
  isStranger: boolean
  userId: string | null
  passwordHash: string | null
  /** The secret of the authenticator, if codes are asked for. */
  sealedTotp: string | null
}

// Over, too, is what a wrong clock wrote that was ahead of the time.
const isOver = (from: string) => `(known.last_at <= ${from} or known.last_at > $5::timestamptz + interval '1 minute')`
const count = (place: { subject: string; max: string; from: string; where?: string }) => `
    insert into sign_in_attempts as known (subject_hmac, attempts, last_at) select ${place.subject}, 1, $5 ${place.where ?? ''}
    on conflict (subject_hmac) do update
       set attempts = case when ${isOver(place.from)} then 1 else known.attempts + 1 end, last_at = $5
     where known.attempts < ${place.max} or ${isOver(place.from)}
    returning 1`

// One statement for known and unknown e-mails. An attempt is taken before the password is looked at, so that many at once count exactly, in all
// processes; the count starts again when none was taken for as long as the lock. A refused attempt prolongs nothing.
const takeAttemptSql = `
  with person as (
    select id, password_hash, t.sealed_secret,
           exists (select from user_addresses a where a.user_id = users.id and a.address_hmac = any ($4::text[])) as is_known_here
      from users left join user_totp t on t.user_id = users.id and t.confirmed_at is not null
     where email = $1 and disabled_at is null
  ), pair as (${count({ subject: '$2', max: '$6::int', from: '$7::timestamptz' })}
  ), stranger as (${count({
    subject: '$3',
    max: '$8::int',
    from: '$9::timestamptz',
    where: 'where exists (select from pair) and not coalesce((select is_known_here from person), false)',
  })}
  )
  select exists (select from pair) and (coalesce(person.is_known_here, false) or exists (select from stranger)) as "isAllowed",
         exists (select from pair) as "isPairAllowed", not coalesce(person.is_known_here, false) as "isStranger",
         (select last_at from sign_in_attempts where subject_hmac = $2) as "pairLastAt",
         (select last_at from sign_in_attempts where subject_hmac = $3) as "strangersLastAt",
         person.id as "userId", person.password_hash as "passwordHash", person.sealed_secret as "sealedTotp"
    from (select) as nothing left join person on true`

/** Takes one attempt to sign in and finds the account, if there is one. Hashes name the pair of account and address, the account, and, under each key, the address. */
export const takeSignInAttempt = async (
  sql: Sql,
  args: {
    email: string
    pairHash: string
    accountHash: string
    addressHashes: readonly string[]
    now: Date
    pair: { max: number; countFrom: Date }
    strangers: { max: number; countFrom: Date }
  },
): Promise<SignInAttempt> =>
  (await row<SignInAttempt>(sql, {
    name: 'take-sign-in-attempt',
    text: takeAttemptSql,
    values: [
      args.email,
      args.pairHash,
      args.accountHash,
      args.addressHashes,
      args.now,
      args.pair.max,
      args.pair.countFrom,
      args.strangers.max,
      args.strangers.countFrom,
    ],
  }))!

/** An attempt whose password was right, with the hash that it was checked against. */
export type RightAttempt = {
  userId: string
  passwordHash: string
  pairHash: string
  accountHash: string
  addressHash: string
  isStranger: boolean
}

/** Forgets the attempts of a pair that has signed in, takes a stranger's back, and remembers the address as one of the account's. */
export const noteSignIn = (
  tx: Tx,
  { userId, pairHash, accountHash, addressHash, isStranger, now }: RightAttempt & { now: Date },
) =>
  run(tx, {
    text: `with gone as (delete from sign_in_attempts where subject_hmac = $1),
     back as (update sign_in_attempts set attempts = attempts - 1 where subject_hmac = $5 and attempts > 0 and $6)
     insert into user_addresses (user_id, address_hmac, last_at) values ($2, $3, $4)
     on conflict (user_id, address_hmac) do update set last_at = $4`,
    values: [pairHash, userId, addressHash, now, accountHash, isStranger],
  })

/** Takes one attempt back, of the pair and, if it was a stranger's, of strangers. */
export const giveAttemptBack = (
  sql: Sql,
  { pairHash, accountHash, isStranger }: Pick<RightAttempt, 'pairHash' | 'accountHash' | 'isStranger'>,
) =>
  run(sql, {
    text: `update sign_in_attempts set attempts = attempts - 1
            where attempts > 0 and (subject_hmac = $1 or (subject_hmac = $2 and $3))`,
    values: [pairHash, accountHash, isStranger],
  })

/** Takes one of the turns that there are in a time, which begins with the first of them; false when none is left. */
export const takeTurn = async (
  sql: Sql,
  args: { subjectHash: string; now: Date; max: number; countFrom: Date },
): Promise<boolean> =>
  (await run(sql, {
    text: `insert into sign_in_attempts as known (subject_hmac, attempts, last_at) values ($1, 1, $2)
           on conflict (subject_hmac) do update
              set attempts = case when known.last_at <= $3 then 1 else known.attempts + 1 end,
                  last_at = case when known.last_at <= $3 then $2 else known.last_at end
            where known.attempts < $4 or known.last_at <= $3`,
    values: [args.subjectHash, args.now, args.countFrom, args.max],
  })) === 1

/** Writes what is there already. */
export const touchAttempts = (sql: Sql, { subjectHash, now }: { subjectHash: string; now: Date }) =>
  run(sql, { text: 'update sign_in_attempts set last_at = $2 where subject_hmac = $1', values: [subjectHash, now] })

/** Forgets the failures of an account or a pair. */
export const forgetAttempts = (sql: Sql, subjectHash: string) =>
  run(sql, { text: 'delete from sign_in_attempts where subject_hmac = $1', values: [subjectHash] })

export type NewSession = Pick<RightAttempt, 'userId' | 'addressHash'> & {
  tokenHash: string
  now: Date
  /** The session that the same browser had; it ends. */
  replaces: string | null
  /** So many sessions a user has at most: those that were used least lately end. */
  max: number
}

/** Starts a session of a user, whose row is locked. It acts for their first shop. */
export const insertSession = async (tx: Tx, { tokenHash, userId, addressHash, now, replaces, max }: NewSession) =>
  (await row<{ id: string; organizationId: string | null }>(tx, {
    text: `with gone as (
       delete from sessions where token_hash = $5
          or id in (select id from sessions where user_id = $2 order by seen_at desc, id desc offset $6 - 1)
     )
     insert into sessions (token_hash, user_id, organization_id, address_hmac, created_at, seen_at)
     values ($1, $2, (select organization_id from memberships where user_id = $2 order by created_at, organization_id limit 1), $3, $4, $4)
     returning id, organization_id as "organizationId"`,
    values: [tokenHash, userId, addressHash, now, replaces, max],
  }))!

export type SessionRow = {
  id: string
  userId: string
  email: string
  name: string
  isOperator: boolean
  /** Of the shop that the session acts for; null for none, also when the user has left it. */
  organizationId: string | null
  shop: string | null
  role: ShopRole | null
  createdAt: Date
}

const findSessionSql = `
  with session as (
    select s.id, s.user_id, s.organization_id, s.created_at, s.seen_at, u.email, u.name, u.is_operator
      from sessions s join users u on u.id = s.user_id
     where s.token_hash = $1 and s.seen_at > $3 and s.created_at > $4 and s.created_at <= $2::timestamptz + interval '1 minute' and u.disabled_at is null
  ), seen as (
    update sessions set seen_at = $2 from session
     where sessions.id = session.id and session.seen_at < $5
  )
  select session.id, session.user_id as "userId", session.email, session.name, session.is_operator as "isOperator",
         m.organization_id as "organizationId", o.slug as shop, m.role, session.created_at as "createdAt"
    from session
    left join memberships m on m.user_id = session.user_id and m.organization_id = session.organization_id
    left join organizations o on o.id = m.organization_id`

/** The session of a token that is neither idle nor too old, with the rights that its user has now; notes its use if that was last noted before `noteBefore`. */
export const findSession = (
  sql: Sql,
  args: { tokenHash: string; now: Date; seenAfter: Date; createdAfter: Date; noteBefore: Date },
) =>
  row<SessionRow>(sql, {
    name: 'find-session',
    text: findSessionSql,
    values: [args.tokenHash, args.now, args.seenAfter, args.createdAfter, args.noteBefore],
  })

/** Has a session act for another shop of its user, under another token; undefined when they do not belong to that shop. */
export const moveSession = (sql: Sql, args: { tokenHash: string; newTokenHash: string; shop: string }) =>
  row<{ id: string; organizationId: string }>(sql, {
    text: `update sessions set token_hash = $2, organization_id = m.organization_id
       from memberships m join organizations o on o.id = m.organization_id
      where token_hash = $1 and m.user_id = sessions.user_id and o.slug = $3
     returning sessions.id, sessions.organization_id as "organizationId"`,
    values: [args.tokenHash, args.newTokenHash, args.shop],
  })

/** The sessions of a user that are still alive, newest use first. */
export const listSessions = (sql: Sql, args: { userId: string; seenAfter: Date; createdAfter: Date }) =>
  rows<{ id: string; createdAt: Date; seenAt: Date }>(sql, {
    text: `select id, created_at as "createdAt", seen_at as "seenAt" from sessions
      where user_id = $1 and seen_at > $2 and created_at > $3 order by seen_at desc, id desc limit 100`,
    values: [args.userId, args.seenAfter, args.createdAfter],
  })

/** Ends sessions of a user: one, all but one, or all. Returns how many. */
export const endSessions = (
  sql: Sql,
  { userId, only = null, except = null }: { userId: string; only?: string | null; except?: string | null },
) =>
  run(sql, {
    text: 'delete from sessions where user_id = $1 and ($2::bigint is null or id = $2) and ($3::bigint is null or id <> $3)',
    values: [userId, only, except],
  })

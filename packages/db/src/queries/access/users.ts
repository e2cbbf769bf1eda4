import type { Db } from '../../connect.ts'
import { row, rows, run, type Sql, type Tx } from '../../sql.ts'

/** What a user may be in a shop. */
export const shopRoles = ['owner', 'admin', 'dispatcher', 'biller', 'support', 'viewer'] as const
export type ShopRole = (typeof shopRoles)[number]

/** Creates a user; undefined when the e-mail address has one. */
export const insertUser = (tx: Tx, args: { email: string; name: string; passwordHash: string; isOperator: boolean }) =>
  row<{ id: string }>(tx, {
    text: `insert into users (email, name, password_hash, is_operator) values ($1, $2, $3, $4) on conflict (email) do nothing returning id`,
    values: [args.email, args.name, args.passwordHash, args.isOperator],
  })

export type UserRow = {
  id: string
  isOperator: boolean
  disabledAt: Date | null
  passwordHash: string
}

type Wanted = { userId?: string; email?: string }

/** A user by id or e-mail address, locked until the end of the transaction. */
export const lockUser = (tx: Tx, { userId, email }: Wanted) =>
  row<UserRow>(tx, {
    text: `select id, is_operator as "isOperator", disabled_at as "disabledAt", password_hash as "passwordHash"
       from users where id = $1 or email = $2 for update`,
    values: [userId ?? null, email ?? null],
  })

/** How many users there are, disabled ones too. */
export const countUsers = async (sql: Sql): Promise<number> =>
  (await row<{ users: number }>(sql, 'select count(*)::int as users from users'))!.users

/** All users with the shops that they belong to, by e-mail address. */
export const listUsers = async (db: Pick<Db, 'prisma'>) =>
  (await db.prisma()).user.findMany({
    select: {
      id: true,
      email: true,
      name: true,
      isOperator: true,
      disabledAt: true,
      createdAt: true,
      memberships: { select: { role: true, organization: { select: { slug: true } } } },
      sessions: { select: { seenAt: true }, orderBy: { seenAt: 'desc' }, take: 1 },
    },
    orderBy: { email: 'asc' },
    take: 1000,
  })

/** Holds back everyone else who would take the last owner or operator away: two at once would each see the other. */
export const lockRights = (tx: Tx) => tx.query(`select pg_advisory_xact_lock(hashtext('jejak rights'))`)

/** Owners of a shop who can sign in, and operators who can, without this user. */
export const countOthersWithRights = async (
  tx: Tx,
  { userId, organizationId }: { userId: string; organizationId: string | null },
) =>
  (await row<{ owners: number; operators: number }>(tx, {
    text: `select (select count(*)::int from memberships m join users u on u.id = m.user_id
              where m.organization_id = $1 and m.role = 'owner' and u.disabled_at is null and u.id <> $2) as owners,
            (select count(*)::int from users where is_operator and disabled_at is null and id <> $2) as operators`,
    values: [organizationId, userId],
  }))!

/** The roles of a user, named by id or e-mail address, each in a shop, in the order in which they came to them. */
export const listMemberships = (sql: Sql, { userId, email }: Wanted) =>
  rows<{ organizationId: string; role: ShopRole }>(sql, {
    text: `select m.organization_id as "organizationId", m.role from memberships m join users u on u.id = m.user_id
            where u.id = $1 or u.email = $2 order by m.created_at, m.organization_id`,
    values: [userId ?? null, email ?? null],
  })

/** The shops that a user belongs to, in the order in which they came to them. */
export const listShopsOf = (sql: Sql, userId: string) =>
  rows<{ id: string; slug: string; name: string | null; role: ShopRole }>(sql, {
    text: `select o.id, o.slug, nullif(o.name, '') as name, m.role from memberships m join organizations o on o.id = m.organization_id
      where m.user_id = $1 order by m.created_at, m.organization_id limit 1000`,
    values: [userId],
  })

/** What a user is called, and whether they are an operator. */
export const findPerson = (sql: Sql, userId: string) =>
  row<{ name: string; email: string; isOperator: boolean }>(sql, {
    text: 'select name, email, is_operator as "isOperator" from users where id = $1',
    values: [userId],
  })

/** Members of a shop with one of these roles who can sign in, in the order of the roles. */
export const listMembersWith = (
  sql: Sql,
  { organizationId, roles, limit }: { organizationId: string; roles: readonly ShopRole[]; limit: number },
) =>
  rows<{ name: string; role: ShopRole }>(sql, {
    text: `select coalesce(nullif(u.name, ''), split_part(u.email, '@', 1)) as name, m.role from memberships m join users u on u.id = m.user_id
            where m.organization_id = $1 and m.role = any ($2) and u.disabled_at is null
            order by array_position($2::text[], m.role), u.name, u.id limit $3`,
    values: [organizationId, roles, limit],
  })

// What was meant for someone who was not there yet does not bring back who is, or was.
const endInvitations = `with gone as (delete from account_links
    where kind = 'invitation' and used_at is null and organization_id = $1 and email = (select email from users where id = $2))`

/** Gives a user a role in a shop, or takes it away (null); an invitation there that they have not used ends. */
export const saveMembership = (
  tx: Tx,
  { organizationId, userId, role }: { organizationId: string; userId: string; role: ShopRole | null },
) =>
  role === null
    ? run(tx, {
        text: `${endInvitations} delete from memberships where organization_id = $1 and user_id = $2`,
        values: [organizationId, userId],
      })
    : run(tx, {
        text: `${endInvitations} insert into memberships (organization_id, user_id, role) values ($1, $2, $3)
         on conflict (organization_id, user_id) do update set role = excluded.role`,
        values: [organizationId, userId, role],
      })

/** Changes a user; what is not named stays. */
export const saveUser = (
  tx: Tx,
  {
    id,
    passwordHash,
    isOperator,
    disabledAt,
  }: { id: string; passwordHash?: string; isOperator?: boolean; disabledAt?: Date | null },
) =>
  run(tx, {
    text: `update users set password_hash = coalesce($2, password_hash), is_operator = coalesce($3, is_operator),
            disabled_at = case when $4 then $5::timestamptz else disabled_at end
      where id = $1`,
    values: [id, passwordHash ?? null, isOperator ?? null, disabledAt !== undefined, disabledAt ?? null],
  })

/** Gives a user another e-mail address; false when another user has it, or an open invitation is for it. */
export const saveEmail = async (
  tx: Tx,
  { userId, email, now }: { userId: string; email: string; now: Date },
): Promise<boolean> =>
  (await run(tx, {
    text: `update users set email = $2 where id = $1 and not exists (select from users where email = $2 and id <> $1)
              and not exists (select from account_links where kind = 'invitation' and email = $2 and used_at is null and expires_at > $3)`,
    values: [userId, email, now],
  })) === 1

export type Member = {
  id: string
  email: string
  name: string
  role: ShopRole
  isDisabled: boolean
  totp: boolean
  /** In this shop, in a session that is not over. */
  lastSeenAt: Date | null
}

/** Who belongs to a shop, by e-mail address. */
export const listMembers = (sql: Sql, organizationId: string) =>
  rows<Member>(sql, {
    text: `select u.id, u.email, u.name, m.role, u.disabled_at is not null as "isDisabled",
                  exists (select from user_totp t where t.user_id = u.id and t.confirmed_at is not null) as totp,
                  (select max(s.seen_at) from sessions s where s.user_id = u.id and s.organization_id = $1) as "lastSeenAt"
             from memberships m join users u on u.id = m.user_id
            where m.organization_id = $1 order by u.email limit 1000`,
    values: [organizationId],
  })

import { row, rows, run, type Sql, type Tx } from '../../sql.ts'
import type { ShopRole } from './users.ts'

export type LinkKind = 'invitation' | 'reset' | 'setup'

/** What a link is about. An invitation's `userId` is that of the user who has its e-mail address, if there is one. */
export type LinkRow = {
  id: string
  kind: LinkKind
  userId: string | null
  email: string | null
  name: string | null
  organizationId: string | null
  shop: string | null
  shopName: string | null
  role: ShopRole | null
  expiresAt: Date
}

export type NewLink = {
  kind: LinkKind
  tokenHash: string
  userId?: string
  email?: string
  organizationId?: string
  role?: ShopRole
  now: Date
  expiresAt: Date
}

/** Stores a link; an earlier one for the same thing that no one has used is over. */
export const insertLink = async (tx: Tx, { kind, tokenHash, now, expiresAt, ...about }: NewLink): Promise<string> => {
  const { userId = null, email = null, organizationId = null, role = null } = about
  await run(tx, {
    text: `delete from account_links where kind = $1 and used_at is null and user_id is not distinct from $2 and email is not distinct from $3
              and organization_id is not distinct from $4`,
    values: [kind, userId, email, organizationId],
  })
  const { id } = (await row<{ id: string }>(tx, {
    text: `insert into account_links (kind, user_id, email, organization_id, role, token_hash, created_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    values: [kind, userId, email, organizationId, role, tokenHash, now, expiresAt],
  }))!
  return id
}

/** A link that is not used and not over, and not that of a disabled user. */
export const findLink = (sql: Sql, { tokenHash, now }: { tokenHash: string; now: Date }) =>
  row<LinkRow>(sql, {
    text: `select l.id, l.kind, u.id as "userId", coalesce(l.email, u.email) as email, u.name, l.organization_id as "organizationId",
                  o.slug as shop, nullif(o.name, '') as "shopName", l.role, l.expires_at as "expiresAt"
             from account_links l
             left join users u on u.id = l.user_id or u.email = l.email
             left join organizations o on o.id = l.organization_id
            where l.token_hash = $1 and l.used_at is null and l.expires_at > $2 and u.disabled_at is null`,
    values: [tokenHash, now],
  })

/** Uses a link up; false when someone else just has. */
export const takeLink = async (tx: Tx, { id, now }: { id: string; now: Date }): Promise<boolean> =>
  (await run(tx, {
    text: 'update account_links set used_at = $2 where id = $1 and used_at is null and expires_at > $2',
    values: [id, now],
  })) === 1

/** Ends the links with which a user would choose another password. */
export const deleteResetLinks = (tx: Tx, userId: string) =>
  run(tx, {
    text: `delete from account_links where user_id = $1 and kind = 'reset' and used_at is null`,
    values: [userId],
  })

export type Invitation = { id: string; email: string; role: ShopRole; expiresAt: Date }

/** The invitations to a shop that wait to be used. */
export const listInvitations = (sql: Sql, { organizationId, now }: { organizationId: string; now: Date }) =>
  rows<Invitation>(sql, {
    text: `select id, email, role, expires_at as "expiresAt" from account_links
            where organization_id = $1 and kind = 'invitation' and used_at is null and expires_at > $2 order by id limit 1000`,
    values: [organizationId, now],
  })

/** Takes an invitation to a shop back; undefined when it is not there, or used. */
export const deleteInvitation = (tx: Tx, { organizationId, id }: { organizationId: string; id: string }) =>
  row<{ id: string }>(tx, {
    text: `delete from account_links where organization_id = $1 and id = $2 and kind = 'invitation' and used_at is null returning id`,
    values: [organizationId, id],
  })

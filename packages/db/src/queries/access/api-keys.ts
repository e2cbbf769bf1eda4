import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '../../connect.ts'
import { row, rows, type Sql, type Tx } from '../../sql.ts'

/** What a key may do. `trackings:*` is a shop's back end, `shop:admin` its staff, `operator` whoever runs the installation. */
export const apiScopes = ['trackings:read', 'trackings:write', 'shop:admin', 'operator'] as const
export type ApiScope = (typeof apiScopes)[number]

export type ApiKeyIdentity = {
  id: string
  organizationId: string
  prefix: string
  scopes: ApiScope[]
  expiresAt: Date | null
  lastUsedAt: Date | null
}

/** Keys are random enough for a plain hash: no one guesses 256 bits. */
export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** How a key is named in logs and lists: its start, never the rest. */
export const apiKeyPrefix = (key: string): string => key.slice(0, 11)

/** A new key, shown once: `jejak_` and 256 random bits. */
export const newApiKey = (): string => `jejak_${randomBytes(32).toString('base64url')}`

/** Stores a key by its hash; storing the same key again renews its name and scopes. `isNew`: it was not active before. One statement, so that processes may start together. */
export const saveApiKey = async (
  sql: Sql,
  args: { key: string; organizationId: string; name: string; scopes: readonly ApiScope[]; expiresAt?: Date | null },
): Promise<{ id: string; isNew: boolean }> =>
  (await row<{ id: string; isNew: boolean }>(sql, {
    text: `with revoked as (select from api_keys where hash = $4 and revoked_at is not null)
     insert into api_keys as k (organization_id, name, prefix, hash, scopes, expires_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (hash) do update
        set name = excluded.name, expires_at = excluded.expires_at, revoked_at = null,
            -- Formerly: the release before knows this word only.
            scopes = excluded.scopes
                     || case when 'admin' = any (k.scopes) and 'shop:admin' = any (excluded.scopes) then '{admin}'::text[] else '{}' end
     returning id, xmax = 0 or exists (select from revoked) as "isNew"`,
    values: [
      args.organizationId,
      args.name,
      apiKeyPrefix(args.key),
      hashApiKey(args.key),
      args.scopes,
      args.expiresAt ?? null,
    ],
  }))!

// Formerly one word: a key that the release before made, or stored again, beside this one has only it. Read as shop_admin_and_operator reads it.
const scopesSql = `k.scopes || case when not '{admin}' <@ k.scopes or '{shop:admin}' <@ k.scopes then '{}'
         when exists (select from organizations o where o.id = k.organization_id and o.slug = 'default') then '{shop:admin,operator}'
         else '{shop:admin}' end::text[]`

/** The identity behind the hash of a key that is not revoked; whether it has expired is for the caller to see. */
export const findApiKey = (sql: Sql, hash: string) =>
  row<ApiKeyIdentity>(sql, {
    text: `select k.id, k.organization_id as "organizationId", k.prefix, ${scopesSql} as scopes, k.expires_at as "expiresAt",
            k.last_used_at as "lastUsedAt"
       from api_keys k where k.hash = $1 and k.revoked_at is null`,
    values: [hash],
  })

/** What a key of a shop is called, and how its shop is. */
export const findKeyName = (sql: Sql, { id, organizationId }: { id: string; organizationId: string }) =>
  row<{ name: string; slug: string; shopName: string | null }>(sql, {
    text: `select k.name, o.slug, nullif(o.name, '') as "shopName" from api_keys k join organizations o on o.id = k.organization_id
            where k.organization_id = $1 and k.id = $2`,
    values: [organizationId, id],
  })

/** Notes that a key was used. */
export const touchApiKey = (sql: Sql, { id, now }: { id: string; now: Date }) =>
  sql.query('update api_keys set last_used_at = $2 where id = $1', [id, now])

/** All keys, newest first, without their hashes. */
export const listApiKeys = async (db: Pick<Db, 'prisma'>) =>
  (await db.prisma()).apiKey.findMany({ omit: { hash: true }, orderBy: { id: 'desc' }, take: 1000 })

/** Revokes a key; the shop that it was of, undefined when no such key was active. */
export const revokeApiKey = (
  tx: Tx,
  { id, organizationId, now }: { id: string; organizationId?: string | undefined; now: Date },
) =>
  row<{ organizationId: string }>(tx, {
    text: `update api_keys set revoked_at = $2 where id = $1 and ($3::bigint is null or organization_id = $3) and revoked_at is null
           returning organization_id as "organizationId"`,
    values: [id, now, organizationId ?? null],
  })

export type ListedKey = Omit<ApiKeyIdentity, 'organizationId'> & {
  name: string
  createdAt: Date
  revokedAt: Date | null
}

/** The keys of a shop, newest first, without their hashes. */
export const listKeysOf = (sql: Sql, organizationId: string) =>
  rows<ListedKey>(sql, {
    text: `select k.id, k.prefix, k.name, ${scopesSql} as scopes, k.created_at as "createdAt", k.expires_at as "expiresAt",
                  k.last_used_at as "lastUsedAt", k.revoked_at as "revokedAt"
             from api_keys k where k.organization_id = $1 order by k.id desc limit 1000`,
    values: [organizationId],
  })

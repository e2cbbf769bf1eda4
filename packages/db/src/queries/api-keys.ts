import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '../connect.ts'
import { row, type Sql } from '../sql.ts'

/** What a key may do. `trackings:*` is a shop's back end, `admin` its staff. */
export const apiScopes = ['trackings:read', 'trackings:write', 'admin'] as const
export type ApiScope = (typeof apiScopes)[number]

export type ApiKeyIdentity = { id: string; organizationId: string; prefix: string; scopes: ApiScope[] }

/** Keys are random enough for a plain hash: nobody guesses 256 bits. */
export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** How a key is named in logs and lists: its start, never the rest. */
export const apiKeyPrefix = (key: string): string => key.slice(0, 11)

/** A new key, shown once: `jejak_` and 256 random bits. */
export const newApiKey = (): string => `jejak_${randomBytes(32).toString('base64url')}`

/** Stores a key by its hash; storing the same key again renews its name and scopes. One statement, so that processes may start together. */
export const saveApiKey = async (
  sql: Sql,
  args: { key: string; organizationId: string; name: string; scopes: readonly ApiScope[]; expiresAt?: Date | null },
): Promise<string> =>
  (await row<{ id: string }>(
    sql,
    `insert into api_keys (organization_id, name, prefix, hash, scopes, expires_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (hash) do update
        set name = excluded.name, scopes = excluded.scopes, expires_at = excluded.expires_at, revoked_at = null
     returning id`,
    [args.organizationId, args.name, apiKeyPrefix(args.key), hashApiKey(args.key), args.scopes, args.expiresAt ?? null],
  ))!.id

/** The identity behind a key, if it is neither revoked nor expired at `now`. */
export const findApiKey = async (db: Pick<Db, 'prisma'>, key: string, now: Date): Promise<ApiKeyIdentity | null> => {
  const found = await (await db.prisma()).apiKey.findUnique({ where: { hash: hashApiKey(key) } })
  if (!found || found.revokedAt || (found.expiresAt && found.expiresAt <= now)) return null
  return {
    id: found.id.toString(),
    organizationId: found.organizationId.toString(),
    prefix: found.prefix,
    scopes: found.scopes as ApiScope[],
  }
}

/** Notes that a key was used, at most once a minute. */
export const touchApiKey = async (db: Pick<Db, 'prisma'>, id: string, now: Date) =>
  (await db.prisma()).apiKey.updateMany({
    where: { id: BigInt(id), OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: new Date(now.getTime() - 60_000) } }] },
    data: { lastUsedAt: now },
  })

/** All keys, newest first, without their hashes. */
export const listApiKeys = async (db: Pick<Db, 'prisma'>) =>
  (await db.prisma()).apiKey.findMany({ omit: { hash: true }, orderBy: { id: 'desc' }, take: 1000 })

/** Revokes a key by its id or prefix; tells how many it ended. */
export const revokeApiKey = async (db: Pick<Db, 'prisma'>, idOrPrefix: string, now: Date): Promise<number> => {
  const id = /^\d{1,18}$/.test(idOrPrefix) ? BigInt(idOrPrefix) : undefined
  const { count } = await (await db.prisma()).apiKey.updateMany({
    where: { revokedAt: null, ...(id === undefined ? { prefix: idOrPrefix } : { id }) },
    data: { revokedAt: now },
  })
  return count
}

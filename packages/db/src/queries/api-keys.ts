import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '../connect.ts'

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

/** Stores a key by its hash; storing the same key again renews its name and scopes. */
export const saveApiKey = async (
  db: Pick<Db, 'prisma'>,
  args: { key: string; organizationId: string; name: string; scopes: readonly ApiScope[]; expiresAt?: Date | null },
): Promise<string> => {
  const changes = { name: args.name, scopes: [...args.scopes], expiresAt: args.expiresAt ?? null, revokedAt: null }
  const saved = await db.prisma.apiKey.upsert({
    where: { hash: hashApiKey(args.key) },
    create: {
      ...changes,
      organizationId: BigInt(args.organizationId),
      prefix: apiKeyPrefix(args.key),
      hash: hashApiKey(args.key),
    },
    update: changes,
  })
  return saved.id.toString()
}

/** The identity behind a key, if it is neither revoked nor expired at `now`. */
export const findApiKey = async (db: Pick<Db, 'prisma'>, key: string, now: Date): Promise<ApiKeyIdentity | null> => {
  const found = await db.prisma.apiKey.findUnique({ where: { hash: hashApiKey(key) } })
  if (!found || found.revokedAt || (found.expiresAt && found.expiresAt <= now)) return null
  return {
    id: found.id.toString(),
    organizationId: found.organizationId.toString(),
    prefix: found.prefix,
    scopes: found.scopes as ApiScope[],
  }
}

/** Notes that a key was used, at most once a minute. */
export const touchApiKey = (db: Pick<Db, 'prisma'>, id: string, now: Date) =>
  db.prisma.apiKey.updateMany({
    where: { id: BigInt(id), OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: new Date(now.getTime() - 60_000) } }] },
    data: { lastUsedAt: now },
  })

/** All keys, newest first, without their hashes. */
export const listApiKeys = (db: Pick<Db, 'prisma'>) =>
  db.prisma.apiKey.findMany({ omit: { hash: true }, orderBy: { id: 'desc' }, take: 1000 })

/** Revokes a key by its id or prefix; tells how many it ended. */
export const revokeApiKey = async (db: Pick<Db, 'prisma'>, idOrPrefix: string, now: Date): Promise<number> => {
  const id = /^\d{1,18}$/.test(idOrPrefix) ? BigInt(idOrPrefix) : undefined
  const { count } = await db.prisma.apiKey.updateMany({
    where: { revokedAt: null, ...(id === undefined ? { prefix: idOrPrefix } : { id }) },
    data: { revokedAt: now },
  })
  return count
}

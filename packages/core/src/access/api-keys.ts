import { type ApiScope, type Clock, type Db, newApiKey, revokeApiKey, saveApiKey } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { notFound } from '../errors.ts'
import { refuseBeyondOwn } from './team.ts'

type KeyDeps = { db: Pick<Db, 'transaction'>; clock: Clock; actor: Actor }
type Wanted = { organizationId: string; name: string; scopes: readonly ApiScope[]; expiresAt: Date | null }

/** Stores a key, which may be one that is active already: then nothing is entered in the audit log. */
export const storeKey = (
  { db, clock, actor }: KeyDeps,
  { key, ...wanted }: Wanted & { key: string },
): Promise<string> =>
  db.transaction(async (tx) => {
    const { organizationId, scopes } = wanted
    await refuseBeyondOwn({ tx, actor }, { organizationId, permission: 'keys:change', roles: [] })
    const { id, isNew } = await saveApiKey(tx, { key, ...wanted })
    const act = { act: 'key.created', actor, organizationId, object: `key:${id}`, detail: scopes.join(', ') } as const
    if (isNew) await recordAct(tx, { ...act, now: await clock(tx) })
    return id
  })

/** Makes a key of a shop; it is shown once. */
export const createKey = async (deps: KeyDeps, wanted: Wanted): Promise<{ id: string; key: string }> => {
  const key = newApiKey()
  return { id: await storeKey(deps, { key, ...wanted }), key }
}

/** Revokes a key of a shop; one of any shop without `organizationId`. */
export const revokeKey = (
  { db, clock, actor }: KeyDeps,
  { id, organizationId }: { id: string; organizationId?: string },
): Promise<void> =>
  db.transaction(async (tx) => {
    if (organizationId !== undefined)
      await refuseBeyondOwn({ tx, actor }, { organizationId, permission: 'keys:change', roles: [] })
    const now = await clock(tx)
    const revoked = await revokeApiKey(tx, { id, organizationId, now })
    if (!revoked) throw notFound('There is no active key with this id.')
    await recordAct(tx, { act: 'key.revoked', actor, ...revoked, object: `key:${id}`, now })
  })

import {
  claimTokenRefresh,
  countKeyUse,
  type Db,
  forgetContacts,
  holdKeyUse,
  type KeyUse,
  keepOnlyKeyId,
  listKeyIds,
  listSealed,
  listSealedTotp,
  releaseTokenRefresh,
  replaceSealed,
  replaceSealedTotp,
  type SealedRow,
  type SealedTotp,
  type Sql,
} from '@jejak/db'
import { createTotpSealer } from '../access/totp.ts'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { createTokenSealer } from '../easyparcel/client/connection-tokens.ts'
import { keyIdOf, type SecretKeys } from '../secrets/derive-key.ts'
import { isSealedBy, type Sealer } from '../secrets/sealed-secret.ts'

type Deps = { db: Pick<Db, 'sql' | 'transaction'>; actor: Actor; secretKeys: SecretKeys; now: () => Date }

const record = ({ actor, now }: Deps, { sql, detail }: { sql: Sql; detail: string }) =>
  recordAct(sql, { act: 'secret.rotated', actor, organizationId: null, detail, now: now() })

/** `writes`: it is SECRET_KEY; `reads`: SECRET_KEY_OTHER; `missing`: no one gave it, and what needs it cannot be read. */
export type KeyStanding = KeyUse & { role: 'writes' | 'reads' | 'missing' }

/** All keys that this database was used with or is now, and how many rows need each. */
export const standingOfKeys = async ({
  db,
  secretKeys,
}: Pick<Deps, 'secretKeys'> & { db: Pick<Db, 'sql'> }): Promise<KeyStanding[]> => {
  const [uses, listed] = await Promise.all([countKeyUse(db.sql), listKeyIds(db.sql)])
  const [current, ...others] = secretKeys.map(keyIdOf)
  const roleOf = (id: string) => (id === current ? 'writes' : others.includes(id) ? 'reads' : 'missing')
  const ids = new Set([...listed, ...uses.map(({ keyId }) => keyId), ...secretKeys.map(keyIdOf)])
  return [...ids].map((keyId) => ({
    ...(uses.find((use) => use.keyId === keyId) ?? { keyId, tokens: 0, contacts: 0, ofArchived: 0 }),
    role: roleOf(keyId),
  }))
}

const leaseMs = 30_000

/**
 * Seals the tokens of all connections, and the secrets of authenticators, with SECRET_KEY; `left` counts those that are renewing theirs right now, or whose
 * key is missing.
 */
export const resealTokens = async (deps: Deps): Promise<{ resealed: number; left: number }> => {
  const current = keyIdOf(deps.secretKeys[0])
  const isOld = (sealed: string | null) => sealed !== null && !isSealedBy(sealed, current)
  const oldTotp = (await listSealedTotp(deps.db.sql)).filter(({ sealedSecret }) => isOld(sealedSecret))
  const old = (await listSealed(deps.db.sql)).filter(
    ({ sealedAccessToken, sealedRefreshToken }) => isOld(sealedAccessToken) || isOld(sealedRefreshToken),
  )
  let resealed = 0
  for (const { connectionId } of old) if (await resealOne(deps, connectionId)) resealed += 1
  for (const was of oldTotp) if (await resealTotp(deps, was)) resealed += 1
  if (resealed > 0)
    await record(deps, { sql: deps.db.sql, detail: `sealed ${resealed} accounts and authenticators again` })
  return { resealed, left: old.length + oldTotp.length - resealed }
}

const resealTotp = async ({ db, secretKeys }: Deps, was: SealedTotp): Promise<boolean> => {
  const sealer = createTotpSealer(secretKeys)
  const becomes = openOr(sealer, was.sealedSecret)
  return becomes !== undefined && (await replaceSealedTotp(db.sql, { was, becomes: sealer.seal(becomes) })) === 1
}

/** Undefined when the key that sealed it is missing. */
const openOr = (sealer: Sealer, sealed: string): string | undefined => {
  try {
    return sealer.open(sealed)
  } catch {
    return undefined
  }
}

/** Under the lease of a renewal: a process that is getting new tokens would lose them to one that writes the old ones again. */
const resealOne = async ({ db: { sql }, secretKeys, now }: Deps, connectionId: string): Promise<boolean> => {
  const leaseUntil = new Date(now().getTime() + leaseMs)
  if (!(await claimTokenRefresh(sql, { connectionId, now: now(), leaseUntil }))) return false
  try {
    const was = (await listSealed(sql)).find((row) => row.connectionId === connectionId)
    const becomes = was && sealAgain(was, secretKeys)
    return becomes ? await replaceSealed(sql, { was, becomes }) : false
  } finally {
    await releaseTokenRefresh(sql, { connectionId, leaseUntil })
  }
}

/** Undefined when the key that sealed them is missing. */
const sealAgain = ({ sealedAccessToken, sealedRefreshToken }: SealedRow, secretKeys: SecretKeys) => {
  const sealer = createTokenSealer(secretKeys)
  const again = (sealed: string | null) => {
    const secret = sealed === null ? null : openOr(sealer, sealed)
    return typeof secret === 'string' ? sealer.seal(secret) : secret
  }
  const [access, refresh] = [again(sealedAccessToken), again(sealedRefreshToken)]
  return access === undefined || refresh === undefined
    ? undefined
    : { sealedAccessToken: access, sealedRefreshToken: refresh }
}

const forgottenAtOnce = 1000

/** Removes what only other keys than SECRET_KEY can read: look-ups by these contacts find nothing any more, and these shops connect again. */
export const forgetOtherKeys = async (
  deps: Deps,
): Promise<{ contacts: number; connections: number; authenticators: number }> => {
  const { db, secretKeys } = deps
  const current = keyIdOf(secretKeys[0])
  let contacts = 0
  for (;;) {
    const forgotten = await db.transaction((tx) => forgetContacts(tx, { exceptKeyId: current, limit: forgottenAtOnce }))
    contacts += forgotten
    if (forgotten === 0) break
  }
  let connections = 0
  const nothing = { sealedAccessToken: null, sealedRefreshToken: null }
  for (const was of await listSealed(db.sql)) {
    const isOther = [was.sealedAccessToken, was.sealedRefreshToken].some(
      (sealed) => sealed !== null && !isSealedBy(sealed, current),
    )
    if (isOther && (await replaceSealed(db.sql, { was, becomes: nothing }))) connections += 1
  }
  const others = (await listSealedTotp(db.sql)).filter(({ sealedSecret }) => !isSealedBy(sealedSecret, current))
  for (const was of others) await replaceSealedTotp(db.sql, { was, becomes: null })
  const authenticators = others.length
  const removed = `${contacts} contacts, the tokens of ${connections} accounts, ${authenticators} authenticators`
  await record(deps, { sql: db.sql, detail: `removed ${removed}` })
  return { contacts, connections, authenticators }
}

/** Takes all keys but SECRET_KEY off the list, unless something still needs one: then it changes nothing, and answers what. */
export const finishRotation = (deps: Deps): Promise<KeyStanding[]> =>
  deps.db.transaction(async (tx) => {
    await holdKeyUse(tx)
    const needed = (await standingOfKeys({ ...deps, db: { sql: tx } })).filter(
      ({ role, tokens, contacts }) => role !== 'writes' && tokens + contacts > 0,
    )
    if (needed.length > 0) return needed
    await keepOnlyKeyId(tx, keyIdOf(deps.secretKeys[0]))
    await record(deps, { sql: tx, detail: 'ended the time of all other keys' })
    return needed
  })

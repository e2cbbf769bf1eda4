import {
  claimTokenRefresh,
  findSealedTokens,
  noteRefusedRefresh,
  releaseTokenRefresh,
  replaceSealedTokens,
  type Sql,
  saveSealedTokens,
  seedSealedTokens,
} from '@jejak/db'
import type { SecretKeys } from '../../secrets/derive-key.ts'
import { createSealer, type Sealer } from '../../secrets/sealed-secret.ts'
import { EasyParcelError } from './easyparcel-error.ts'
import type { Tokens } from './oauth.ts'
import type { TokenStore } from './token-keeper.ts'

/** Seals what EasyParcel gave us; see docs/easyparcel.md. */
export const createTokenSealer = (secretKeys: SecretKeys): Sealer =>
  createSealer({ secretKeys, purpose: 'easyparcel-tokens 1' })

type Place = { sql: Sql; connectionId: string; sealer: Sealer }

const sealed = ({ connectionId, sealer }: Place, tokens: Tokens) => ({
  connectionId,
  sealedAccessToken: sealer.seal(tokens.accessToken),
  sealedRefreshToken: tokens.refreshToken === null ? null : sealer.seal(tokens.refreshToken),
  accessTokenExpiresAt: tokens.expiresAt,
})

/** Nothing can be asked with tokens that cannot be read, so it is known before a call is charged. */
const open = (sealer: Sealer, secret: string): string => {
  try {
    return sealer.open(secret)
  } catch (cause) {
    throw new EasyParcelError({ kind: 'unauthorised' }, (cause as Error).message, { cause })
  }
}

/** The tokens on a connection's row, sealed at rest. */
export const createTokenStore = (place: Place): TokenStore => {
  const { sql, connectionId, sealer } = place
  return {
    read: async () => {
      const row = await findSealedTokens(sql, connectionId)
      if (!row?.sealedAccessToken) return null
      return {
        accessToken: open(sealer, row.sealedAccessToken),
        refreshToken: row.sealedRefreshToken === null ? null : open(sealer, row.sealedRefreshToken),
        expiresAt: row.accessTokenExpiresAt,
        revision: row.sealedAccessToken,
        savedAt: row.savedAt,
        refusedAt: row.refusedAt,
      }
    },
    claimRefresh: (lease) => claimTokenRefresh(sql, { connectionId, ...lease }),
    save: (tokens, args) => replaceSealedTokens(sql, { ...sealed(place, tokens), ...args }),
    noteRefusal: (args) => noteRefusedRefresh(sql, { connectionId, ...args }),
    releaseRefresh: (lease) => releaseTokenRefresh(sql, { connectionId, ...lease }),
  }
}

/** Stores the tokens of a new login; see `connections/save-login.ts`, which does what belongs to it. */
export const saveLogin = (place: Place, { tokens, now }: { tokens: Tokens; now: Date }) =>
  saveSealedTokens(place.sql, { ...sealed(place, tokens), now })

type Given = { accessToken: string | undefined; refreshToken: string | undefined }

/** Stores tokens given by the operator's environment, if the connection has none. A refresh token alone is refreshed before first use. */
export const seedLogin = async (place: Place, { accessToken, refreshToken }: Given): Promise<void> => {
  if (accessToken === undefined && refreshToken === undefined) return
  const expiresAt = accessToken === undefined ? new Date(0) : null
  const tokens = { accessToken: accessToken ?? '', refreshToken: refreshToken ?? null, expiresAt }
  await seedSealedTokens(place.sql, sealed(place, tokens))
}

import { setTimeout as pause } from 'node:timers/promises'
import { EasyParcelError } from './easyparcel-error.ts'
import type { OAuth, Tokens } from './oauth.ts'

/**
 * `revision` is opaque and differs whenever the stored tokens differ (the sealed access token serves). `savedAt` is when they were stored, where that is
 * known; `refusedAt` when EasyParcel refused to refresh them.
 */
export type StoredTokens = Tokens & { revision: string; savedAt: Date | null; refusedAt: Date | null }

/**
 * Where one connection's tokens live, in clear on this side. `claimRefresh` is one conditional update that takes the lease unless another one still runs;
 * `save` stores and ends the lease, but only while `replacing` is still the stored revision, and tells whether it did; `releaseRefresh` ends
 * the lease if it is still the one given; `noteRefusal` tells people that they have to connect again.
 */
export type TokenStore = {
  read(): Promise<StoredTokens | null>
  claimRefresh(lease: { now: Date; leaseUntil: Date }): Promise<boolean>
  save(tokens: Tokens, options: { replacing: string; now: Date }): Promise<boolean>
  noteRefusal(refusal: { refusing: string; now: Date }): Promise<unknown>
  releaseRefresh(lease: { leaseUntil: Date }): Promise<unknown>
}

export type TokenKeeper = {
  /** A token that is good for at least `goodForMs` (30 s unless told), refreshed first if need be. */
  accessToken(signal: AbortSignal, goodForMs?: number): Promise<string>
  /** After EasyParcel refused `refusedAccessToken`: another one is stored when this resolves. */
  refresh(refusedAccessToken: string, signal: AbortSignal): Promise<'refreshed' | 'already_refreshed'>
}

/** `leaseMs` must outlast two token requests; `waitMs` is how long a process waits for another one's refresh. */
export type TokenKeeperOptions = {
  store: TokenStore
  oauth: Pick<OAuth, 'refreshTokens'>
  now: () => Date
  leaseMs: number
  waitMs: number
  pollMs?: number
  sleep?: (ms: number) => Promise<unknown>
}

const earlyMs = 30_000
// In the last quarter of its life a token is refreshed while it is still good: a refusal then leaves people the time to connect again.
const aheadShare = 1 / 4
const aheadEveryMs = 60_000
const saveTriesMax = 3

const mustConnect = (reason: string, cause?: unknown) =>
  new EasyParcelError(
    { kind: 'unauthorised' },
    `${reason} Connect the account again, in Jejak or by \`jejak easyparcel:connect\`.`,
    { cause },
  )

const isRefusal = (error: unknown): boolean => error instanceof EasyParcelError && error.kind === 'rejected'

/** Keeps one connection's access token good, with one refresh in flight across all processes that share the store. */
export const createTokenKeeper = (options: TokenKeeperOptions): TokenKeeper => {
  const { store, oauth, now, leaseMs, waitMs, pollMs = 200, sleep = (ms) => pause(ms) } = options
  const after = (ms: number) => new Date(now().getTime() + ms)

  const readTokens = async (): Promise<StoredTokens> => {
    const tokens = await store.read()
    if (!tokens) throw mustConnect('EasyParcel is not connected.')
    return tokens
  }

  /** A refresh token may work only once, so losing the new one would cost the shop a new login: saving is tried again. */
  const save = async (tokens: Tokens, replacing: string): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      try {
        await store.save(tokens, { replacing, now: now() })
        return
      } catch (error) {
        if (tries >= saveTriesMax) throw error
        await sleep(pollMs)
      }
    }
  }

  /** Not stopped by the caller's signal, for the same reason; the request has its own time limit. */
  const refreshOnce = async (old: StoredTokens): Promise<void> => {
    const current = await readTokens()
    if (current.revision !== old.revision) return
    if (current.refreshToken === null) throw mustConnect('The access token has ended and there is no refresh token.')
    try {
      await save(await oauth.refreshTokens(current.refreshToken, new AbortController().signal), current.revision)
    } catch (error) {
      if (!isRefusal(error)) throw error
      if ((await readTokens()).revision !== old.revision) return
      await store.noteRefusal({ refusing: old.revision, now: now() })
      throw mustConnect('EasyParcel refused to renew the access of this shop.', error)
    }
  }

  /** Resolves with tokens other than `old`, whichever process got them. */
  const renew = async (old: StoredTokens, signal: AbortSignal): Promise<StoredTokens> => {
    const giveUpAt = after(waitMs)
    for (;;) {
      const leaseUntil = after(leaseMs)
      if (await store.claimRefresh({ now: now(), leaseUntil })) {
        await refreshOnce(old).finally(() => store.releaseRefresh({ leaseUntil }))
      }
      const current = await readTokens()
      if (current.revision !== old.revision) return current
      if (now() >= giveUpAt)
        throw new EasyParcelError({ kind: 'timeout' }, 'Another process is renewing the access and has not finished.')
      await sleep(pollMs)
      if (signal.aborted) throw new EasyParcelError({ kind: 'network' }, 'The call was stopped before it was sent.')
    }
  }

  let aheadAgainAt = new Date(0)
  const isLate = ({ expiresAt, savedAt, refusedAt, refreshToken }: StoredTokens): boolean => {
    if (!expiresAt || !savedAt || refusedAt || refreshToken === null) return false
    const lifeMs = expiresAt.getTime() - savedAt.getTime()
    return expiresAt.getTime() - now().getTime() < aheadShare * lifeMs && now() >= aheadAgainAt
  }

  /** Waits for no one, and no failure matters yet: the token is still good. */
  const renewAhead = async (tokens: StoredTokens): Promise<string> => {
    aheadAgainAt = after(aheadEveryMs)
    const leaseUntil = after(leaseMs)
    if (!(await store.claimRefresh({ now: now(), leaseUntil }))) return tokens.accessToken
    try {
      await refreshOnce(tokens)
      return (await readTokens()).accessToken
    } catch (error) {
      if (error instanceof EasyParcelError) return tokens.accessToken
      throw error
    } finally {
      await store.releaseRefresh({ leaseUntil })
    }
  }

  return {
    accessToken: async (signal, goodForMs = earlyMs) => {
      const tokens = await readTokens()
      const isGood = tokens.expiresAt === null || tokens.expiresAt > after(goodForMs)
      if (!isGood) return (await renew(tokens, signal)).accessToken
      return goodForMs > 0 && isLate(tokens) ? renewAhead(tokens) : tokens.accessToken
    },
    refresh: async (refusedAccessToken, signal) => {
      const tokens = await readTokens()
      if (tokens.accessToken !== refusedAccessToken) return 'already_refreshed'
      const renewed = await renew(tokens, signal)
      return renewed.accessToken === refusedAccessToken ? 'already_refreshed' : 'refreshed'
    },
  }
}

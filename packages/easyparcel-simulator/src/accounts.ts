import { createHash, randomBytes } from 'node:crypto'
import type { Account, Settings } from './options.ts'
import type { Token } from './state-file.ts'

type LoginCode = { account: string; redirectUri: string; challenge: string | undefined; expiresAt: number }

export type Issued = { access: Token; refresh: Token | undefined }

const yearMs = 31_557_600_000

/** Accounts, their login codes and their tokens. `onChange` runs after tokens have changed. */
export const keepAccounts = (settings: Settings, kept: readonly Token[], onChange: () => void) => {
  const accounts = new Map<string, Account>()
  const tokens = new Map<string, Token>(kept.map((token) => [token.value, token]))
  const codes = new Map<string, LoginCode>()
  const { assumptions, now } = settings
  const isAlive = ({ expiresAt }: { expiresAt: number | null }) => expiresAt === null || expiresAt > now().getTime()

  const add = (account: Account) => {
    accounts.set(account.id, account)
    const seed = (kind: Token['kind'], value?: string) =>
      value && tokens.set(value, { kind, value, account: account.id, expiresAt: null })
    seed('refresh', account.refreshToken)
    seed('access', account.accessToken)
  }
  for (const account of settings.accounts) add(account)

  const isSeed = ({ account, value }: Token) => accounts.get(account)?.refreshToken === value
  const mint = (kind: Token['kind'], account: string, lifeMs: number, replaces?: string): Token => {
    const value = randomBytes(24).toString('base64url')
    const token: Token = {
      kind,
      value,
      account,
      expiresAt: now().getTime() + lifeMs,
      ...(replaces ? { replaces } : {}),
    }
    tokens.set(value, token)
    return token
  }
  const revoke = (value: string) => {
    const token = tokens.get(value)
    if (token && !(assumptions.seedRefreshTokenNeverDies && isSeed(token))) tokens.delete(value)
  }
  const find = (kind: Token['kind'], value: string | undefined) => {
    const token = value === undefined ? undefined : tokens.get(value)
    return token?.kind === kind && isAlive(token) ? token : undefined
  }

  return {
    accounts,
    add,
    tokens: () => [...tokens.values()].filter(isAlive),

    /** The account of a bearer token. First use of a new one ends the life of the refresh token that bought it. */
    accountOf: (accessToken: string | undefined): Account | undefined => {
      const token = find('access', accessToken)
      if (token?.replaces) {
        revoke(token.replaces)
        delete token.replaces
        onChange()
      }
      return token && accounts.get(token.account)
    },

    accountsOfClient: (clientId: string) => [...accounts.values()].filter((account) => account.clientId === clientId),
    byClassicKey: (key: string) => [...accounts.values()].find((account) => account.classicKey === key),

    grantCode: (code: Omit<LoginCode, 'expiresAt'>): string => {
      const value = randomBytes(18).toString('base64url')
      codes.set(value, { ...code, expiresAt: now().getTime() + assumptions.codeLifeSeconds * 1000 })
      return value
    },

    /** Spends a login code; undefined when it is unknown, spent, expired, or for another client, address or verifier. */
    spendCode: (
      value: string,
      clientId: string,
      redirectUri: string,
      verifier: string | undefined,
    ): Issued | undefined => {
      const code = codes.get(value)
      codes.delete(value)
      if (!code || !isAlive(code) || code.redirectUri !== redirectUri) return undefined
      if (accounts.get(code.account)?.clientId !== clientId) return undefined
      if (
        code.challenge &&
        createHash('sha256')
          .update(verifier ?? '')
          .digest('base64url') !== code.challenge
      )
        return undefined
      const issued = {
        access: mint('access', code.account, settings.expiresInSeconds * 1000),
        refresh: mint('refresh', code.account, yearMs),
      }
      onChange()
      return issued
    },

    spendRefreshToken: (value: string, clientId: string): Issued | undefined => {
      const old = find('refresh', value)
      if (!old || accounts.get(old.account)?.clientId !== clientId) return undefined
      const rotates = settings.refreshTokens === 'rotate'
      const replaces = rotates && assumptions.refreshTokenSurvivesUntilUse ? value : undefined
      if (rotates && !replaces) revoke(value)
      const issued = {
        access: mint('access', old.account, settings.expiresInSeconds * 1000, replaces),
        refresh: rotates ? mint('refresh', old.account, yearMs) : undefined,
      }
      onChange()
      return issued
    },
  }
}

export type Accounts = ReturnType<typeof keepAccounts>

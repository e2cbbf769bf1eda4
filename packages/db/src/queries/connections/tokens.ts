import { row, run, type Sql } from '../../sql.ts'

/** The sealed tokens of a connection; no one but the token store opens them. */
export type SealedTokens = {
  sealedAccessToken: string | null
  sealedRefreshToken: string | null
  accessTokenExpiresAt: Date | null
  refreshLeaseUntil: Date | null
  /** When the tokens were stored, by a login or a refresh. */
  savedAt: Date | null
  /** When EasyParcel last refused to refresh these tokens. */
  refusedAt: Date | null
}

/** The tokens as they stand now. */
export const findSealedTokens = (sql: Sql, connectionId: string) =>
  row<SealedTokens>(sql, {
    text: `select sealed_access_token as "sealedAccessToken", sealed_refresh_token as "sealedRefreshToken",
            access_token_expires_at as "accessTokenExpiresAt", refresh_lease_until as "refreshLeaseUntil",
            greatest(connected_at, refreshed_at) as "savedAt", refresh_refused_at as "refusedAt"
       from connections where id = $1`,
    values: [connectionId],
  })

/**
 * Takes the right to refresh until `leaseUntil`, unless someone has it: one refresh in flight across all processes. Two clocks that each agree with
 * the database's to a minute differ by two at most: a lease that ends later than that was written by a wrong one, and is over.
 */
export const claimTokenRefresh = async (
  sql: Sql,
  args: { connectionId: string; now: Date; leaseUntil: Date },
): Promise<boolean> =>
  (await run(sql, {
    text: `update connections set refresh_lease_until = $3
      where id = $1 and (refresh_lease_until is null or refresh_lease_until <= $2
                         or refresh_lease_until > $3::timestamptz + interval '2 minutes')`,
    values: [args.connectionId, args.now, args.leaseUntil],
  })) === 1

/** Ends a refresh that brought no new tokens, if it is still the one with this lease. */
export const releaseTokenRefresh = (sql: Sql, args: { connectionId: string; leaseUntil: Date }) =>
  run(sql, {
    text: `update connections set refresh_lease_until = null where id = $1 and refresh_lease_until = $2`,
    values: [args.connectionId, args.leaseUntil],
  })

type NewSealedTokens = {
  connectionId: string
  sealedAccessToken: string
  sealedRefreshToken: string | null
  accessTokenExpiresAt: Date | null
}

const setTokens = (sql: Sql, tokens: NewSealedTokens, rest: { text: string; values?: unknown[] }) =>
  run(sql, {
    text: `update connections set sealed_access_token = $2, access_token_expires_at = $4, ${rest.text}`,
    values: [
      ...[tokens.connectionId, tokens.sealedAccessToken, tokens.sealedRefreshToken, tokens.accessTokenExpiresAt],
      ...(rest.values ?? []),
    ],
  })

/** Stores new tokens in place of the ones that were refreshed, and ends the refresh; false when someone else has stored others meanwhile. */
export const replaceSealedTokens = async (
  sql: Sql,
  args: NewSealedTokens & { replacing: string; now: Date },
): Promise<boolean> =>
  (await setTokens(sql, args, {
    text: `sealed_refresh_token = coalesce($3, sealed_refresh_token), refresh_lease_until = null, paused_until = null,
            refreshed_at = $6, refresh_refused_at = null
            where id = $1 and sealed_access_token = $5`,
    values: [args.replacing, args.now],
  })) === 1

/** Notes that EasyParcel refuses to refresh these tokens, unless others are stored by now. */
export const noteRefusedRefresh = (sql: Sql, args: { connectionId: string; refusing: string; now: Date }) =>
  run(sql, {
    text: `update connections set refresh_refused_at = $3 where id = $1 and sealed_access_token = $2`,
    values: [args.connectionId, args.refusing, args.now],
  })

/**
 * Stores the tokens of a new login, whatever was there, and lifts the worker's pause that waited for them, and the breakers, which refused tokens open, too; a
 * pause by a person stays.
 */
export const saveSealedTokens = (sql: Sql, args: NewSealedTokens & { now: Date }) =>
  setTokens(sql, args, {
    text: `sealed_refresh_token = $3, refresh_lease_until = null, paused_until = null, pause_reason = null,
            connected_at = $5, disconnected_at = null, refresh_refused_at = null, breaker_failures = 0, breaker_open_until = null, breaker_probe_until = null,
            suspect_failures = 0, suspect_open_until = null, suspect_probe_until = null where id = $1`,
    values: [args.now],
  })

/** Stores tokens only where there are none yet: those of the environment seed a connection once. */
export const seedSealedTokens = (sql: Sql, args: NewSealedTokens) =>
  setTokens(sql, args, {
    text: `sealed_refresh_token = $3 where id = $1 and sealed_access_token is null and sealed_refresh_token is null`,
  })

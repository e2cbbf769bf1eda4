import { row, rows, run, type Sql, type Tx } from '../../sql.ts'

/** The ids of the keys that made what is stored, the oldest first. */
export const listKeyIds = async (sql: Sql): Promise<string[]> =>
  (await row<{ keyIds: string[] }>(sql, 'select key_ids as "keyIds" from installation where id = 1'))?.keyIds ?? []

/** Remembers a key that is used from now on. */
export const addKeyId = (sql: Sql, keyId: string) =>
  run(sql, {
    text: 'update installation set key_ids = key_ids || $1::text where id = 1 and not key_ids @> array[$1::text]',
    values: [keyId],
  })

/** Forgets all keys but this one. */
export const keepOnlyKeyId = (sql: Sql, keyId: string) =>
  run(sql, { text: 'update installation set key_ids = array[$1::text] where id = 1', values: [keyId] })

/** How many rows only one key can read, or find. */
export type KeyUse = { keyId: string; tokens: number; contacts: number; ofArchived: number }

// Hashes without an id are older than the names of keys, so they are of the oldest one.
const contactKey = `coalesce(o.contact_key_id, (select key_ids[1] from installation))`
const hasContact = 'coalesce(o.contact_email_hmac, o.contact_phone_hmac) is not null'
const tokensOf = (column: string) => `select split_part(${column}, '.', 2) from connections where ${column} is not null`
const totpKeys = `select split_part(sealed_secret, '.', 2) from user_totp`
const sealedKeys = `${tokensOf('sealed_access_token')} union all ${tokensOf('sealed_refresh_token')} union all ${totpKeys}`
const keyUseSql = `
  select key_id as "keyId", sum(tokens)::int as tokens, sum(contacts)::int as contacts, sum(of_archived)::int as "ofArchived"
    from (select key_id, 1 as tokens, 0 as contacts, 0 as of_archived
            from (${sealedKeys}) as sealed (key_id)
           union all
          select ${contactKey}, 0, 1, (t.archived_at is not null)::int
            from tracking_orders o join tracking_cache t on t.id = o.tracking_id where ${hasContact}) as used
   group by key_id order by key_id`

/** Which keys are needed, and how often. Reads all orders. */
export const countKeyUse = (sql: Sql) => rows<KeyUse>(sql, keyUseSql)

/** The ids of keys that something needs, listed or not: a process that ran with one of them while its time was ended may have stored something since. */
export const listKeysInUse = async (sql: Sql): Promise<string[]> =>
  (
    await rows<{ keyId: string }>(
      sql,
      `select distinct key_id as "keyId"
         from (${sealedKeys} union all
               select contact_key_id from tracking_orders o where contact_key_id is not null and ${hasContact}) as used (key_id)`,
    )
  ).map(({ keyId }) => keyId)

/** Until the end of the transaction no one stores what needs a key; whoever is about to, finishes first. */
export const holdKeyUse = (tx: Tx) => tx.query('lock table tracking_orders, connections, user_totp in share mode')

export type SealedRow = { connectionId: string; sealedAccessToken: string | null; sealedRefreshToken: string | null }

/** What is sealed, of all connections. */
export const listSealed = (sql: Sql) =>
  rows<SealedRow>(
    sql,
    `select id as "connectionId", sealed_access_token as "sealedAccessToken", sealed_refresh_token as "sealedRefreshToken"
       from connections where coalesce(sealed_access_token, sealed_refresh_token) is not null order by id`,
  )

/** Stores the same tokens sealed anew, or none; false when others were stored meanwhile. */
export const replaceSealed = async (
  sql: Sql,
  { was, becomes }: { was: SealedRow; becomes: Omit<SealedRow, 'connectionId'> },
): Promise<boolean> =>
  (await run(sql, {
    text: `update connections set sealed_access_token = $4, sealed_refresh_token = $5
      where id = $1 and sealed_access_token is not distinct from $2 and sealed_refresh_token is not distinct from $3`,
    values: [
      ...[was.connectionId, was.sealedAccessToken, was.sealedRefreshToken],
      ...[becomes.sealedAccessToken, becomes.sealedRefreshToken],
    ],
  })) === 1

export type SealedTotp = { userId: string; sealedSecret: string }

/** The sealed secrets of authenticators, of all users. */
export const listSealedTotp = (sql: Sql) =>
  rows<SealedTotp>(sql, 'select user_id as "userId", sealed_secret as "sealedSecret" from user_totp order by user_id')

/** Stores the same secret sealed anew; null takes the authenticator away. Nothing happens when there is another one meanwhile. */
export const replaceSealedTotp = (sql: Sql, { was, becomes }: { was: SealedTotp; becomes: string | null }) =>
  becomes === null
    ? run(sql, {
        text: `with gone as (delete from user_totp where user_id = $1 and sealed_secret = $2 returning user_id)
               delete from recovery_codes where user_id in (select user_id from gone)`,
        values: [was.userId, was.sealedSecret],
      })
    : run(sql, {
        text: 'update user_totp set sealed_secret = $3 where user_id = $1 and sealed_secret = $2',
        values: [was.userId, was.sealedSecret, becomes],
      })

/** Removes the hashes that this key did not make: no one can be found by them any more. Returns of how many orders. */
export const forgetContacts = (tx: Tx, { exceptKeyId, limit }: { exceptKeyId: string; limit: number }) =>
  run(tx, {
    text: `update tracking_orders
        set contact_email_hmac = null, contact_phone_hmac = null, contact_phone2_hmac = null, contact_key_id = null
      where id in (select o.id from tracking_orders o where ${hasContact} and ${contactKey} is distinct from $1 limit $2)`,
    values: [exceptKeyId, limit],
  })

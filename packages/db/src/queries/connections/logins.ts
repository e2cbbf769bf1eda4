import { row, run, type ShopSql, type ShopTx } from '../../sql.ts'

/** A login at EasyParcel that someone has begun in a browser. `connectionId` is the account to connect again; null for another one. */
export type ConnectionLogin = {
  connectionId: string | null
  environment: 'live' | 'sandbox'
  name: string
  returnTo: string | null
}

type Key = { stateHash: string; sessionId: string }

/** Keeps a login, and of this session's only the newest beside it. */
export const insertLogin = async (tx: ShopTx, login: ConnectionLogin & Key & { now: Date; keep: number }) => {
  const { stateHash, sessionId, connectionId, environment, name, returnTo, now, keep } = login
  await run(tx, {
    text: `delete from connection_logins where organization_id = $1 and state_hash in (
             select state_hash from connection_logins where organization_id = $1 and session_id = $2 order by created_at desc, state_hash offset $3)`,
    values: [tx.organizationId, sessionId, keep - 1],
  })
  await run(tx, {
    text: `insert into connection_logins (organization_id, state_hash, session_id, connection_id, environment, name, return_to, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [tx.organizationId, stateHash, sessionId, connectionId, environment, name, returnTo, now],
  })
}

const loginColumns = 'connection_id as "connectionId", environment, name, return_to as "returnTo"'

/** Uses a login up: of many who bring it at once one gets it, and no one after `begunAfter` has passed it. */
export const useLogin = (
  shop: ShopSql,
  { stateHash, sessionId, now, begunAfter }: Key & { now: Date; begunAfter: Date },
) =>
  row<ConnectionLogin>(shop, {
    text: `update connection_logins set used_at = $4
            where organization_id = $1 and state_hash = $2 and session_id = $3 and used_at is null and created_at > $5
        returning ${loginColumns}`,
    values: [shop.organizationId, stateHash, sessionId, now, begunAfter],
  })

/** A login of this session, used or not, to tell why it is no good. */
export const findLogin = (shop: ShopSql, { stateHash, sessionId }: Key) =>
  row<{ usedAt: Date | null; returnTo: string | null }>(shop, {
    text: `select used_at as "usedAt", return_to as "returnTo" from connection_logins
            where organization_id = $1 and state_hash = $2 and session_id = $3`,
    values: [shop.organizationId, stateHash, sessionId],
  })

import { row, rows, run, type ShopSql, type ShopTx } from '../../sql.ts'
import { defaultFirst } from './default-first.ts'
import { type ConnectionOverview, connectionColumns } from './overview.ts'

type Api = 'open' | 'classic'

/** One account of a shop. */
export const findConnection = (shop: ShopSql, connectionId: string) =>
  row<ConnectionOverview>(shop, {
    text: `select ${connectionColumns} from connections where organization_id = $1 and id = $2`,
    values: [shop.organizationId, connectionId],
  })

/** The same under its lock, so that who changes an account and the gate go one after the other. */
export const lockConnection = (tx: ShopTx, connectionId: string) =>
  row<ConnectionOverview>(tx, {
    text: `select ${connectionColumns} from connections where organization_id = $1 and id = $2 for no key update`,
    values: [tx.organizationId, connectionId],
  })

/** A shop's accounts of one API by id and name, its default first. */
export const listAccounts = (shop: ShopSql, api: Api) =>
  rows<{ id: string; name: string }>(shop, {
    text: `select c.id, c.name from connections c where c.organization_id = $1 and c.api = $2 order by ${defaultFirst('c')} limit 100`,
    values: [shop.organizationId, api],
  })

/** The account with this name. Names differ by more than capitals. */
export const findConnectionByName = (shop: ShopSql, name: string) =>
  row<{ id: string }>(shop, {
    text: `select id from connections where organization_id = $1 and lower(name) = lower($2) and name <> ''`,
    values: [shop.organizationId, name],
  })

/** The account that was made with the shop and that no one has connected yet. */
export const findUnusedConnection = (tx: ShopTx) =>
  row<{ id: string }>(tx, {
    text: `select id from connections
            where organization_id = $1 and api = 'open' and not is_authorised and connected_at is null and disconnected_at is null
            order by id limit 1 for no key update`,
    values: [tx.organizationId],
  })

export const insertConnection = async (tx: ShopTx, { name }: { name: string }): Promise<string> =>
  (await row<{ id: string }>(tx, {
    text: `insert into connections (organization_id, api, name) values ($1, 'open', $2) returning id`,
    values: [tx.organizationId, name],
  }))!.id

/** What people say about an account. */
export type Said = Partial<{
  name: string
  environment: 'live' | 'sandbox'
  isDefault: boolean
  heldSince: Date | null
  heldUntil: Date | null
  heldReason: string | null
  extraDay: string
  extraCalls: number
}>

const columnOfSaid = {
  ...{ name: 'name', environment: 'environment', isDefault: 'is_default' },
  ...{ heldSince: 'held_since', heldUntil: 'held_until', heldReason: 'held_reason' },
  ...{ extraDay: 'extra_day', extraCalls: 'extra_calls' },
} as const satisfies Record<keyof Said, string>

export const saidFields = Object.keys(columnOfSaid) as (keyof Said)[]

/** Writes what people say about an account; what is left out stays. */
export const saveSaid = async (tx: ShopTx, { connectionId, ...said }: Said & { connectionId: string }) => {
  const given = saidFields.filter((field) => said[field] !== undefined)
  if (given.length === 0) return
  const set = given.map((field, place) => `${columnOfSaid[field]} = $${place + 3}`).join(', ')
  const values = [tx.organizationId, connectionId, ...given.map((field) => said[field])]
  await run(tx, { text: `update connections set ${set} where organization_id = $1 and id = $2`, values })
}

/** Takes the mark of the default account away from the one that has it, and answers which that was. */
export const clearDefault = async (tx: ShopTx, api: Api): Promise<string | null> =>
  (
    await row<{ id: string }>(tx, {
      text: 'update connections set is_default = false where organization_id = $1 and api = $2 and is_default returning id',
      values: [tx.organizationId, api],
    })
  )?.id ?? null

/** Erases the tokens of an account. Its parcels stay with it. */
export const eraseTokens = (tx: ShopTx, { connectionId, now }: { connectionId: string; now: Date }) =>
  run(tx, {
    text: `update connections set sealed_access_token = null, sealed_refresh_token = null, access_token_expires_at = null, refresh_lease_until = null,
                  refresh_refused_at = null, paused_until = null, pause_reason = null, is_default = false, disconnected_at = $3
            where organization_id = $1 and id = $2`,
    values: [tx.organizationId, connectionId, now],
  })

const countedMax = 10_000

/** How many parcels are checked with an account; 10,000 stands for any more. */
export const countChecked = async (shop: ShopSql, connectionId: string): Promise<number> =>
  (await row<{ amount: number }>(shop, {
    text: `select count(*)::int as amount from (
             select from tracking_schedule where organization_id = $1 and connection_id = $2 and next_update_due is not null limit ${countedMax}) as seen`,
    values: [shop.organizationId, connectionId],
  }))!.amount

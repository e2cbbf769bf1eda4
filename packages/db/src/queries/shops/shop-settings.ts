import { row, rows, run, type ShopSql, type ShopTx, type Sql } from '../../sql.ts'

/** What a shop has set for itself; `value` is null where it went back to the default. */
export type ShopSettingRow = { name: string; value: string | null; setAt: Date; setBy: string }

/** All that a shop has ever set. */
export const listShopSettings = (shop: ShopSql) =>
  rows<ShopSettingRow>(shop, {
    text: 'select name, value, set_at as "setAt", set_by as "setBy" from shop_settings where organization_id = $1',
    values: [shop.organizationId],
  })

/** Lets one change of what a shop has once wait for the other, so that no two that contradict each other are kept. Tells whether the shop is there. */
export const lockShop = async (tx: ShopTx): Promise<boolean> =>
  (await row(tx, {
    text: 'select id from organizations where id = $1 for no key update',
    values: [tx.organizationId],
  })) !== undefined

/** Writes settings of a shop. */
export const saveShopSettings = (
  tx: ShopTx,
  { settings, setAt, setBy }: { settings: ReadonlyMap<string, string | null>; setAt: Date; setBy: string },
) =>
  run(tx, {
    text: `insert into shop_settings (organization_id, name, value, set_at, set_by)
           select $1, name, value, $4, $5 from unnest($2::text[], $3::text[]) as given (name, value)
           on conflict (organization_id, name) do update
              set value = excluded.value, set_at = excluded.set_at, set_by = excluded.set_by, xact = pg_current_xact_id()::text::bigint`,
    values: [tx.organizationId, [...settings.keys()], [...settings.values()], setAt, setBy],
  })

/** Whether the database has this time zone: it may lack older names that Node has. */
export const knowsTimeZone = async (sql: Sql, timezone: string): Promise<boolean> =>
  (await row(sql, { text: 'select name from pg_timezone_names where name = $1', values: [timezone] })) !== undefined

/** A setting of one of all shops. */
export type ChangedSetting = { organizationId: string; name: string; value: string | null }

/** From which transaction on to ask the next time; no change before it can still be missing. */
export type SettingsRead = { next: string; changed: ChangedSetting[] }

/** The settings of all shops that were written since; of `0`, all. */
export const readChangedSettings = async (sql: Sql, since: string): Promise<SettingsRead> => {
  const found = await rows<{ next: string } & { [Column in keyof ChangedSetting]: ChangedSetting[Column] | null }>(
    sql,
    {
      name: 'changed-settings',
      text: `select pg_snapshot_xmin(pg_current_snapshot())::text as next, s.organization_id as "organizationId", s.name, s.value
             from (select) as one left join shop_settings s on s.xact >= $1::bigint`,
      values: [since],
    },
  )
  const changed = found.flatMap(({ organizationId, name, value }) =>
    organizationId !== null && name !== null ? [{ organizationId, name, value }] : [],
  )
  return { next: found[0]!.next, changed }
}

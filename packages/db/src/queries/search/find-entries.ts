import { rows, type ShopSql } from '../../sql.ts'

/** Entries of a shop's audit log: the newest about an object, and those of a request. */
export const findEntries = (shop: ShopSql, { typed, limit }: { typed: string; limit: number }) =>
  rows<{ id: string; at: Date; act: string; actor: string; object: string | null; isObject: boolean }>(shop, {
    text: `(select id, at, act, actor, object, true as "isObject" from audit_log
             where organization_id = $1 and object = $2 order by id desc limit 1)
           union all
           (select id, at, act, actor, object, false from audit_log
             where organization_id = $1 and request_id = $2 order by id desc limit $3)`,
    values: [shop.organizationId, typed, limit],
  })

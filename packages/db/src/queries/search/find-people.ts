import { rows, type Sql } from '../../sql.ts'
import type { ShopRole } from '../access/users.ts'

type Asked = { organizationId: string; typed: string; limit: number }

/** People of a shop whose e-mail address begins so or whose name has it. */
export const findPeople = (sql: Sql, { organizationId, typed, limit }: Asked) =>
  rows<{ id: string; name: string; email: string; role: ShopRole; isEmail: boolean }>(sql, {
    text: `select u.id, u.name, u.email, m.role, starts_with(lower(u.email), $2) as "isEmail"
             from memberships m join users u on u.id = m.user_id
            where m.organization_id = $1 and (starts_with(lower(u.email), $2) or position($2 in lower(u.name)) > 0)
            order by lower(u.email) = $2 desc, starts_with(lower(u.name), $2) desc, u.name, u.id limit $3`,
    values: [organizationId, typed.toLowerCase(), limit],
  })

/** Keys of a shop that begin so or whose name has it. */
export const findKeys = (sql: Sql, { organizationId, typed, limit }: Asked) =>
  rows<{ id: string; name: string; prefix: string; isRevoked: boolean; isKey: boolean }>(sql, {
    text: `select k.id, k.name, k.prefix, k.revoked_at is not null as "isRevoked", starts_with(k.prefix, $2) as "isKey"
             from api_keys k
            where k.organization_id = $1 and (starts_with(k.prefix, $2) or position(lower($2) in lower(k.name)) > 0)
            order by k.revoked_at is not null, k.id desc limit $3`,
    values: [organizationId, typed, limit],
  })

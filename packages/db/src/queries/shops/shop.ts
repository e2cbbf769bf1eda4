import { row, type ShopSql, type Sql, type Tx } from '../../sql.ts'

/** How a shop shows itself to its customers; `slug` is its name in addresses. */
export type ShopFaceRow = {
  slug: string
  /** Null until someone has named the shop. */
  name: string | null
  logoUrl: string | null
  color: string | null
  whatsapp: string | null
  phone: string | null
  email: string | null
}

/** A shop with what its pages show of it; where it names no language, they speak all. */
export type ShopRow = ShopFaceRow & { languages: string[] }

// A shop that no one has named yet has an empty name.
const nameOf = `nullif(o.name, '')`

const shopColumns = `o.slug, ${nameOf} as name, o.logo_url as "logoUrl", o.color, o.contact_whatsapp as whatsapp, o.contact_phone as phone,
                     o.contact_email as email, o.languages`

/** What pages show of a shop, and whose settings are in force on them. */
export type FaceRow = ShopRow & { organizationId: string }

const faceColumns = `o.id as "organizationId", ${shopColumns}`

/** The face as one JSON value, beside other columns; `o` is the organization. */
export const faceJson = `json_build_object('slug', o.slug, 'name', ${nameOf}, 'logoUrl', o.logo_url, 'color', o.color,
                                           'whatsapp', o.contact_whatsapp, 'phone', o.contact_phone, 'email', o.contact_email)`

/** The face of the shop with this slug. */
export const findFaceOfShop = (sql: Sql, slug: string) =>
  row<FaceRow>(sql, {
    name: 'face-of-shop',
    text: `select ${faceColumns} from organizations o where slug = $1`,
    values: [slug],
  })

/** The face of the shop that a tracking belongs to. */
export const findFaceOfTracking = (sql: Sql, trackingId: string) =>
  row<FaceRow>(sql, {
    text: `select ${faceColumns} from organizations o where id = (select organization_id from tracking_cache where id = $1)`,
    values: [trackingId],
  })

const faceOfNumberSql = `
     with held as (
       select distinct on (organization_id) organization_id, confirmed_at is not null as is_confirmed, archived_at is null as is_active
         from tracking_cache where tracking_number = $1 order by organization_id, id desc
     ), shown as (
       select organization_id from held order by is_confirmed desc, is_active desc fetch first row with ties
     )
     select ${faceColumns} from organizations o join shown on shown.organization_id = o.id
      where (select count(*) from shown) = 1`

/** The face of the only shop that holds a number; none if there are several. Archived parcels count only where no active one is. */
export const findFaceOfNumber = (sql: Sql, trackingNumber: string) =>
  row<FaceRow>(sql, { name: 'face-of-number', text: faceOfNumberSql, values: [trackingNumber] })

/** A shop's own settings. */
export const findShop = (shop: ShopSql) =>
  row<ShopRow>(shop, {
    text: `select ${shopColumns} from organizations o where o.id = $1`,
    values: [shop.organizationId],
  })

export type ShopChangeable = { [Field in keyof Omit<ShopRow, 'slug'>]?: ShopRow[Field] | undefined }

const columnOfField = {
  ...{ name: 'name', logoUrl: 'logo_url', color: 'color' },
  ...{ whatsapp: 'contact_whatsapp', phone: 'contact_phone', email: 'contact_email', languages: 'languages' },
} as const satisfies Record<keyof ShopChangeable, string>
const given = (field: string, column: string): string => {
  const value = {
    name: `coalesce(patch->>'name', '')`,
    languages: `array(select jsonb_array_elements_text(patch->'languages'))`,
  }[field]
  return `${column} = case when patch ? '${field}' then ${value ?? `patch->>'${field}'`} else o.${column} end`
}
const saveShopSql = `update organizations o set ${Object.entries(columnOfField)
  .map(([field, column]) => given(field, column))
  .join(', ')}
                       from (select $2::jsonb as patch) as wanted where o.id = $1 returning ${shopColumns}`

/** Changes what is given and answers the shop as it is then; undefined leaves a column, null empties it. */
export const saveShop = (tx: Tx, { organizationId, patch }: { organizationId: string; patch: ShopChangeable }) =>
  row<ShopRow>(tx, { text: saveShopSql, values: [organizationId, JSON.stringify(patch)] })

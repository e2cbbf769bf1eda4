import { type Config, mergeStored, type ShopSetting, shopSettings, shownDefault, shownSetting } from '@jejak/config'
import { offeredLanguages, type SettingView } from '@jejak/contract'
import { type Db, findShop, listShopSettings, type ShopRow, type ShopSettingRow } from '@jejak/db'
import { notFound } from '../errors.ts'

/** Every setting of a shop, as the database has it now. */
export const listSettings = async (
  { db, config }: { db: Pick<Db, 'ofShop'>; config: Config },
  organizationId: string,
): Promise<SettingView[]> => {
  const { sql } = db.ofShop(organizationId)
  const [rows, shop] = await Promise.all([listShopSettings(sql), findShop(sql)])
  if (!shop) throw notFound('This shop is gone.')
  return [...checkingViews(config, rows), ...faceViews(shop)]
}

/** What a shop has set and can still be used. */
export const usableTexts = (config: Config, rows: readonly ShopSettingRow[]): Map<string, string> => {
  const texts = new Map(rows.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])))
  for (const { names } of mergeStored(config, texts).problems) for (const name of names) texts.delete(name)
  return texts
}

const checkingViews = (config: Config, rows: readonly ShopSettingRow[]): SettingView[] => {
  const texts = usableTexts(config, rows)
  const { tracking } = mergeStored(config, texts)
  const rowOf = new Map(rows.map((row) => [row.name, row]))
  return shopSettings.map((setting): SettingView => {
    const { name, group, unit, bounds, meaning, kind } = setting
    const row = rowOf.get(name)
    return {
      ...{ name, group, value: shownSetting(setting, tracking), source: sourceOf(config, setting, texts) },
      ...{ default: shownSetting(setting, config.tracking), unit, bounds, takes: kind.is, meaning },
      changeBy: 'PATCH /v1/admin/settings',
      ...{ setAt: row?.setAt.toISOString() ?? null, setBy: row?.setBy ?? null },
    }
  })
}

const sourceOf = ({ tracking }: Config, setting: ShopSetting, texts: ReadonlyMap<string, string>) => {
  if (texts.has(setting.name)) return 'shop'
  return shownSetting(setting, tracking) === shownDefault(setting) ? 'default' : 'environment'
}

const faceMeanings: Record<Exclude<keyof ShopRow, 'slug'>, string> = {
  name: 'The name of the shop, on every page.',
  logoUrl: 'Where its logo is.',
  color: 'The colour of its pages.',
  whatsapp: 'Where customers write to.',
  phone: 'Where customers call.',
  email: 'Where customers send e-mail.',
  languages: 'The languages of its pages, first choice first.',
}

/** Whether a name is of what a shop shows of itself, which is no setting of checks. */
export const isOfFace = (name: string): boolean => Object.hasOwn(faceMeanings, name)

const faceViews = (shop: ShopRow): SettingView[] =>
  Object.entries(faceMeanings).map(([field, meaning]): SettingView => {
    const isLanguages = field === 'languages'
    const own = shop[field as keyof typeof faceMeanings]
    return {
      name: field,
      group: 'shop',
      value: isLanguages ? [...offeredLanguages(shop.languages)] : own,
      source: own === null || own.length === 0 ? 'default' : 'shop',
      default: isLanguages ? [...offeredLanguages([])] : null,
      ...{ unit: null, bounds: null, takes: null, meaning, changeBy: 'PATCH /v1/shop', setAt: null, setBy: null },
    }
  })

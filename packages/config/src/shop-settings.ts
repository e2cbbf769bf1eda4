import { deepFreeze, type ListedVariable, listVariables } from './config.ts'
import { contradictions } from './cross-checks.ts'
import type { Bounds, Kind } from './kinds.ts'
import type { Config, SettingGroup } from './variables.ts'

type Tracking = Config['tracking']

/** A variable that each shop may have a value of its own of; `name` is how shops call it: `in_transit_freq`. */
export type ShopSetting = {
  readonly name: string
  readonly variable: string
  readonly group: SettingGroup
  readonly key: keyof Tracking
  readonly kind: Kind<unknown>
  readonly fallback: string
  readonly meaning: string
  readonly bounds: Bounds | null
  readonly unit: string | null
}

const nameOf = (variable: string): string => variable.replace(/^TRACKING_/, '').toLowerCase()

const toSetting = ({ name, key, kind, meaning, ofShop, default: fallback }: ListedVariable): ShopSetting[] =>
  ofShop === undefined
    ? []
    : [
        {
          ...{ name: nameOf(name), variable: name, group: ofShop, key: key as keyof Tracking, kind },
          fallback: String(fallback),
          ...{ meaning: inWordsOfShops(meaning), bounds: kind.bounds ?? null, unit: kind.unit ?? null },
        },
      ]

/** The same sentence with the names that shops use for what is theirs to change. */
const inWordsOfShops = (sentence: string): string =>
  sentence.replace(/TRACKING_[A-Z_]+/g, (variable) => (ofShops.has(variable) ? nameOf(variable) : variable))

const ofShops: ReadonlySet<string> = new Set(listVariables().flatMap(({ name, ofShop }) => (ofShop ? [name] : [])))

/** What a shop may change for itself, in the order of docs/configuration.md. */
export const shopSettings: readonly ShopSetting[] = listVariables().flatMap(toSetting)

const byName: ReadonlyMap<string, ShopSetting> = new Map(shopSettings.map((setting) => [setting.name, setting]))

/** The text of a setting as an operator would write it; a number where it is one. */
export const shownSetting = ({ key, kind }: ShopSetting, tracking: Tracking): string | number =>
  shown(kind, tracking[key])

const shown = (kind: Kind<unknown>, value: unknown): string | number => {
  const text = kind.write ? kind.write(value) : String(value)
  return typeof value === 'number' ? Number(text) : text
}

/** The same of the default, which holds where neither environment nor shop say otherwise. */
export const shownDefault = ({ kind, fallback }: ShopSetting): string | number =>
  shown(kind, kind.schema.parse(fallback))

export type SettingProblem = { readonly names: readonly string[]; readonly problem: string }

type Texts = ReadonlyMap<string, string>

/** What stands in the way of these texts, by the kind of each setting. */
const parse = (texts: Texts): { values: Map<keyof Tracking, unknown>; problems: SettingProblem[] } => {
  const values = new Map<keyof Tracking, unknown>()
  const problems: SettingProblem[] = []
  for (const [name, text] of texts) {
    const setting = byName.get(name)
    const parsed = setting?.kind.schema.safeParse(text.trim())
    if (!setting) problems.push({ names: [name], problem: `${name} is not a setting of a shop` })
    else if (!parsed?.success) problems.push({ names: [name], problem: `${name} must be ${setting.kind.is}` })
    else values.set(setting.key, parsed.data)
  }
  return { values, problems }
}

/** Shops whose calls go to one account may not take from each other. */
const takesFromOthers = (config: Config, { dailyBudget }: Tracking): SettingProblem[] =>
  config.easyparcel.api === 'classic' && dailyBudget > config.tracking.dailyBudget
    ? [
        {
          names: ['daily_budget'],
          problem: `daily_budget must not be above ${config.tracking.dailyBudget}: with the classic API all shops share one account`,
        },
      ]
    : []

/**
 * What is in force for a shop that has these texts of its own, over what the environment says; with what is wrong with them, each alone and all
 * together.
 */
export const mergeSettings = (
  config: Config,
  texts: Texts,
): { tracking: Tracking; problems: readonly SettingProblem[] } => {
  const { values, problems } = parse(texts)
  if (values.size === 0) return { tracking: config.tracking, problems }
  const tracking = deepFreeze({ ...config.tracking, ...Object.fromEntries(values) }) as Tracking
  const between = contradictions({ ...config, tracking }).map(({ involves, problem }) => ({
    names: involves.filter((variable) => ofShops.has(variable)).map(nameOf),
    problem: inWordsOfShops(problem),
  }))
  return { tracking, problems: [...problems, ...between, ...takesFromOthers(config, tracking)] }
}

/**
 * The same for texts that were stored some time ago: what has become unreadable, or contradicts what the environment says now, is left out, so
 * that there is always something in force.
 */
export const mergeStored = (config: Config, texts: Texts): ReturnType<typeof mergeSettings> => {
  const merged = mergeSettings(config, texts)
  if (merged.problems.length === 0) return merged
  const wrong = new Set(merged.problems.flatMap(({ names }) => names))
  const left = new Map([...texts].filter(([name]) => !wrong.has(name)))
  if (left.size === texts.size) return merged
  const rest = mergeStored(config, left)
  return { tracking: rest.tracking, problems: [...merged.problems, ...rest.problems] }
}

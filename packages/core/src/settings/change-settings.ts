import { type Config, mergeSettings, type ShopSetting, shopSettings, shownSetting } from '@jejak/config'
import type { SettingsPatch, UndoRef } from '@jejak/contract'
import {
  type Clock,
  type Db,
  knowsTimeZone,
  listShopSettings,
  lockShop,
  type ShopTx,
  saveShopSettings,
} from '@jejak/db'
import { type Actor, actorName } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { knowsHolidaysOf } from '../checking/schedule/calendar.ts'
import { notFound, Refusal } from '../errors.ts'
import { type Boss, enqueue } from '../queue/index.ts'
import { keepUndo } from '../undo/keep-undo.ts'
import type { WasOf } from '../undo/kinds.ts'
import { inForceWithinMs } from './follow-changes.ts'
import { isOfFace, usableTexts } from './list-settings.ts'

// By then every worker has heard of the change: none plans by the old settings what the job has passed already.
const rePlanAfterSeconds = inForceWithinMs / 1000

type Deps = { db: Pick<Db, 'ofShop'>; boss: Boss; clock: Clock; config: Config }
type Changing = { actor: Actor; organizationId: string; patch: SettingsPatch }

/**
 * Changes settings of a shop, all or none; null goes back to the default. Processes hear of it within seconds; this one does when it refreshes. What
 * is scheduled already is planned again by a job. Answers how to undo it; null where nothing changed.
 */
export const changeSettings = (
  { db, clock, ...deps }: Deps,
  { actor, organizationId, patch }: Changing,
): Promise<UndoRef | null> =>
  db.ofShop(organizationId).transaction(async (tx) => {
    if (!(await lockShop(tx))) throw notFound('This shop is gone.')
    const now = await clock(tx)
    const was = await changeSettingsIn(tx, { deps, actor, now, patch })
    if (was.length === 0) return null
    return keepUndo(tx, {
      ...{ actor, now, act: 'setting.changed', permission: 'settings:change', amount: was.length, kind: 'settings' },
      ...{ detail: was.map(({ name }) => name).join(' '), was },
    })
  })

type ChangingIn = Omit<Changing, 'organizationId'> & { deps: Pick<Deps, 'boss' | 'config'>; now: Date }

/** The same inside a transaction that holds the lock; answers what was stored before and is now. */
export const changeSettingsIn = async (
  tx: ShopTx,
  { deps: { boss, config }, ...changing }: ChangingIn,
): Promise<WasOf<'settings'>> => {
  const { organizationId } = tx
  const before = usableTexts(config, await listShopSettings(tx))
  const changes = changesOf(config, { before, patch: changing.patch })
  if (changes.length === 0) return []
  await refuseZoneOfNodeOnly(tx, changes)
  refuseUnknownRegion(changes)
  await save(tx, { changes, ...changing, organizationId })
  if (changes.some(({ setting }) => movesDueTimes(setting)))
    await enqueue(boss, {
      name: 're-plan',
      payload: { organizationId },
      options: { singletonKey: organizationId, startAfter: rePlanAfterSeconds, sql: tx },
    })
  return changes.map(({ setting: { name }, value }) => ({ name, was: before.get(name) ?? null, is: value }))
}

/** `before` and `after` are what is in force; `value` is what is stored. */
type Change = { setting: ShopSetting; before: string; after: string; value: string | null }

const movesDueTimes = ({ group }: ShopSetting): boolean => group === 'cadence' || group === 'calendar'

const changesOf = (
  config: Config,
  { before, patch }: { before: ReadonlyMap<string, string>; patch: SettingsPatch },
): Change[] => {
  refuseUnknown(patch)
  const after = new Map(before)
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) after.delete(name)
    else after.set(name, String(value))
  }
  const then = mergeSettings(config, before).tracking
  const { tracking, problems } = mergeSettings(config, after)
  if (problems.length > 0)
    throw new Refusal('validation', `${problems.map(({ problem }) => problem).join('; ')}. Nothing was changed.`, {
      errors: problems.flatMap(({ names, problem }) => names.map((path) => ({ path, message: `${problem}.` }))),
    })
  return shopSettings
    .filter(({ name }) => name in patch)
    .map((setting) => {
      const shown = String(shownSetting(setting, tracking))
      const value = after.has(setting.name) ? shown : null
      return { setting, before: String(shownSetting(setting, then)), after: shown, value }
    })
    .filter(({ setting: { name }, value }) => value !== (before.get(name) ?? null))
}

const noSuchSetting = 'There is no such setting of a shop.'
const ofFace = 'This is how the shop shows itself: `jejak shop` or PATCH /v1/shop changes it.'

const refuseUnknown = (patch: SettingsPatch): void => {
  const known = new Set(shopSettings.map(({ name }) => name))
  const unknown = Object.keys(patch).filter((name) => !known.has(name))
  const errors = unknown.slice(0, 5).map((path) => ({ path, message: isOfFace(path) ? ofFace : noSuchSetting }))
  if (errors.length === 0) return
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join(' ')
  throw new Refusal('validation', `${detail} Nothing was changed.`, { errors })
}

const refuseZoneOfNodeOnly = async (tx: ShopTx, changes: readonly Change[]): Promise<void> => {
  const timezone = changes.find(({ setting }) => setting.name === 'timezone')?.value
  if (timezone != null && !(await knowsTimeZone(tx, timezone)))
    throw new Refusal('validation', `timezone: The database does not know ${timezone}. Nothing was changed.`)
}

const refuseUnknownRegion = (changes: readonly Change[]): void => {
  const region = changes.find(({ setting }) => setting.name === 'holiday_region')?.value
  if (region != null && !knowsHolidaysOf(region))
    throw new Refusal('validation', `holiday_region: No public holidays are known of ${region}. Nothing was changed.`)
}

const shownMax = 140
const cut = (text: string): string => (text.length > shownMax ? `${text.slice(0, shownMax - 1)}…` : text)

const save = async (
  tx: ShopTx,
  { changes, actor, organizationId, now }: Omit<Changing, 'patch'> & { changes: readonly Change[]; now: Date },
): Promise<void> => {
  const settings = new Map(changes.map(({ setting, value }) => [setting.name, value]))
  await saveShopSettings(tx, { settings, setAt: now, setBy: actorName(actor) })
  for (const { setting, before, after, value } of changes)
    await recordAct(tx, {
      ...{ act: 'setting.changed', actor, organizationId, now, object: `setting:${setting.name}` },
      detail: `${cut(before)} → ${cut(after)}${value === null ? ', the default' : ''}`,
    })
}

import { type Config, mergeStored } from '@jejak/config'
import { readChangedSettings, type Sql } from '@jejak/db'
import type { Logger } from 'pino'
import type { CheckingSettings } from '../checking/settings.ts'

/** What is in force for a shop; of null, what the environment says. The same object until something changes. */
export type SettingsOf = (organizationId: string | null) => CheckingSettings

/** The settings of all shops as this process knows them. */
export type KnownSettings = {
  settingsOf: SettingsOf
  /** Of the shops that have settings of their own, by id. */
  ownSettings: () => ReadonlyMap<string, CheckingSettings>
}

export type SettingsInForce = KnownSettings & {
  /** Reads what was changed since the last time. */
  refreshSettings: () => Promise<void>
}

type Deps = { sql: Sql; config: Config; log: Pick<Logger, 'warn'> }

/**
 * Keeps the settings of shops in memory, for who decides by them on every parcel and every request. Nothing is known before the first `refreshSettings`.
 * A stored setting that cannot be used, after an upgrade or because the environment says otherwise now, counts as not set.
 */
export const createSettings = ({ sql, config, log }: Deps): SettingsInForce => {
  const stored = new Map<string, Map<string, string>>()
  const inForce = new Map<string, CheckingSettings>()
  let since = '0'

  const settle = (organizationId: string): void => {
    const texts = stored.get(organizationId)
    if (!texts || texts.size === 0) return void inForce.delete(organizationId)
    const { tracking, problems } = mergeStored(config, texts)
    inForce.set(organizationId, tracking)
    for (const { names, problem } of problems)
      log.warn({ organizationId, settings: names, problem }, 'a stored setting cannot be used; the default is in force')
  }

  const read = async (): Promise<void> => {
    const { next, changed } = await readChangedSettings(sql, since)
    // A database that was restored counts from a lower number.
    const isOlder = BigInt(next) < BigInt(since)
    if (isOlder) stored.clear()
    since = isOlder ? '0' : next
    const touched = new Set(isOlder ? inForce.keys() : [])
    for (const { organizationId, name, value } of changed) {
      const texts = stored.get(organizationId) ?? new Map<string, string>()
      if (texts.get(name) === (value ?? undefined)) continue
      if (value === null) texts.delete(name)
      else texts.set(name, value)
      stored.set(organizationId, texts)
      touched.add(organizationId)
    }
    for (const organizationId of touched) settle(organizationId)
    if (isOlder) await read()
  }

  let reading = Promise.resolve()
  return {
    settingsOf: (organizationId) => (organizationId !== null && inForce.get(organizationId)) || config.tracking,
    ownSettings: () => inForce,
    refreshSettings: () => {
      // One after the other: an older answer may not come last.
      reading = reading.catch(() => undefined).then(read)
      return reading
    },
  }
}

/** The settings of all shops as they are now, for a command that is soon over; the processes log what cannot be used. */
export const readSettings = async (deps: Omit<Deps, 'log'>): Promise<SettingsInForce> => {
  const settings = createSettings({ ...deps, log: { warn: () => undefined } })
  await settings.refreshSettings()
  return settings
}

/** All settings that are in force for someone. */
export const allSettings = ({ settingsOf, ownSettings }: KnownSettings): CheckingSettings[] => [
  settingsOf(null),
  ...ownSettings().values(),
]

/** The same settings for every shop. */
export const sameForAll = (settings: CheckingSettings): KnownSettings => ({
  settingsOf: () => settings,
  ownSettings: () => new Map(),
})

export { configWarnings, environment, loadConfig, minimalEnvironment } from './config.ts'
export { ConfigError } from './config-error.ts'
export { isRealEasyParcel } from './cross-checks.ts'
export {
  mergeSettings,
  mergeStored,
  type ShopSetting,
  shopSettings,
  shownDefault,
  shownSetting,
} from './shop-settings.ts'
export type { Config, Env } from './variables.ts'

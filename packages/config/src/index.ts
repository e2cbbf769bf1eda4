export { type Config, configWarnings, loadConfig } from './config.ts'
export { ConfigError } from './config-error.ts'
export { isRealEasyParcel } from './easyparcel-hosts.ts'
export { environment, minimalEnvironment } from './environment.ts'

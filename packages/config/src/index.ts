export { type Config, configWarnings, loadConfig } from './config.ts'
export { ConfigError } from './config-error.ts'
export { environment } from './environment.ts'

export { type Config, configWarnings, loadConfig } from './config.ts'
export { ConfigError } from './config-error.ts'
export { type Secret, secret } from './secret.ts'

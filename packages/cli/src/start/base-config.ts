import { type Config, type Env, loadConfig } from '@jejak/config'

/** The settings before the database has told whether it is a demo, which makes its own SECRET_KEY: nothing may be sealed with this one. */
export const baseConfig = (env: Env): Config =>
  loadConfig({ ...env, SECRET_KEY: env.SECRET_KEY?.trim() || 'only-until-the-database-tells-what-it-is' })

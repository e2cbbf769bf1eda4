import { join, resolve } from 'node:path'
import type { Config, Env } from '@jejak/config'
import { demoSettings } from '../demo-settings.ts'
import { keptSecret } from './kept-secret.ts'

type Facts = {
  readonly base: Config
  readonly isDemo: boolean
  readonly databaseUrl: string
  readonly apiKey: string | undefined
}

/** The secret that a demo makes and keeps; a real installation must be given its own. */
const demoSecretKey = (config: Config) => keptSecret(join(config.data.dir, 'secret-key'))

/** What every process of an installation is started with. In a demo its settings come first, and what the operator set himself wins. */
export const childEnvironment = async (
  env: Env,
  { base: config, isDemo, databaseUrl, apiKey }: Facts,
): Promise<Env> => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const shared = {
    // Node keeps the code it has compiled there: the next start takes two thirds of the time.
    NODE_COMPILE_CACHE: given.NODE_COMPILE_CACHE ?? join(resolve(config.data.dir), 'compile-cache'),
    DATA_DIR: resolve(config.data.dir),
    DATABASE_URL: databaseUrl,
    JEJAK_DEMO: String(isDemo),
    BOOTSTRAP_API_KEY: apiKey,
  }
  if (!isDemo) return { ...given, ...shared }
  return {
    SECRET_KEY: await demoSecretKey(config),
    SIMULATOR_SPEED: String(config.simulator.speed),
    SIMULATOR_PORT: String(config.simulator.port),
    ...demoSettings(config.simulator.speed),
    ...given,
    ...shared,
  }
}

import { join, resolve } from 'node:path'
import type { Config } from '@jejak/config'
import { demoSettings } from '../demo-settings.ts'
import { sampleShipments } from './duties.ts'
import { keptSecret } from './kept-secret.ts'

type Env = Readonly<Record<string, string | undefined>>
type Facts = { readonly isDemo: boolean; readonly databaseUrl: string; readonly apiKey: string | undefined }

/** The secret that a demo makes and keeps; a real installation must be given its own. */
const demoSecretKey = (config: Config) => keptSecret(join(config.data.dir, 'secret-key'))

/** What API, worker and simulator are started with. In a demo its settings come first, and what the operator set himself wins. */
export const childEnvironment = async (
  env: Env,
  config: Config,
  { isDemo, databaseUrl, apiKey }: Facts,
): Promise<Env> => {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const shared = {
    DATA_DIR: resolve(config.data.dir),
    DATABASE_URL: databaseUrl,
    JEJAK_DEMO: String(isDemo),
    ...(apiKey ? { BOOTSTRAP_API_KEY: apiKey } : {}),
  }
  if (!isDemo) return { ...given, ...shared }
  return {
    SECRET_KEY: await demoSecretKey(config),
    SIMULATOR_SPEED: String(config.simulator.speed),
    SIMULATOR_PORT: String(config.simulator.port),
    SIMULATOR_STATE_FILE: join(resolve(config.data.dir), 'simulator.json'),
    SIMULATOR_BOOKINGS: sampleShipments,
    ...demoSettings(config.simulator.speed),
    ...given,
    ...shared,
  }
}

import { join, resolve } from 'node:path'
import { type Config, type Env, minimalEnvironment } from '@jejak/config'

export const root = join(import.meta.dirname, '../../../..')
export const sampleShipments = join(root, 'examples/shipments.csv')

export type DutyPlan = {
  readonly name: string
  readonly args: readonly string[]
  readonly healthUrl: string | undefined
  /** What of the installation's environment it gets; undefined: all of it. */
  readonly envOf?: (shared: Env) => Env
}

/** An address on which this machine reaches a server that listens on `host`. */
export const reachable = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host

export const apiUrl = ({ http }: Config): string => `http://${reachable(http.host)}:${http.port}`

/** The processes of an installation in the order in which they start; they stop in reverse. */
export const planDuties = (config: Config, { watch }: { watch: boolean }): DutyPlan[] => {
  const source = (path: string) => [...(watch ? ['--watch', '--watch-preserve-output'] : []), join(root, path)]
  const { healthHost, healthPort } = config.worker
  const simulator: DutyPlan = {
    name: 'simulator',
    args: [join(root, 'packages/easyparcel-simulator/src/main.ts')],
    healthUrl: `http://127.0.0.1:${config.simulator.port}/_control/clock`,
    // It stands for EasyParcel, and no more of ours is any of its business.
    envOf: (shared) => ({
      ...minimalEnvironment(shared),
      ...Object.fromEntries(Object.entries(shared).filter(([name]) => /^(SIMULATOR_|NODE_COMPILE_CACHE$)/.test(name))),
      SIMULATOR_BOOKINGS: sampleShipments,
      SIMULATOR_STATE_FILE: join(resolve(config.data.dir), 'simulator.json'),
    }),
  }
  return [
    ...(config.demo.enabled ? [simulator] : []),
    { name: 'API', args: source('apps/api/src/main.ts'), healthUrl: `${apiUrl(config)}/health/ready` },
    {
      name: 'worker',
      args: source('apps/worker/src/main.ts'),
      // One that refuses to check because of its machine's clock runs: another start would change nothing.
      healthUrl: healthPort === 0 ? undefined : `http://${reachable(healthHost)}:${healthPort}/health/live`,
    },
  ]
}

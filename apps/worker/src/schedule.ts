import type { Config } from '@jejak/config'
import { isAllChecked, runTick, type TickName, tickNames } from '@jejak/core/checking'
import type { Boss } from '@jejak/core/queue'
import type { Clock, Db } from '@jejak/db'
import cron, { type Logger as CronLogger } from 'node-cron'
import type { Logger } from 'pino'

type ScheduleDeps = {
  config: Pick<Config, 'cron' | 'tracking' | 'sync'>
  db: Pick<Db, 'sql'>
  boss: Boss
  log: Logger
  clock: Clock
  heartbeat: () => void
}

/** What node-cron has to say goes where everything else goes; an error of a tick has been told already. */
const toCronLogger = (log: Logger): CronLogger => ({
  info: (message) => log.debug(message),
  warn: (message) => log.warn(message),
  error: (message) => log.debug({ err: message }),
  debug: (message) => log.debug({ err: message }),
})

/** A shop with nothing to check has no run that could tell the dead man's switch that all is well: then its regular tick does. */
export const tickAndTell = async (deps: ScheduleDeps, { name, now }: { name: TickName; now: Date }): Promise<void> => {
  await runTick(deps, { name, now })
  if (name === 'regular' && (await isAllChecked(deps, now))) deps.heartbeat()
}

/** Starts the clockwork, unless ticks come from outside (`CRON_ENABLED=false`, then `jejak tick NAME`). Returns how to stop it. */
export const startSchedule = (deps: ScheduleDeps): (() => Promise<void>) => {
  const { config, log } = deps
  if (!config.cron.enabled) return async () => undefined
  // Stopping waits for a tick under way: the database is closed after it.
  const ticking = new Set<Promise<void>>()
  const tick = async (name: TickName) => {
    try {
      await tickAndTell(deps, { name, now: await deps.clock(deps.db.sql) })
    } catch (error) {
      log.error({ err: error, tick: name }, 'a tick could not enqueue its jobs')
    }
  }
  const tasks = tickNames
    .filter((name) => name !== 'account-sync' || config.sync.enabled)
    .map((name) =>
      cron.schedule(
        config.cron[name],
        async () => {
          const running = tick(name)
          ticking.add(running)
          await running.finally(() => ticking.delete(running))
        },
        { timezone: config.tracking.timezone, name, noOverlap: true, logger: toCronLogger(log.child({ tick: name })) },
      ),
    )
  return async () => {
    await Promise.all(tasks.map((task) => task.stop()))
    await Promise.all(ticking)
  }
}

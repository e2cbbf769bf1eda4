import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Config, configWarnings, loadConfig } from '@jejak/config'
import { makeSetupLink } from '@jejak/core/access'
import { systemActor } from '@jejak/core/audit'
import { prepareInstallation } from '@jejak/core/installing'
import { createSettings } from '@jejak/core/settings'
import { countParcels, countUsers, type Db, listTrackings, newApiKey, readClock } from '@jejak/db'
import { startEmbedded } from '@jejak/db/embedded'
import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { type ProgressView, progressView } from '../progress/progress-view.ts'
import { readFigures, type Title } from '../progress/snapshot.ts'
import { baseConfig } from './base-config.ts'
import { childEnvironment } from './child-environment.ts'
import { apiUrl, planDuties, sampleShipments } from './duties.ts'
import { importShipments } from './import-shipments.ts'
import { keptSecret } from './kept-secret.ts'
import { openLogFile } from './log-file.ts'
import { internalPorts, refuseTakenPorts, withInternalPorts } from './ports.ts'
import { isNamed, migrateAndChooseMode, namingHint, openDatabase } from './prepare-database.ts'
import { aborted, listenForStop, type StopSignals } from './stop-signals.ts'
import { type Supervised, supervise } from './supervise.ts'
import { watchClock } from './watch-clock.ts'

const readyTimeoutMs = 60_000
const restartWaitsMs = [1000, 2000, 4000, 8000, 16_000]
const settledMs = 60_000
const killMarginMs = 5000
const pollMs = 1000
/** A poll of a large database pauses this many times as long as it took, so that watching costs at most a twentieth. */
const pollRestFactor = 20

type Closing = (() => Promise<unknown>)[]

export const startCommand = (context: CommandContext): Command =>
  new Command('start')
    .description(
      'runs database, API and worker on this machine until Ctrl-C; a demo when there are no EasyParcel credentials',
    )
    .option('--watch', 'restart API and worker when a source file changes', false)
    .action((options: { watch: boolean }) => startEverything(context, options))

/** `npm start`: database, migrations, simulator in a demo, API and worker, then live progress until Ctrl-C. Stops in reverse order. */
const startEverything = async (context: CommandContext, { watch }: { watch: boolean }): Promise<void> => {
  const closing: Closing = []
  const children: Supervised[] = []
  const killAll = () => {
    for (const child of children) child.kill()
    process.exit(130)
  }
  const stop = listenForStop(killAll, () => context.now().getTime())
  if (context.env.npm_lifecycle_event) stopWithParent(stop)
  // A terminal that was closed takes no more lines; stopping in order goes on without them.
  for (const out of [process.stdout, process.stderr]) out.on('error', () => {})
  try {
    await runUntilStopped(context, { watch, stop, closing, children })
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error
  } finally {
    if (stop.signal.aborted) console.log('Stopping …')
    for (const close of closing.toReversed()) await close()
    stop.close()
  }
  if (stop.signal.reason instanceof Error && stop.signal.reason.name !== 'AbortError') throw stop.signal.reason
}

/** npm may end without a signal to its child, so a process that npm started watches whether its parent is still there. */
const stopWithParent = ({ signal, stop }: StopSignals): void => {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== parent) stop()
  }, pollMs)
  signal.addEventListener('abort', () => clearInterval(timer))
}

type Run = {
  readonly watch: boolean
  readonly stop: StopSignals
  readonly closing: Closing
  readonly children: Supervised[]
}

const runUntilStopped = async (context: CommandContext, { watch, stop, closing, children }: Run): Promise<void> => {
  const { now } = context
  const startedAt = now().getTime()
  for (const warning of configWarnings(context.env)) console.warn(warning)
  const env = await withInternalPorts(context.env, baseConfig(context.env))
  const base = baseConfig(env)
  await refuseTakenPorts(wantedPorts(base))
  const { url, db, revive } = await openOwnDatabase(base, { closing, signal: stop.signal })
  stop.signal.throwIfAborted()
  const asked = env.JEJAK_DEMO?.trim() ? base.demo.enabled : undefined
  const { isDemo } = await migrateAndChooseMode(db, { base, url, asked })
  if (isDemo) await refuseTakenPorts([internalPorts(base).simulator])
  const apiKey = base.keys.bootstrapApiKey?.reveal() ?? (await keptSecret(join(base.data.dir, 'api-key'), newApiKey))
  const childEnv = await childEnvironment(env, { base, isDemo, databaseUrl: url, apiKey })
  const config = loadConfig(childEnv)
  const { organizationId } = await prepareInstallation(db, config)

  const { speed } = config.simulator
  const title: Title = { isDemo, speed, publicUrl: config.http.publicUrl, logDir: join(base.data.dir, 'logs') }
  const view = progressView(process.stdout, { title, now })
  for (const plan of planDuties(config, { watch })) {
    stop.signal.throwIfAborted()
    view.event(`Starting the ${plan.name} …`)
    const log = await openLogFile(join(title.logDir, plan.name.toLowerCase()))
    const child = supervise(
      { ...plan, env: plan.envOf?.(childEnv) ?? childEnv, log },
      {
        readyTimeoutMs,
        stopTimeoutMs: config.worker.shutdownTimeoutMs + killMarginMs,
        restartWaitsMs,
        settledMs,
        now: () => now().getTime(),
        isDatabaseThere: () =>
          db.sql.query('select').then(
            () => true,
            () => false,
          ),
        onEvent: view.event,
        onGivenUp: stop.stopBecause,
      },
    )
    children.push(child)
    closing.push(child.stop)
    await Promise.race([child.ready, aborted(stop.signal)])
  }

  if (isDemo) await importSamples(db, config, apiKey, view)
  const example = isDemo ? await findExample(db, organizationId) : undefined
  announce(view, title, { example, newKey: base.keys.bootstrapApiKey ? undefined : keyToTell(apiKey, base.data.dir) })
  if (!(await isNamed(db))) view.event(namingHint('npm run jejak --'))
  if ((await countUsers(db.sql)) === 0)
    view.event(
      await setUpHint({ db, clock: readClock, actor: systemActor, organizationId, publicUrl: title.publicUrl }),
    )
  await showProgress({ db, revive, config, view, children, signal: stop.signal, now, startedAt })
}

const wantedPorts = (config: Config) => [
  { host: config.http.host, port: config.http.port, variable: 'PORT', use: 'the API' },
  ...(config.worker.healthPort === 0 ? [] : [internalPorts(config).workerHealth]),
]

type OwnDatabase = {
  readonly url: string
  readonly db: Db
  /** Starts the embedded server again if it has ended; another one is its operator's to start. */
  readonly revive: () => Promise<void>
}

const openOwnDatabase = async (
  config: Config,
  { closing, signal }: { closing: Closing; signal: AbortSignal },
): Promise<OwnDatabase> => {
  let url = config.database.url?.reveal()
  let revive = async () => {}
  if (url === undefined) {
    const { dir } = config.data
    const server = await startEmbedded({
      dataDir: dir,
      port: config.database.embeddedPort,
      log: (line) => console.log(line),
    })
    closing.push(server.stop)
    url = server.url
    revive = server.revive
  }
  const say = (line: string) => console.log(line)
  const { db, ownerDb } = await openDatabase(config, { url, forMs: config.database.startWaitMs, say, signal })
  closing.push(db.close, ownerDb.close)
  return { url, db, revive }
}

/** The key itself goes to a person's terminal only: what is written elsewhere, such as a journal, stays there. */
const keyToTell = (apiKey: string, dataDir: string): string =>
  process.stdout.isTTY ? `${apiKey} (every scope)` : `in ${join(dataDir, 'api-key')} (every scope)`

/** A link that makes the first user goes to a person's terminal only, too. */
const setUpHint = async ({
  publicUrl,
  ...made
}: {
  db: Db
  clock: typeof readClock
  actor: typeof systemActor
  organizationId: string
  publicUrl: string
}): Promise<string> => {
  const byCommand = 'No one can sign in yet: npm run jejak -- user:create EMAIL --role owner --operator'
  const link = process.stdout.isTTY && (await makeSetupLink(made, made))
  return link
    ? `No one can sign in yet. Make the first user here, once: ${publicUrl}/account/link#${link.token}`
    : byCommand
}

/** A parcel of the demo that can be read right now. */
const findExample = async (db: Db, organizationId: string): Promise<string | undefined> => {
  const trackings = await listTrackings(db.ofShop(organizationId).sql, { sort: '-changed', limit: 100 })
  return trackings.find(({ archivedAt }) => archivedAt === null)?.trackingNumber
}

type Told = { readonly example: string | undefined; readonly newKey: string | undefined }

const announce = (view: ProgressView, { isDemo, publicUrl }: Title, { example, newKey }: Told) => {
  view.event(isDemo ? 'This is a demo: EasyParcel is simulated, and nothing leaves this machine.' : 'Jejak runs.')
  view.event(`Read a parcel:  ${publicUrl}/v1/track/${example ?? 'TRACKING_NUMBER'}`)
  view.event(`API docs:       ${publicUrl}/docs`)
  if (newKey) view.event(`API key:        ${newKey}`)
}

const importSamples = async (db: Db, config: Config, apiKey: string, view: ProgressView): Promise<void> => {
  if ((await countParcels(db.sql)) > 0) return
  await importShipments(sampleShipments, { apiUrl: apiUrl(config), apiKey })
  view.event('The sample shipments of examples/shipments.csv are registered.')
}

type Watching = {
  readonly db: Db
  readonly revive: OwnDatabase['revive']
  readonly config: Config
  readonly view: ProgressView
  readonly children: readonly Supervised[]
  readonly signal: AbortSignal
  readonly now: () => Date
  readonly startedAt: number
}

const showProgress = async (watching: Watching): Promise<void> => {
  const { db, revive, config, view, children, signal, now, startedAt } = watching
  let isSilent = false
  const settings = createSettings({ sql: db.sql, config, log: { warn: () => undefined } })
  const lookAtClock = watchClock({ sql: db.sql, clock: readClock, now }, view.event)
  while (!signal.aborted) {
    const askedAt = now()
    try {
      await settings.refreshSettings()
      const figures = await readFigures(db, { ...settings, now: askedAt })
      const processes = children.map((child) => ({ name: child.name, state: child.state() }))
      view.show({ ...figures, processes, upMs: askedAt.getTime() - startedAt })
      if (isSilent) view.event('The database answers again.')
      isSilent = false
      await lookAtClock()
    } catch (error) {
      if (!isSilent)
        view.event(`Waiting for the database, which does not answer: ${error instanceof Error ? error.message : error}`)
      isSilent = true
      await revive().catch(() => {})
    }
    const tookMs = now().getTime() - askedAt.getTime()
    await sleep(Math.max(pollMs, tookMs * pollRestFactor), undefined, { signal }).catch(() => {})
  }
}

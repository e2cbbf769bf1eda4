import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfig } from '@jejak/config'
import { systemActor } from '@jejak/core/changes'
import { prepareInstallation } from '@jejak/core/installing'
import { migrateQueue, startBoss } from '@jejak/core/queue'
import { deriveContactKeys, registerTrackings } from '@jejak/core/registering'
import { connect, type Db, readClock } from '@jejak/db'
import { type Simulator, startSimulator } from '@jejak/easyparcel-simulator'
import { placeBudgetWitness } from './budget-witness.ts'
import { type ChaosSize, simulatorOptions, workerEnvironment } from './chaos-settings.ts'
import { type Cluster, startCluster } from './cluster.ts'
import { listUnsettled, readFigures } from './figures.ts'
import { judge } from './judge.ts'
import { type Moment, momentLine } from './render-run.ts'
import { createTroubles, poisonOf, type Trouble } from './troubles.ts'
import type { Verdict } from './verdict.ts'

export type ChaosOptions = {
  size: ChaosSize
  /** A migrated, empty database of its own. */
  databaseUrl: string
  /** Where the workers' logs go. */
  logDir: string
  report: (line: string) => void
  now: () => Date
  /** Ends the run at once; whatever it started is gone when it rejects. */
  signal: AbortSignal
}

export type ChaosResult = { verdicts: Verdict[]; last: Moment }

type Stage = ChaosOptions & { db: Db; simulator: Simulator; cluster: Cluster; startedAt: Date }

const registeredAtOnce = 500
const showEveryMs = 3_000
const pollMs = 250

/**
 * Parcels live their lives while EasyParcel fails half of the time and workers are killed in turn; then there is calm, every parcel is asked
 * about once more, the workers are told to stop, and everything is held against the truth.
 */
export const runChaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const { size, databaseUrl, logDir, now, signal } = options
  await migrateQueue(databaseUrl)
  const simulator = await startSimulator(simulatorOptions(size))
  const env = workerEnvironment(size, { databaseUrl, easyParcelUrl: simulator.url })
  const db = openDatabase(databaseUrl)
  const cluster = startCluster({ env, logDir })
  const endAtOnce = () => cluster.killAll()
  process.once('exit', endAtOnce)
  try {
    const stage = { ...options, db, simulator, cluster, startedAt: now() }
    await placeBudgetWitness(db)
    await cluster.ready()
    await registerParcels(stage, env)
    const troubles = createTroubles(stage)
    await storm(stage, troubles)
    const unsettled = await calm(stage)
    signal.throwIfAborted()
    await cluster.ready()
    const endings = await cluster.stop()
    const stats = simulator.stats()
    const truth = simulator.truth()
    const kills = cluster.kills()
    const complaints = cluster.complaints()
    const { verdicts, figures } = await judge({
      db,
      truth,
      stats,
      kills,
      unsettled,
      endings,
      complaints,
      logDir,
      troubles: troubles.seen(),
      now: now(),
    })
    return { verdicts, last: { seconds: secondsSince(stage), figures, stats, kills } }
  } finally {
    endAtOnce()
    process.off('exit', endAtOnce)
    await db.close()
    await simulator.close()
  }
}

const openDatabase = (url: string): Db =>
  connect({
    as: 'owner',
    url,
    poolMax: 5,
    statementTimeoutMs: 30_000,
    connectTimeoutMs: 5_000,
    applicationName: 'jejak-chaos',
    onError: () => undefined,
  })

/** A shop's parcels, as its orders come in: booked at EasyParcel and registered here. */
const registerParcels = async ({ db, simulator, size, databaseUrl }: Stage, env: Record<string, string>) => {
  const config = loadConfig(env)
  const { organizationId, connectionId, isDemo } = await prepareInstallation(db, config)
  const onError = (error: Error) => console.error(error)
  const boss = await startBoss({
    as: 'owner',
    url: databaseUrl,
    poolMax: 2,
    applicationName: 'jejak-chaos',
    role: 'send',
    onError,
  })
  const trackings = Array.from({ length: size.parcels }, (_, place) => ({
    trackingNumber: `63${2_000_000_000 + place}`,
  }))
  const numbers = trackings.map(({ trackingNumber }) => trackingNumber)
  simulator.book(numbers.map((awb) => ({ awb })))
  simulator.setPoison({ numbers: poisonOf(numbers, size) })
  const deps = {
    db,
    boss,
    clock: readClock,
    contactKeys: deriveContactKeys(['a secret that only tests know, 32 bytes']),
    isDemo,
    registerDelayMs: config.tracking.registerDelayMs,
  }
  for (let from = 0; from < trackings.length; from += registeredAtOnce) {
    const some = trackings.slice(from, from + registeredAtOnce)
    await registerTrackings(deps, { actor: systemActor, organizationId, connectionId, trackings: some })
  }
  await boss.stop({ graceful: true, close: true })
}

/** Until every life has ended; killing in turn, and telling how it goes. */
const storm = async (stage: Stage, troubles: Trouble): Promise<void> => {
  const { simulator, cluster, size, now } = stage
  const from = now().getTime()
  const stopAt = from + 1.5 * size.livesMs
  let killAt = now().getTime() + size.killEveryMs
  const watch = watcher(stage)
  while (now().getTime() < stopAt && simulator.truth().some(({ ended }) => !ended)) {
    await watch(new Date(0))
    // Not waited for: the other troubles have their time.
    if (now().getTime() >= killAt && cluster.isReady()) {
      await whileCalling(stage)
      await cluster.killOne()
      killAt = now().getTime() + size.killEveryMs
    }
    await troubles.step(now().getTime() - from)
    await sleep(pollMs, undefined, { signal: stage.signal })
  }
  await troubles.end()
}

/** A kill between two calls would prove little; at most a second is waited for one to be under way. */
const whileCalling = async ({ simulator, signal }: Stage): Promise<void> => {
  for (let waits = 0; waits < 200 && simulator.stats().calls.open === 0; waits++) await sleep(5, undefined, { signal })
}

/** EasyParcel behaves and no one dies any more, until nothing is left to ask about; what is left when the time is over comes back. */
const calm = async (stage: Stage): Promise<string[]> => {
  const { simulator, size, db, now, report } = stage
  simulator.setFaults({})
  simulator.setPoison({ numbers: [] })
  const since = now()
  const watch = watcher(stage)
  report('The lives have ended: no more faults, no more kills.')
  while (now().getTime() - since.getTime() < size.calmMaxMs) {
    const { unsettled } = await readFigures(db, since)
    if (unsettled === 0 && (await abandonedCalls(db, now())) === 0) return []
    await watch(since)
    await sleep(pollMs, undefined, { signal: stage.signal })
  }
  return listUnsettled(db, since)
}

const abandonedCalls = async ({ sql }: Db, now: Date): Promise<number> => {
  const { rowCount } = await sql.query('select from api_calls where closed_at is null and lease_until < $1', [now])
  return rowCount ?? 0
}

const watcher = (stage: Stage) => {
  let shownAt = 0
  return async (since: Date): Promise<void> => {
    const { db, simulator, cluster, now, report } = stage
    if (now().getTime() - shownAt < showEveryMs) return
    shownAt = now().getTime()
    const figures = await readFigures(db, since)
    report(momentLine({ seconds: secondsSince(stage), figures, stats: simulator.stats(), kills: cluster.kills() }))
  }
}

const secondsSince = ({ startedAt, now }: Pick<Stage, 'startedAt' | 'now'>) =>
  Math.round((now().getTime() - startedAt.getTime()) / 1000)

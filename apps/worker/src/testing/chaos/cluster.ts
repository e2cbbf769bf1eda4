import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Ending, launchWorker, type WorkerProcess } from '../worker-process.ts'
import { workerCount } from './chaos-settings.ts'

/** Several workers that share nothing but the database. */
export type Cluster = {
  /** Resolves once all of them work: on a busy machine a new one takes seconds, and must not die before it did anything. */
  ready: () => Promise<void>
  isReady: () => boolean
  /** `kill -9` for the next worker in turn, and a new one in its place. */
  killOne: () => Promise<void>
  kills: () => number
  /** One worker more, on a machine whose clock is 40 days ahead; resolves, once it works, with how to stop it. */
  addWithWrongClock: () => Promise<() => Promise<void>>
  /** Ends of workers that no one asked for, and errors they logged. */
  complaints: () => string[]
  stop: () => Promise<Ending[]>
  killAll: () => void
}

const wrongClockMs = 40 * 86_400_000
/** The log of the worker with the wrong clock. */
export const wrongClockLog = 'worker-wrong-clock.log'

/** Whether the worker with the wrong clock was seen refusing to check. */
export const saidWrongClock = async (logDir: string): Promise<boolean> =>
  (await readFile(join(logDir, wrongClockLog), 'utf8').catch(() => '')).includes('nothing is checked: the clock')

export const startCluster = ({ env, logDir }: { env: Record<string, string>; logDir: string }): Cluster => {
  const launched: WorkerProcess[] = []
  const expected = new Set<WorkerProcess>()
  const working = new Set<WorkerProcess>()
  const surprises: string[] = []
  const launch = (place: number): WorkerProcess => {
    const worker = launchWorker({ env, logFile: join(logDir, `worker-${place + 1}.log`) })
    launched.push(worker)
    void worker.ready.then(
      () => working.add(worker),
      () => {},
    )
    void worker.ended.then(({ code, signal }) => {
      if (!expected.has(worker)) surprises.push(`worker ${worker.pid} ended by itself (${signal ?? code})`)
    })
    return worker
  }
  const workers = Array.from({ length: workerCount }, (_, place) => launch(place))
  let kills = 0
  return {
    ready: async () => {
      await Promise.all(workers.map(({ ready }) => ready))
    },
    isReady: () => workers.every((worker) => working.has(worker)),
    killOne: async () => {
      const place = kills % workerCount
      const victim = workers[place]!
      kills += 1
      expected.add(victim)
      victim.kill()
      await victim.ended
      workers[place] = launch(place)
    },
    kills: () => kills,
    addWithWrongClock: async () => {
      const worker = launchWorker({ env, logFile: join(logDir, wrongClockLog), clockAheadMs: wrongClockMs })
      launched.push(worker)
      expected.add(worker)
      await worker.ready
      return async () => {
        // A job may come to it late: it is to be seen refusing one.
        for (let waits = 0; waits < 160 && !(await saidWrongClock(logDir)); waits++) await sleep(250)
        await worker.stop()
      }
    },
    complaints: () => [...surprises, ...launched.flatMap(({ complaints }) => complaints)],
    stop: () => {
      for (const worker of workers) expected.add(worker)
      return Promise.all(workers.map((worker) => worker.stop()))
    },
    killAll: () => {
      for (const worker of launched) {
        expected.add(worker)
        worker.kill()
      }
    },
  }
}

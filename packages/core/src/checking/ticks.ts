import { type Db, isCheckingInTrouble, listDueConnections } from '@jejak/db'
import { type Boss, enqueue, wakeConnection } from '../queue/index.ts'
import { priorities } from './schedule/priority.ts'

const classesOf = {
  urgent: [priorities.manual, priorities.urgent],
  regular: Object.values(priorities),
} as const

type Deps = { db: Pick<Db, 'sql'>; boss: Boss }
type Tick = (deps: Deps, now: Date) => Promise<(string | null)[]>

/**
 * Every tick: what cron, the command line and an operator's route can set off. It only enqueues: one job for each connection that has
 * something due, or the one job of its duty. `CRON_…` in packages/config says when.
 */
const ticks = {
  urgent: (deps, now) => wakeDueConnections(deps, classesOf.urgent, now),
  regular: (deps, now) => wakeDueConnections(deps, classesOf.regular, now),
  'clean-up': async ({ boss }) => [await enqueue(boss, { name: 'clean-up', payload: {} })],
  'daily-report': async ({ boss }) => [await enqueue(boss, { name: 'daily-report', payload: {} })],
  maintenance: async ({ boss }) => [await enqueue(boss, { name: 'maintenance', payload: {} })],
} as const satisfies Record<string, Tick>

export type TickName = keyof typeof ticks
export const tickNames = Object.keys(ticks) as TickName[]

/** Runs a tick, and tells how many jobs were sent. */
export const runTick = async (deps: Deps, { name, now }: { name: TickName; now: Date }): Promise<number> =>
  (await ticks[name](deps, now)).filter((id) => id !== null).length

/** Whether nothing is due and no check failed last: a quiet hour, not a silent fault. Suspects may have to wait. */
export const isAllChecked = async ({ db }: { db: Pick<Db, 'sql'> }, now: Date): Promise<boolean> => {
  const unsuspected = classesOf.regular.filter((priority) => priority < priorities.suspect)
  const due = await listDueConnections(db.sql, { now, priorities: unsuspected })
  return due.length === 0 && !(await isCheckingInTrouble(db.sql))
}

const wakeDueConnections = async (
  { db, boss }: { db: Pick<Db, 'sql'>; boss: Boss },
  classes: readonly number[],
  now: Date,
): Promise<(string | null)[]> => {
  const due = await listDueConnections(db.sql, { now, priorities: classes })
  return Promise.all(due.map(({ connectionId }) => wakeConnection(boss, { connectionId })))
}

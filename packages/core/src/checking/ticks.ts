import { type Db, isCheckingInTrouble, listDueConnections } from '@jejak/db'
import { type Boss, enqueue, wakeConnection } from '../queue/index.ts'
import { priorities } from './schedule/priority.ts'

/** What cron, the command line and an authenticated route can set off. */
export const tickNames = ['urgent', 'regular', 'clean-up', 'daily-report', 'maintenance'] as const
export type TickName = (typeof tickNames)[number]

const classesOf = {
  urgent: [priorities.manual, priorities.urgent],
  regular: Object.values(priorities),
} as const

/** A tick only enqueues: one job for each connection that has something due, or the one job of its duty. Tells how many were sent. */
export const runTick = async (
  deps: { db: Pick<Db, 'sql'>; boss: Boss },
  name: TickName,
  now: Date,
): Promise<number> => {
  const jobs =
    name === 'urgent' || name === 'regular'
      ? await wakeDueConnections(deps, classesOf[name], now)
      : [await enqueue(deps.boss, name, {})]
  return jobs.filter((id) => id !== null).length
}

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
  return Promise.all(due.map(({ connectionId }) => wakeConnection(boss, connectionId)))
}

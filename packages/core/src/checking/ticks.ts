import { type Db, isCheckingInTrouble, listDueConnections } from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { type Boss, type DutyName, dutyNames, enqueue, wakeConnection } from '../queue/index.ts'
import { priorities } from './schedule/priority.ts'

const classesOf = {
  urgent: [priorities.manual, priorities.urgent],
  regular: Object.values(priorities),
} as const

type Deps = { db: Pick<Db, 'sql'>; boss: Boss }

/** Every tick: what cron, the command line and an operator's route can set off. `CRON_…` in packages/config says when. */
export type TickName = keyof typeof classesOf | DutyName
export const tickNames: readonly TickName[] = ['urgent', 'regular', ...dutyNames]

/** Sends one job for each connection that has something due, or the one job of its duty, and tells how many were sent. */
export const runTick = async (deps: Deps, { name, now }: { name: TickName; now: Date }): Promise<number> => {
  const sent =
    name === 'urgent' || name === 'regular'
      ? await wakeDueConnections(deps, classesOf[name], now)
      : [await enqueue(deps.boss, { name, payload: {} })]
  return sent.filter((id) => id !== null).length
}

/** The same for someone who asks for it. */
export const runTickFor = async (
  deps: Deps,
  { actor, name, now }: { actor: Actor; name: TickName; now: Date },
): Promise<number> => {
  await recordAct(deps.db.sql, { act: 'tick.run', actor, organizationId: null, object: `tick:${name}`, now })
  return runTick(deps, { name, now })
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
  return Promise.all(due.map(({ connectionId }) => wakeConnection(boss, { connectionId })))
}

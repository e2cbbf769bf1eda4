import { type Db, isCheckingInTrouble, listDueConnections, listRefreshingConnections, type Tx } from '@jejak/db'
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
export const runTick = async (
  deps: Deps,
  { name, now, tx }: { name: TickName; now: Date; tx?: Tx },
): Promise<number> => {
  const options = tx && { sql: tx }
  const sent =
    name === 'urgent' || name === 'regular'
      ? await wakeDueConnections(deps, { classes: classesOf[name], now, ...options })
      : [await enqueue(deps.boss, { name, payload: {}, ...(options && { options }) })]
  return sent.filter((id) => id !== null).length
}

/** The same for someone who asks for it. */
export const runTickFor = (
  { db, boss }: { db: Pick<Db, 'transaction'>; boss: Boss },
  { actor, name, now }: { actor: Actor; name: TickName; now: Date },
): Promise<number> =>
  db.transaction(async (tx) => {
    await recordAct(tx, { act: 'tick.run', actor, organizationId: null, object: `tick:${name}`, now })
    return runTick({ db: { sql: tx }, boss }, { name, now, tx })
  })

/** Whether nothing is due and no check failed last: a quiet hour, not a silent fault. Suspects may have to wait. */
export const isAllChecked = async ({ db }: { db: Pick<Db, 'sql'> }, now: Date): Promise<boolean> => {
  const unsuspected = classesOf.regular.filter((priority) => priority < priorities.suspect)
  const due = await listDueConnections(db.sql, { now, priorities: unsuspected })
  return due.length === 0 && !(await isCheckingInTrouble(db.sql))
}

const wakeDueConnections = async (
  { db, boss }: { db: Pick<Db, 'sql'>; boss: Boss },
  { classes, now, sql }: { classes: readonly number[]; now: Date; sql?: Tx },
): Promise<(string | null)[]> => {
  const [due, refreshing] = await Promise.all([
    listDueConnections(db.sql, { now, priorities: classes }),
    listRefreshingConnections(db.sql),
  ])
  const connections = new Set([...due, ...refreshing].map(({ connectionId }) => connectionId))
  return Promise.all(
    [...connections].map((connectionId) => wakeConnection(boss, { connectionId, ...(sql && { sql }) })),
  )
}

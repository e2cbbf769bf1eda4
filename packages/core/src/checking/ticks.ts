import {
  type Db,
  isCheckingInTrouble,
  listDueConnections,
  listDueSyncs,
  listRefreshingConnections,
  type Tx,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { type Boss, type DutyName, dutyNames, enqueue, wakeAccountSync, wakeConnection } from '../queue/index.ts'
import { priorities } from './schedule/priority.ts'

const classesOf = {
  urgent: [priorities.manual, priorities.urgent],
  regular: Object.values(priorities),
} as const

type Deps = { db: Pick<Db, 'sql'>; boss: Boss }

/** Every tick: what cron, the command line and an operator's route can set off. `CRON_…` in packages/config says when. */
export type TickName = keyof typeof classesOf | 'account-sync' | DutyName
export const tickNames: readonly TickName[] = ['urgent', 'regular', 'account-sync', ...dutyNames]

/** Sends one job for each connection that has something due, or the one job of its duty, and tells how many were sent. */
export const runTick = async (
  deps: Deps,
  { name, now, tx }: { name: TickName; now: Date; tx?: Tx },
): Promise<number> => {
  const sent = await sendJobs(deps, { name, now, ...(tx && { sql: tx }) })
  return sent.filter((id) => id !== null).length
}

const sendJobs = async (
  deps: Deps,
  { name, now, ...options }: { name: TickName; now: Date; sql?: Tx },
): Promise<(string | null)[]> => {
  if (name === 'urgent' || name === 'regular')
    return wakeDueConnections(deps, { classes: classesOf[name], now, ...options })
  if (name === 'account-sync') return wakeDueSyncs(deps, { now, ...options })
  return [await enqueue(deps.boss, { name, payload: {}, options })]
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

/** Whether nothing is due and no check failed last: a quiet hour, not a silent fault. Suspects may have to wait, and so do accounts that no one wants asked. */
export const isAllChecked = async ({ db }: { db: Pick<Db, 'sql'> }, now: Date): Promise<boolean> => {
  const unsuspected = classesOf.regular.filter((priority) => priority < priorities.suspect)
  const due = await listDueConnections(db.sql, { now, priorities: unsuspected })
  return due.length === 0 && !(await isCheckingInTrouble(db.sql, now))
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

const wakeDueSyncs = async ({ db, boss }: Deps, { now, sql }: { now: Date; sql?: Tx }): Promise<(string | null)[]> => {
  const due = await listDueSyncs(db.sql, now)
  return Promise.all(due.map(({ connectionId }) => wakeAccountSync(boss, { connectionId, ...(sql && { sql }) })))
}

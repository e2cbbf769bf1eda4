import {
  cancelWaiting,
  countRunParcels,
  endRuns,
  lockRun,
  type RefreshRunRow,
  type RefreshState,
  type ShopTx,
  saveRunState,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { type Act, recordAct } from '../audit/index.ts'
import { conflict, notFound } from '../errors.ts'
import { wakeConnection } from '../queue/index.ts'
import type { RefreshingDeps } from './refreshing-deps.ts'
import { seeToAsked } from './see-to-run.ts'

type Steering = { actor: Actor; organizationId: string; runId: string }
type Work = { deps: Omit<RefreshingDeps, 'settingsOf'>; tx: ShopTx; run: RefreshRunRow; now: Date }
type Turn = { from: readonly RefreshState[]; to: RefreshState; act: Act; turn: (work: Work) => Promise<void> }

export const noSuchRun = () => notFound('This shop has no refresh run with this id.')

/** Parcels that no call has leave the queue and get their times back; those that one asks about right now are still answered. */
const takeOff = async ({ tx, run, now }: Work): Promise<void> => {
  await seeToAsked(tx, { run, connectionId: null, now })
}

const cancel = async (work: Work): Promise<void> => {
  const { tx, run, now } = work
  await takeOff(work)
  await cancelWaiting(tx, { organizationId: run.organizationId, runId: run.id, now })
  await endRuns(tx, { organizationId: run.organizationId, runIds: [run.id], now })
}

const wake = async ({ deps: { boss }, tx, run }: Work): Promise<void> => {
  const connections = new Set((await countRunParcels(tx, [run.id])).map(({ connectionId }) => connectionId))
  for (const connectionId of connections) await wakeConnection(boss, { connectionId, sql: tx })
}

const turns = {
  pause: { from: ['running'], to: 'paused', act: 'refresh.paused', turn: takeOff },
  resume: { from: ['paused'], to: 'running', act: 'refresh.resumed', turn: wake },
  cancel: { from: ['running', 'paused'], to: 'cancelled', act: 'refresh.cancelled', turn: cancel },
} as const satisfies Record<string, Turn>

export type RefreshTurn = keyof typeof turns

/** Pauses, resumes or cancels a run. Doing so again changes nothing; a run that has ended stays as it is. */
export const steerRefresh = async (
  deps: Omit<RefreshingDeps, 'settingsOf'>,
  { actor, organizationId, runId, turn: name }: Steering & { turn: RefreshTurn },
): Promise<void> => {
  const { from, to, act, turn }: Turn = turns[name]
  await deps.db.ofShop(organizationId).transaction(async (tx) => {
    const run = await lockRun(tx, runId)
    if (!run) throw noSuchRun()
    if (run.state === to) return
    if (run.endedAt !== null || !from.includes(run.state)) throw conflict(`This run is ${run.state} already.`)
    const now = await deps.clock(tx)
    await saveRunState(tx, { runId, state: to })
    await turn({ deps, tx, run: { ...run, state: to }, now })
    const counts = Object.groupBy(await countRunParcels(tx, [runId]), ({ state }) => state)
    const detail = Object.entries(counts)
      .map(([state, some]) => `${state} ${some.reduce((sum, { amount }) => sum + amount, 0)}`)
      .join(', ')
    await recordAct(tx, { act, actor, organizationId, object: `refresh:${runId}`, detail, now })
  })
}

import { closeAbandonedCalls } from '@jejak/db'
import { EasyParcelError } from '../../easyparcel/client/easyparcel-error.ts'
import { feedRefreshes } from '../../refreshing/feed-refreshes.ts'
import { clockComplaint, clockDifference, clockIsOff } from '../gate/clock-difference.ts'
import type { RefusalReason } from '../gate/gate.ts'
import { findObstacle, renewAccess } from './access.ts'
import type { CheckDeps } from './check-deps.ts'
import { type OpenCall, openCall } from './open-call.ts'
import { type CallSummary, recordAnswer, recordFailure } from './record-call.ts'

const nothingDone = { calls: 0, failedCalls: 0, failedTrials: 0, asked: 0, found: 0, changed: 0, statusChanged: 0 }

/** What one run over a connection did; `stoppedBy` is why it asked no more. Failed calls of suspects are told apart: they say nothing about EasyParcel. */
export type CheckRun = typeof nothingDone & { stoppedBy: StopReason }

type StopReason = RefusalReason | 'nothing_due' | 'stopped'

// A run ends well before its job expires; the next tick continues where it stopped.
const runMaxMs = 600_000
const spacingWaitMaxMs = 10_000

/**
 * Checks what is due on one connection until nothing is, or until the gate refuses: at most `concurrencyMax` calls of this process at
 * once, each claiming its own batch. Stops between calls when `signal` fires, or when one of them throws; a call under way is finished
 * and recorded before this resolves or rejects.
 */
export const checkDue = async (
  deps: CheckDeps,
  { connectionId, signal }: { connectionId: string; signal: AbortSignal },
): Promise<CheckRun> => {
  const run = { ...nothingDone }
  const { sql } = deps.db
  const differenceMs = await clockDifference({ ...deps, sql })
  if (clockIsOff(differenceMs)) {
    deps.log.warn({ connectionId, differenceMs }, `nothing is checked: ${clockComplaint(differenceMs)}`)
    return { ...run, stoppedBy: 'clock_off' }
  }
  await closeAbandonedCalls(sql, await deps.clock(sql))
  const { concurrencyMax } = deps.settingsOf(null)
  const stopAt = new Date(deps.now().getTime() + runMaxMs)
  const failing = new AbortController()
  const { isRefreshing } = await feedRefreshes(deps, connectionId)
  const bounds = { signal: AbortSignal.any([signal, failing.signal]), stopAt, run, isRefreshing }
  const loop = () =>
    checkUntilRefused(deps, connectionId, bounds).catch((error: unknown) => {
      failing.abort()
      throw error
    })
  const ends = await Promise.allSettled(Array.from({ length: concurrencyMax }, loop))
  const stops = ends.map((end) => {
    if (end.status === 'rejected') throw end.reason
    return end.value
  })
  return { ...run, stoppedBy: stops.find((reason) => reason !== 'nothing_due') ?? 'nothing_due' }
}

/** `isRefreshing`: a run of refreshes is under way, whose next parcels become due before each call. */
type Bounds = { signal: AbortSignal; stopAt: Date; run: typeof nothingDone; isRefreshing: boolean }

const checkUntilRefused = async (
  deps: CheckDeps,
  connectionId: string,
  { signal, stopAt, run, isRefreshing }: Bounds,
): Promise<StopReason> => {
  while (!signal.aborted && deps.now() < stopAt) {
    const obstacle = await findObstacle(deps, { connectionId, signal })
    if (obstacle !== null) return obstacle
    if (isRefreshing) await feedRefreshes(deps, connectionId)
    const opening = await openCall(deps, connectionId)
    if (opening.granted) {
      addTo(run, opening.call, await checkBatch(deps, opening.call))
    } else if (opening.reason === 'spacing' && isWorthWaiting(deps, waitMsOf(opening), stopAt)) {
      await deps.sleep(Math.max(1, waitMsOf(opening)), signal)
    } else {
      return opening.reason
    }
  }
  return 'stopped'
}

/** The spacing between calls is waited for, however slow it is set; what EasyParcel asked for beyond it is left to a later run. */
const isWorthWaiting = ({ settingsOf, now }: CheckDeps, waitMs: number, stopAt: Date): boolean =>
  now().getTime() + waitMs < stopAt.getTime() &&
  waitMs <= Math.max(spacingWaitMaxMs, 1000 / settingsOf(null).callsPerSecond)

const waitMsOf = ({ retryAt, decidedAt }: { retryAt: Date; decidedAt: Date }): number =>
  retryAt.getTime() - decidedAt.getTime()

/** One granted call: ask, then write down what came of it. */
export const checkBatch = async (deps: CheckDeps, call: OpenCall): Promise<CallSummary> => {
  const easyparcel = deps.easyParcelOf(call.connectionId)
  const trackingNumbers = call.trackings.map(({ trackingNumber }) => trackingNumber)
  const untilLeaseEnds = AbortSignal.timeout(Math.max(0, call.answerBy.getTime() - deps.now().getTime()))
  try {
    const answer = await easyparcel.trackMany(trackingNumbers, { signal: untilLeaseEnds, now: call.openedAt })
    return await recordAnswer(deps, { call, answer })
  } catch (error) {
    if (!(error instanceof EasyParcelError)) throw error
    deps.log.warn(
      { callId: call.id, outcome: error.kind, requestId: error.requestId, asked: trackingNumbers.length },
      error.message,
    )
    const summary = await recordFailure(deps, { call, error })
    if (error.kind === 'unauthorised')
      await renewAccess(deps, { connectionId: call.connectionId, refusal: error, signal: untilLeaseEnds })
    return summary
  }
}

const addTo = (run: typeof nothingDone, { kind }: OpenCall, summary: CallSummary): void => {
  run.calls += 1
  if (summary.outcome !== 'ok') run[kind === 'regular' ? 'failedCalls' : 'failedTrials'] += 1
  for (const counted of ['asked', 'found', 'changed', 'statusChanged'] as const) run[counted] += summary[counted]
}

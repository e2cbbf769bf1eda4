import { countSyncCalls, insertOpenCall, lockGate, nextCallId, saveGate } from '@jejak/db'
import { findObstacle } from '../checking/call/access.ts'
import { type OpenCall, withCallsOfToday } from '../checking/call/open-call.ts'
import { clockIsOff } from '../checking/gate/clock-difference.ts'
import { toConnectionState, toGateRow } from '../checking/gate/connection-state.ts'
import { decideGate, type GateRefusal, refuseWrongClock } from '../checking/gate/gate.ts'
import { localDay } from '../checking/schedule/local-time.ts'
import type { SyncDeps, SyncRun } from './sync-deps.ts'
import { type SyncCall, shareLeft } from './sync-shares.ts'

export type SyncOpening = { granted: true; call: OpenCall } | (GateRefusal & { decidedAt: Date }) | Gone
type Gone = { granted: false; reason: 'gone'; retryAt: null }

/** Opens one call of the sync at the connection's gate, and logs it: breaker, slots, spacing, pauses and the day's budget are those of checks. */
const openAtGate = (
  { checks, sync }: SyncDeps,
  { connectionId, what }: Pick<SyncRun, 'connectionId'> & { what: SyncCall },
): Promise<SyncOpening> =>
  checks.db.transaction(async (tx) => {
    const [row, now] = await Promise.all([lockGate(tx, connectionId), checks.clock(tx)])
    if (!row) return { granted: false, reason: 'gone', retryAt: null }
    const ownNow = checks.now()
    if (clockIsOff(ownNow.getTime() - now.getTime())) return { ...refuseWrongClock(now), decidedAt: now }
    const { organizationId } = row
    const settings = checks.settingsOf(organizationId)
    const day = localDay(now, settings.timezone)
    const [id, used] = await Promise.all([nextCallId(tx), countSyncCalls(tx, { connectionId, day })])
    const before = await withCallsOfToday(settings, { tx, state: toConnectionState(row), connectionId, now })
    const kind = what === 'details' ? ('details' as const) : ('list' as const)
    const share = shareLeft(what, { used: used[kind], now, settings, sync })
    const decision = decideGate(before, { settings, opening: { now, manual: what === 'first', share } })
    if (!decision.granted) return { ...decision, decidedAt: now }
    const { slot, leaseUntil, state, fromReserve, probe } = decision
    const call = { id, connectionId, organizationId, slot, openedAt: now, leaseUntil }
    const logged = { budgetDay: state.budgetDay!, isManual: fromReserve, kind }
    await Promise.all([
      insertOpenCall(tx, { ...call, ...logged, batchSize: 0, trackingIds: [] }),
      saveGate(tx, toGateRow(state)),
    ])
    const answerBy = new Date(ownNow.getTime() + leaseUntil.getTime() - now.getTime())
    const isProbe = probe || before.breaker.failures > 0
    return { granted: true, call: { ...call, answerBy, trackings: [], kind: 'sync', isProbe } }
  })

const waitMaxMs = 15_000
const slotWaitMs = 500

/** How long to wait for a reason that passes by itself in a moment; null when it does not. */
const waitMsFor = (opening: SyncOpening & { granted: false }): number | null => {
  if (opening.reason === 'slots_full') return slotWaitMs
  if (opening.reason !== 'spacing') return null
  const waitMs = opening.retryAt.getTime() - opening.decidedAt.getTime()
  return waitMs <= waitMaxMs ? Math.max(1, waitMs) : null
}

export type SyncStop = { reason: string; retryAt: Date | null }

/** The same after waiting for what passes in a moment; answers why not otherwise. Access is made sure of before, since an opened call is charged. */
export const openSyncCall = async (
  deps: SyncDeps,
  { run, what }: { run: SyncRun; what: SyncCall },
): Promise<OpenCall | SyncStop> => {
  const { checks } = deps
  const { connectionId, signal } = run
  const giveUpAt = checks.now().getTime() + waitMaxMs
  while (!signal.aborted) {
    const obstacle = await findObstacle(checks, { connectionId, signal })
    if (obstacle !== null) return { reason: obstacle, retryAt: null }
    const opening = await openAtGate(deps, { connectionId, what })
    if (opening.granted) return opening.call
    const waitMs = waitMsFor(opening)
    if (waitMs === null || checks.now().getTime() + waitMs > giveUpAt)
      return { reason: opening.reason, retryAt: opening.retryAt }
    await checks.sleep(waitMs, signal)
  }
  return { reason: 'stopped', retryAt: null }
}

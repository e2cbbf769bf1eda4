import { findGate, type GateRow, pauseConnection } from '@jejak/db'
import { EasyParcelError } from '../../easyparcel/client/easyparcel-error.ts'
import { toConnectionState } from '../gate/connection-state.ts'
import { notAuthorised, type RefusalReason, withoutImpossible } from '../gate/gate.ts'
import { holdEndsAt } from '../gate/hold.ts'
import type { CheckDeps } from './check-deps.ts'

type AccessDeps = Pick<CheckDeps, 'db' | 'easyParcelOf' | 'settingsOf' | 'log' | 'clock' | 'now'>
type Obstacle = RefusalReason | 'stopped'

const pausedBy = (reason: string | null): Obstacle => (reason === notAuthorised ? 'not_authorised' : 'paused')

/** Access is made sure of before a call is opened, since an opened call is charged. Null when nothing stands in the way. */
export const findObstacle = async (
  deps: AccessDeps,
  { connectionId, signal }: { connectionId: string; signal: AbortSignal },
): Promise<Obstacle | null> => {
  const gate = await findGate(deps.db.sql, connectionId)
  const now = deps.now()
  if (gate && holdEndsAt(gate, now)) return 'held'
  const settings = deps.settingsOf(gate?.organizationId ?? null)
  const pausedUntil = gate && withoutImpossible(toConnectionState(gate), { settings, now }).pausedUntil
  if (gate && pausedUntil && pausedUntil > now) return pausedBy(gate.pauseReason)
  return pauseWithoutAccess(deps, connectionId, { signal, gate }, () =>
    deps.easyParcelOf(connectionId).prepare?.(signal),
  )
}

/** Gets new access after a call was refused for its token, so that another one may be opened. */
export const renewAccess = (
  deps: AccessDeps,
  { connectionId, refusal, signal }: { connectionId: string; refusal: EasyParcelError; signal: AbortSignal },
) =>
  pauseWithoutAccess(deps, connectionId, { signal }, () =>
    deps.easyParcelOf(connectionId).renewAccess?.(refusal, signal),
  )

const pauseWithoutAccess = async (
  deps: AccessDeps,
  connectionId: string,
  { signal, gate }: { signal: AbortSignal; gate?: GateRow | undefined },
  get: () => Promise<void> | undefined,
): Promise<Obstacle | null> => {
  try {
    await get()
    return null
  } catch (error) {
    if (!(error instanceof EasyParcelError)) throw error
    // Who stopped waiting has learnt nothing about EasyParcel.
    if (signal.aborted) return 'stopped'
    deps.log.warn({ connectionId, outcome: error.kind }, error.message)
    const now = await deps.clock(deps.db.sql)
    const until = new Date(now.getTime() + pauseMs(deps, error, gate))
    const reason = error.kind === 'unauthorised' ? notAuthorised : error.kind
    await pauseConnection(deps.db.sql, { connectionId, until, reason, failure: error.message, now })
    return pausedBy(reason)
  }
}

/**
 * Only a person can fix refused access, so it is tried rarely; a token endpoint in trouble may come back soon, or says when. Each pause that
 * follows another is twice as long.
 */
const pauseMs = ({ settingsOf }: AccessDeps, error: EasyParcelError, gate: GateRow | undefined): number => {
  const { breakerCooldownMs, breakerCooldownMaxMs, retryAfterMaxMs } = settingsOf(gate?.organizationId ?? null)
  if (error.kind === 'unauthorised') return breakerCooldownMaxMs
  if (error.retryAfterMs !== null) return Math.min(retryAfterMaxMs, error.retryAfterMs)
  const { pauseReason, pausedUntil, lastFailureAt } = gate ?? {}
  const lastMs = pauseReason && pausedUntil && lastFailureAt ? pausedUntil.getTime() - lastFailureAt.getTime() : 0
  return Math.min(breakerCooldownMaxMs, Math.max(breakerCooldownMs, 2 * lastMs))
}

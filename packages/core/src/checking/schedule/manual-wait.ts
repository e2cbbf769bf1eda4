import type { GateRow } from '@jejak/db'
import { toConnectionState } from '../gate/connection-state.ts'
import { decideGate, type RefusalReason } from '../gate/gate.ts'
import { mustWait, type Trouble } from '../gate/trouble.ts'
import type { CheckingSettings } from '../settings.ts'

export type ManualWait = { reason: Trouble; until: Date | null }

const told: Record<RefusalReason, Trouble | null> = {
  not_authorised: 'not_authorised',
  held: 'paused',
  paused: 'upstream_down',
  breaker_open: 'upstream_down',
  probing: 'upstream_down',
  budget_spent: 'budget_spent',
  share_spent: null,
  paced: 'paced',
  clock_off: null,
  slots_full: null,
  spacing: null,
}

/** Why a check that a person asks for at `now` has to wait, and until when if that is known; null when it goes out within a minute. */
export const manualWait = (row: GateRow, at: { now: Date; settings: CheckingSettings }): ManualWait | null => {
  const { now, settings } = at
  if (!row.isAuthorised) return { reason: 'not_authorised', until: null }
  const decision = decideGate(toConnectionState(row), { settings, opening: { now, manual: true } })
  if (decision.granted) return null
  const reason = told[decision.reason] ?? (mustWait(row, at) ? 'upstream_down' : null)
  return reason && { reason, until: decision.retryAt }
}

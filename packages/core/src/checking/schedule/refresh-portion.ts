import { breakerPhase } from '../gate/breaker.ts'
import { type ConnectionState, decideGate } from '../gate/gate.ts'
import { batchMax } from '../gate/learnt-size.ts'
import { manualReserve, withExtra } from '../gate/pace.ts'
import type { CheckingSettings } from '../settings.ts'
import { localDay } from './local-time.ts'

/** What waits beside the runs: parcels of other classes, parcels that people ask for, and since when the oldest suspect waits for its trial. */
type Beside = { others: number; manual: number; trialDueAt: Date | null }

const trialWaitMaxMs = 3_600_000

/** Whether the gate would let a call of a person go within seconds. */
const mayAsk = (state: ConnectionState, { now, settings }: { now: Date; settings: CheckingSettings }): boolean => {
  const decision = decideGate(state, { settings, opening: { now, manual: true } })
  return decision.granted || decision.reason === 'slots_full' || decision.reason === 'spacing'
}

/** A suspect whose turn has come goes first: what people ask for would hold it up for as long as a run lasts. */
const isTrialOverdue = ({ suspects, nextSuspectAt }: ConnectionState, trialDueAt: Date | null, now: Date): boolean => {
  const phase = breakerPhase(suspects, now)
  return (
    trialDueAt !== null &&
    now.getTime() - trialDueAt.getTime() > trialWaitMaxMs &&
    (nextSuspectAt === null || nextSuspectAt <= now) &&
    phase !== 'open' &&
    phase !== 'probing'
  )
}

/**
 * How many parcels of refresh runs become due at `now`, ahead of all others. While the reserve lasts, a whole batch; then the day's plan pays,
 * and the others keep up to half of it and always a tenth, so that a run of hours starves neither urgent parcels nor a person who asks for one.
 */
export const refreshPortion = (
  state: ConnectionState,
  { beside, choosing }: { beside: Beside; choosing: { now: Date; settings: CheckingSettings } },
): number => {
  const { now, settings } = choosing
  if (!mayAsk(state, choosing)) return 0
  const size = batchMax(state.learntSize, settings.batchSize)
  const day = localDay(now, settings.timezone)
  const fromReserve = state.budgetDay === day ? state.callsManual : 0
  if (fromReserve < manualReserve(withExtra(settings, { row: state, day }))) return Math.max(0, size - beside.manual)
  if (isTrialOverdue(state, beside.trialDueAt, now)) return 0
  const most = Math.max(1, size - Math.ceil(size / 10))
  const share = Math.min(most, Math.max(Math.ceil(size / 2), size - beside.others))
  return Math.max(0, share - beside.manual)
}

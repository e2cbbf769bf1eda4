import type { Waiting } from '@jejak/db'
import { breakerPhase } from '../gate/breaker.ts'
import type { CallKind } from '../gate/closed-call.ts'
import type { ConnectionState } from '../gate/gate.ts'
import { batchMax } from '../gate/learnt-size.ts'
import { batchLimitOf } from '../gate/suspicion.ts'
import type { CheckingSettings } from '../settings.ts'
import { priorities } from './priority.ts'

/** What the next call is to ask about, and about how many at most. */
export type CallChoice = { kind: Exclude<CallKind, 'sync'>; size: number }

type Choosing = { now: Date; settings: CheckingSettings }

// Among suspects are innocents, urgent ones too: they wait behind urgent parcels, but not for ever.
const trialWaitMaxMs = 3_600_000

/** Without evidence that EasyParcel answers at all, one suspect goes ahead of its group. */
const trialOf = (
  state: ConnectionState,
  { strikes, struckAt }: NonNullable<Waiting['trial']>,
  { now, settings }: Choosing,
): CallChoice => {
  const { lastGoodCallAt, breaker, suspects, learntSize } = state
  const isAnswering = struckAt === null || (lastGoodCallAt !== null && lastGoodCallAt > struckAt)
  const isSure = isAnswering && breaker.failures === 0 && breakerPhase(suspects, now) === 'closed'
  const together = Math.min(batchLimitOf({ strikes }) ?? 1, batchMax(learntSize, settings.batchSize))
  return { kind: 'trial', size: isSure ? together : 1 }
}

/** Trials may take more than the suspects' share when nothing else is due: they come to an end, and set free who is innocent. */
const chooseSuspects = (state: ConnectionState, waiting: Waiting, choosing: Choosing): CallChoice | null => {
  const { now } = choosing
  const phase = breakerPhase(state.suspects, now)
  if (phase === 'open' || phase === 'probing') return null
  const { trial, classes, culprit } = waiting
  const regular = classes.length > 0
  const urgent = classes.includes(priorities.urgent)
  const hasShare = state.nextSuspectAt === null || state.nextSuspectAt <= now
  const mayGo = urgent ? hasShare && trial !== null && now.getTime() - trial.dueAt.getTime() > trialWaitMaxMs : hasShare
  if (culprit && hasShare && !regular) return { kind: 'culprit', size: 1 }
  if (trial && (mayGo || !regular)) return trialOf(state, trial, choosing)
  return culprit && hasShare && !urgent ? { kind: 'culprit', size: 1 } : null
}

/** Decides what the next call asks about; null when nothing that waits may be asked. After a failed call one parcel goes ahead of the others. */
export const chooseCall = (
  state: ConnectionState,
  { waiting, choosing }: { waiting: Waiting; choosing: Choosing },
): CallChoice | null => {
  const { now, settings } = choosing
  const size = state.breaker.failures > 0 ? 1 : batchMax(state.learntSize, settings.batchSize)
  const regular = { kind: 'regular', size } as const
  const isOpen = breakerPhase(state.breaker, now) !== 'closed'
  const isWaiting = waiting.classes.length > 0
  if (waiting.classes.includes(priorities.manual) || (isOpen && isWaiting)) return regular
  if (waiting.asked) return { kind: 'asked', size: 1 }
  return chooseSuspects(state, waiting, choosing) ?? (isWaiting ? regular : null)
}

import { isTerminal, type TrackingStatus } from '@jejak/contract'
import type { CheckingSettings } from '../settings.ts'
import type { Calendar } from './calendar.ts'
import { isUrgent, type Priority, priorities } from './priority.ts'

/**
 * What the next check of a tracking depends on. `endedAt` is when a terminal status began; `isKnown`, that EasyParcel ever knew the number;
 * `isInDoubt`, that the end may be that of an earlier parcel with this number.
 */
export type CadenceInput = {
  status: TrackingStatus
  isKnown: boolean
  estimatedDelivery: string | null
  registeredAt: Date
  endedAt: Date | null
  isInDoubt?: boolean
  /** Said by the shop's people to be over, whatever the status. */
  isOver?: boolean
}

/** When a tracking is checked next (never, if null), in which class, and why then: `in transit 120 × weekend 1.5`, in minutes. */
export type Cadence = { nextDueAt: Date | null; priority: Priority; explanation: string }

const firstDayMs = 86_400_000

const baseSettings = {
  pending: 'preShipmentMs',
  info_received: 'preShipmentMs',
  collected: 'inTransitMs',
  in_transit: 'inTransitMs',
  returning: 'inTransitMs',
  unknown: 'inTransitMs',
  out_for_delivery: 'outForDeliveryMs',
  attempt_failed: 'exceptionMs',
  ready_for_pickup: 'exceptionMs',
  on_hold: 'exceptionMs',
  exception: 'exceptionMs',
  delivered: 'maxMs',
  returned: 'maxMs',
  cancelled: 'maxMs',
  lapsed: 'maxMs',
} as const satisfies Record<TrackingStatus, keyof CheckingSettings>

const minutes = (ms: number): string => String(Number((ms / 60_000).toFixed(2)))
const clamp = (ms: number, { minMs, maxMs }: CheckingSettings) => Math.min(maxMs, Math.max(minMs, ms))
const words = (status: TrackingStatus): string => status.replaceAll('_', ' ')

/** The cadence of a status before any rule touches it, in ms. */
export const statusCadence = (status: TrackingStatus, settings: CheckingSettings): number =>
  clamp(settings[baseSettings[status]], settings)

/** Whether there has been no news for so long that no one should ask any more. */
export const hasLapsed = (lastNewsAt: Date, { now, lapseMs }: { now: Date; lapseMs: number }): boolean =>
  now.getTime() - lastNewsAt.getTime() >= lapseMs

/** The rung that fits a number's age: a check half-way to the next rung already belongs to it, so jitter cannot repeat one. */
const ladderRung = (ageMs: number, ladderMs: readonly number[]): number => {
  let reachedMs = 0
  for (const [rung, stepMs] of ladderMs.entries()) {
    reachedMs += stepMs
    if (ageMs < reachedMs / 2 || rung === ladderMs.length - 1) return rung
  }
  return 0
}

/** The parcel may yet begin: it is asked about until one that keeps silent lapses. */
const doubtCadence = ({ status }: CadenceInput, now: Date, { maxMs }: CheckingSettings): Cadence => ({
  nextDueAt: new Date(now.getTime() + maxMs),
  priority: priorities.confirmation,
  explanation: `${words(status)} in an earlier life: ${minutes(maxMs)}`,
})

const endedCadence = (input: CadenceInput, now: Date, settings: CheckingSettings): Cadence => {
  const { status, endedAt } = input
  const never: Cadence = { nextDueAt: null, priority: priorities.scheduled, explanation: `${words(status)}: never` }
  if (status === 'lapsed') return never
  if (!isTerminal(status)) return { ...never, explanation: `${words(status)}, as the shop says: never` }
  const endMs = (endedAt ?? now).getTime()
  if (input.isInDoubt && !hasLapsed(input.registeredAt, { now, lapseMs: settings.lapseMs }))
    return doubtCadence(input, now, settings)
  const confirmationMs = settings.confirmationsMs.find((ms) => endMs + ms > now.getTime())
  if (confirmationMs === undefined) return { ...never, explanation: `${words(status)} and confirmed: never` }
  const explanation = `${words(status)}: confirmation ${minutes(confirmationMs)} after the end`
  return { nextDueAt: new Date(endMs + confirmationMs), priority: priorities.confirmation, explanation }
}

type Step = { ms: number; explanation: string; priority: Priority; isSlowed: boolean }

const baseStep = (input: CadenceInput, now: Date, settings: CheckingSettings, calendar: Calendar): Step => {
  const ageMs = now.getTime() - input.registeredAt.getTime()
  if (!input.isKnown && ageMs < firstDayMs) {
    const ms = settings.unknownLadderMs[ladderRung(ageMs, settings.unknownLadderMs)] ?? settings.preShipmentMs
    return { ms, explanation: `unknown number ${minutes(ms)}`, priority: priorities.urgent, isSlowed: false }
  }
  const urgent = isUrgent(input.status)
  const step = { priority: urgent ? priorities.urgent : priorities.scheduled, isSlowed: !urgent }
  const ms = settings[baseSettings[input.status]]
  if (input.isKnown && input.estimatedDelivery === calendar.day(now) && ms > settings.outForDeliveryMs) {
    const explanation = `${words(input.status)}, delivery day ${minutes(settings.outForDeliveryMs)}`
    return { ...step, ms: settings.outForDeliveryMs, explanation }
  }
  return { ...step, ms, explanation: `${input.isKnown ? words(input.status) : 'unknown number'} ${minutes(ms)}` }
}

const slow = (step: Step, now: Date, settings: CheckingSettings, calendar: Calendar): Step => {
  if (!step.isSlowed) return step
  const restDay = calendar.restDay(now)
  const factors = [
    { name: restDay, factor: restDay === null ? 1 : settings.weekendFactor },
    { name: 'night', factor: calendar.isNight(now) ? settings.nightFactor : 1 },
  ].filter(({ factor }) => factor !== 1)
  return {
    ...step,
    ms: factors.reduce((ms, { factor }) => ms * factor, step.ms),
    explanation: [step.explanation, ...factors.map(({ name, factor }) => `${name} ${factor}`)].join(' × '),
  }
}

/**
 * When a tracking that was just checked is checked again: base by status, delivery day, rest day and night, limits, jitter (a number
 * in [0, 1)). A terminal one has its confirmations only.
 */
export const cadence = (
  input: CadenceInput,
  { now, settings, calendar, jitter }: { now: Date; settings: CheckingSettings; calendar: Calendar; jitter: number },
): Cadence => {
  if (input.isOver || isTerminal(input.status)) return endedCadence(input, now, settings)
  const { ms, explanation, priority } = slow(baseStep(input, now, settings, calendar), now, settings, calendar)
  const limitedMs = clamp(ms, settings)
  const jitteredMs = clamp(limitedMs * (1 + settings.jitter * (2 * jitter - 1)), settings)
  const limit = limitedMs > ms ? 'at least' : 'at most'
  return {
    nextDueAt: new Date(now.getTime() + Math.round(jitteredMs)),
    priority,
    explanation: limitedMs === ms ? explanation : `${explanation}, ${limit} ${minutes(limitedMs)}`,
  }
}

// No wait after failures, which doubles up to a cadence, puts a parcel off for longer.
const longestWaitMs = 3 * 86_400_000

/** Until when a parcel may be put off at most by any of these settings: what is due later, a wrong clock wrote. */
export const plausibleUntil = (
  settings: readonly Pick<CheckingSettings, 'maxMs' | 'confirmationsMs' | 'culpritMs'>[],
  now: Date,
): Date => {
  const waitsMs = settings.flatMap(({ maxMs, confirmationsMs, culpritMs }) => [maxMs, ...confirmationsMs, culpritMs])
  return new Date(now.getTime() + waitsMs.reduce((a, b) => Math.max(a, b), longestWaitMs))
}

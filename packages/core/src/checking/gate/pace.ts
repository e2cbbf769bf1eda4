import type { StandingRow } from '@jejak/db'
import { isQuiet, localDayStart, localTime } from '../schedule/local-time.ts'
import type { CheckingSettings } from '../settings.ts'

const stepMs = 900_000
const curvesMax = 64

/** Where the local day starts and ends, and how much of its plan comes before each quarter of an hour (0 at the start, 1 at the end). */
type DayCurve = { startsAt: number; endsAt: number; shares: number[] }
const curves = new Map<string, DayCurve>()

const drawCurve = (dayNumber: number, { timezone, quietHours, quietPace }: CheckingSettings): DayCurve => {
  const startsAt = localDayStart(dayNumber, timezone)
  const endsAt = localDayStart(dayNumber + 1, timezone)
  const weights = [0]
  for (let atMs = startsAt; atMs < endsAt; atMs += stepMs)
    weights.push(weights.at(-1)! + (isQuiet(localTime(atMs, timezone).hour, quietHours) ? quietPace : 1))
  const total = weights.at(-1)!
  const steps = weights.length - 1
  return { startsAt, endsAt, shares: weights.map((weight, step) => (total > 0 ? weight / total : step / steps)) }
}

const curveAt = (now: Date, settings: CheckingSettings): DayCurve => {
  const { timezone, quietHours, quietPace } = settings
  const { dayNumber } = localTime(now, timezone)
  const key = `${dayNumber} ${timezone} ${quietHours?.from}-${quietHours?.to} ${quietPace}`
  const known = curves.get(key)
  if (known) return known
  if (curves.size >= curvesMax) curves.clear()
  const curve = drawCurve(dayNumber, settings)
  curves.set(key, curve)
  return curve
}

const shareAt = ({ startsAt, shares }: DayCurve, now: Date): number => {
  const position = (now.getTime() - startsAt) / stepMs
  const step = Math.min(Math.floor(position), shares.length - 2)
  return shares[step]! + (shares[step + 1]! - shares[step]!) * (position - step)
}

/** The settings of one connection's `day`: what a person added to its budget is planned, kept back and spread over the day like the rest. */
export const withExtra = <Settings extends Pick<CheckingSettings, 'dailyBudget'>>(
  settings: Settings,
  { row: { extraDay, extraCalls }, day }: { row: Pick<StandingRow, 'extraDay' | 'extraCalls'>; day: string },
): Settings => (extraDay === day ? { ...settings, dailyBudget: settings.dailyBudget + extraCalls } : settings)

/** The calls of a day that scheduled checks may use: the budget without the reserve for manual work. */
export const scheduledCap = ({ dailyBudget, budgetReserve }: CheckingSettings): number =>
  Math.ceil(dailyBudget * (1 - budgetReserve) - 1e-9)

/** How long suspects wait from one of their calls to the next, so that no 24 hours give them more than their share of the budget. */
export const suspectSpacingMs = ({ dailyBudget, suspectShare }: CheckingSettings): number =>
  Math.ceil(86_400_000 / (dailyBudget * suspectShare))

/** The calls of a day that are kept for people. */
export const manualReserve = (settings: CheckingSettings): number => settings.dailyBudget - scheduledCap(settings)

// What may run ahead at midnight melts over the day: the plan ends at the cap just when the day ends, and never leaves the last hour without calls.
const burstOf = (settings: CheckingSettings): number =>
  Math.min(scheduledCap(settings), settings.dailyBudget * settings.paceBurst)

/** How many scheduled calls may have been used by `now` since the local midnight: the burst at once, the rest along the day, the cap at its end. */
export const paceAllowance = (now: Date, settings: CheckingSettings): number => {
  const burst = burstOf(settings)
  return Math.round(burst + (scheduledCap(settings) - burst) * shareAt(curveAt(now, settings), now) + 1e-9)
}

/** The first instant after `now` at which the pace allows one more scheduled call than `used`; the next local midnight if today never does. */
export const nextAllowedAt = (now: Date, { used, settings }: { used: number; settings: CheckingSettings }): Date => {
  const curve = curveAt(now, settings)
  const cap = scheduledCap(settings)
  const burst = burstOf(settings)
  // The next call is half planned when it may go, so that the last of a small budget does not wait for midnight.
  const share = (used + 0.5 - burst) / (cap - burst)
  if (used >= cap || share > 1) return new Date(curve.endsAt)
  return new Date(Math.min(curve.endsAt, Math.max(now.getTime() + 1, shareReachedAt(curve, share))))
}

/** When this share of the day's plan is reached, in ms. */
const shareReachedAt = ({ startsAt, shares }: DayCurve, share: number): number => {
  const step = Math.max(
    1,
    shares.findIndex((reached) => reached >= share),
  )
  const before = shares[step - 1]!
  const part = (share - before) / (shares[step]! - before)
  return Math.ceil(startsAt + (step - 1 + Math.max(0, part)) * stepMs)
}

/** How much of the plan of its local day comes before `now`, from 0 to 1. */
export const dayShareAt = (now: Date, settings: CheckingSettings): number => shareAt(curveAt(now, settings), now)

/** When this share of the plan is reached, on the local day of `now`; at the latest at its end. */
export const instantOfShare = (now: Date, { share, settings }: { share: number; settings: CheckingSettings }): Date => {
  const curve = curveAt(now, settings)
  return new Date(share >= 1 ? curve.endsAt : Math.min(curve.endsAt, shareReachedAt(curve, share)))
}

/** The first instant of the local day after the one `now` is on, when the budget starts again. */
export const nextDayStartsAt = (now: Date, settings: CheckingSettings): Date => new Date(curveAt(now, settings).endsAt)

import type { TrackingStatus } from '@jejak/contract'
import type { CheckPlan } from '../schedule/plan-check.ts'
import { at } from './settings.ts'

const minute = 60_000
const hour = 60 * minute
const base: Record<TrackingStatus, number> = {
  pending: 240,
  info_received: 240,
  collected: 120,
  in_transit: 120,
  returning: 120,
  unknown: 120,
  on_hold: 60,
  exception: 60,
  out_for_delivery: 30,
  attempt_failed: 60,
  ready_for_pickup: 60,
  delivered: 0,
  returned: 0,
  cancelled: 0,
  lapsed: 0,
}
const urgent: TrackingStatus[] = ['out_for_delivery', 'attempt_failed', 'ready_for_pickup']
/** Federal holidays of Malaysia in May and June 2026 that fall on a working day, from the government's list. */
const holidays = ['2026-05-01', '2026-05-27', '2026-06-01', '2026-06-17']

/** What the table of docs/checking.md asks for, worked out the slow way: minutes until the next check, null for never, and the rules that played a part. */
export const expectedWait = (
  plan: Pick<CheckPlan, 'status' | 'confirmedAt' | 'endedAt'>,
  now: number,
  registeredAt: Date,
  estimatedDelivery: string | null,
) => {
  const { status } = plan
  const local = new Date(now + 8 * hour)
  const day = local.toISOString().slice(0, 10)
  const rules: string[] = [status]
  if (status === 'lapsed') return { minutes: null, rules }
  if (status === 'delivered' || status === 'returned' || status === 'cancelled') {
    const left = [24, 72].map((hours) => (plan.endedAt!.getTime() + hours * hour - now) / minute).find((ms) => ms > 0)
    return left ? { minutes: left, rules } : { minutes: null, rules: [...rules, 'confirmed'] }
  }
  const age = (now - registeredAt.getTime()) / minute
  if (plan.confirmedAt === null && age < 24 * 60)
    return { minutes: age < 15 ? 30 : age < 75 ? 120 : 360, rules: ['ladder'] }
  let minutes = base[status]
  if (plan.confirmedAt !== null && estimatedDelivery === day && minutes > 30) {
    minutes = 30
    rules.push('delivery day')
  }
  if (urgent.includes(status)) return { minutes, rules }
  const weekday = local.getUTCDay()
  const isWeekend = weekday === 0 || weekday === 6
  if (isWeekend || holidays.includes(day)) {
    minutes *= 1.5
    rules.push(isWeekend ? 'weekend' : 'holiday')
  }
  if (local.getUTCHours() >= 22 || local.getUTCHours() < 7) {
    minutes *= 2
    rules.push('night')
  }
  return { minutes, rules }
}

/** 07:00 of the local day that an instant is on. */
export const morningOf = (now: number): number => Math.floor((now + 8 * hour) / (24 * hour)) * 24 * hour - hour

/** For how long a parcel was unchecked at most between 07 and 22 local, when one check came at `from` and the next at `until`; in minutes. */
export const daytimeAge = (from: number, until: number): number => {
  const morning = morningOf(until)
  const lastDaytime = until < morning ? morning - 9 * hour : Math.min(until, morning + 15 * hour)
  return Math.max(0, lastDaytime - from) / minute
}

/** The first of May 2026, a Friday and a holiday. */
export const mayDay = at('2026-05-01').getTime()

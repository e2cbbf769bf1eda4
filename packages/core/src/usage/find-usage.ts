import type { UsageBy, UsageList, UsageRow } from '@jejak/contract'
import { listUsageByCourier, listUsageByDay, listUsageByHour, type ShopSql } from '@jejak/db'
import { dayOfNumber, localDay, localDayStart, numberOfDay } from '../checking/schedule/local-time.ts'
import { Refusal } from '../errors.ts'

type Span = { from: string; to: string; today: string; timezone: string }

/** How many days at most, and how many without a word. */
const spans: Record<UsageBy, { daysMax: number; daysUsual: number }> = {
  hour: { daysMax: 8, daysUsual: 1 },
  day: { daysMax: 400, daysUsual: 7 },
  courier: { daysMax: 400, daysUsual: 7 },
}
// As long as reads are kept by the hour.
const readsDays = 34

const figures = ['calls', 'checks', 'manual', 'failed', 'found', 'changed', 'reads'] as const

/** What is told of each hour, day or courier. */
export const usageColumns = {
  hour: ['hour', ...figures],
  day: ['day', ...figures],
  courier: ['courier', 'calls', 'checks'],
} as const satisfies Record<UsageBy, readonly (keyof UsageRow)[]>

type Asked = { by: UsageBy; from?: string | undefined; to?: string | undefined; now: Date; timezone: string }

/** What a shop's calls of some days were used for, by hour, day or courier. */
export const findUsage = async (shop: ShopSql, { by, from, to, now, timezone }: Asked): Promise<UsageList> => {
  const span = spanOf(by, { from, to, today: localDay(now, timezone), timezone })
  return { from: span.from, to: span.to, ...(await listers[by](shop, span)) }
}

type AskedSpan = Pick<Asked, 'from' | 'to'> & { today: string; timezone: string }

const spanOf = (by: UsageBy, { from, to, today, timezone }: AskedSpan): Span => {
  const { daysMax, daysUsual } = spans[by]
  const last = to ?? today
  const first = from ?? dayOfNumber(numberOfDay(last) - daysUsual + 1)
  const days = numberOfDay(last) - numberOfDay(first) + 1
  if (days < 1) throw new Refusal('validation', 'from: from must not come after to.')
  if (days > daysMax)
    throw new Refusal('validation', `from: By ${by} at most ${daysMax} days can be asked for at once.`)
  return { from: first, to: last, today, timezone }
}

/** The report of a day is written in the night after it. */
const recentOf = ({ today }: Span): string => dayOfNumber(numberOfDay(today) - 1)

const listers: Record<UsageBy, (shop: ShopSql, span: Span) => Promise<Pick<UsageList, 'data' | 'isComplete'>>> = {
  hour: async (shop, { from, to, timezone }) => {
    const starts = [numberOfDay(from), numberOfDay(to) + 1].map((day) => new Date(localDayStart(day, timezone)))
    const found = await listUsageByHour(shop, { from: starts[0]!, to: starts[1]! })
    return { data: found.map(({ hour, ...row }) => ({ ...row, hour: hour.toISOString() })), isComplete: true }
  },
  day: async (shop, span) => {
    const found = await listUsageByDay(shop, { ...span, recent: recentOf(span) })
    const readsFrom = dayOfNumber(numberOfDay(span.today) - readsDays)
    return {
      data: found.map((row) => ({ ...row, reads: row.day >= readsFrom ? row.reads : null })),
      isComplete: true,
    }
  },
  courier: async (shop, span) => {
    const found = await listUsageByCourier(shop, { ...span, recent: recentOf(span) })
    const data = found.map(({ isCut: _, ...row }) => row)
    return { data, isComplete: !found.some(({ isCut }) => isCut) }
  },
}

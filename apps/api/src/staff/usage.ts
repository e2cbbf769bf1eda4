import { type UsageRow, usageList, usageQuery } from '@jejak/contract'
import { dayOfNumber, localDay, localDayStart, numberOfDay } from '@jejak/core/checking'
import { csvOf } from '@jejak/core/csv'
import { listUsageByCourier, listUsageByDay, listUsageByHour, type ShopSql } from '@jejak/db'
import type { FastifyInstance } from 'fastify'
import type { RouteDeps } from '../deps.ts'
import { jsonOrCsv, sendCsv } from '../http/csv-answer.ts'
import { invalid } from '../http/http-problem.ts'
import { staffRoute } from '../http/routes.ts'

type By = 'hour' | 'day' | 'courier'
type Span = { from: string; to: string; today: string; timezone: string }

/** How many days at most, and how many without a word. */
const spans: Record<By, { daysMax: number; daysUsual: number }> = {
  hour: { daysMax: 8, daysUsual: 1 },
  day: { daysMax: 400, daysUsual: 7 },
  courier: { daysMax: 400, daysUsual: 7 },
}
// As long as reads are kept by the hour.
const readsDays = 34

const figures = ['calls', 'checks', 'manual', 'failed', 'found', 'changed', 'reads'] as const
const columns = {
  hour: ['hour', ...figures],
  day: ['day', ...figures],
  courier: ['courier', 'calls', 'checks'],
} as const satisfies Record<By, readonly (keyof UsageRow)[]>

/** What a shop’s calls were used for. */
export const usageRoutes = (app: FastifyInstance, { db, now, settingsOf }: RouteDeps): void =>
  staffRoute(app, {
    at: 'GET /v1/admin/usage',
    permission: 'usage:read',
    schema: {
      summary: 'Calls, checks and reads by hour, day or courier',
      description:
        'At most 8 days by hour, else 400. By courier only days that are over. `format=csv` answers text/csv.',
      querystring: usageQuery,
      response: { 200: jsonOrCsv(usageList) },
    },
    handler: async ({ caller: { organizationId }, query: { by, format, ...asked } }, reply) => {
      const { timezone } = settingsOf(organizationId)
      const span = spanOf(by, { ...asked, today: localDay(now(), timezone), timezone })
      const data = await listers[by](db.ofShop(organizationId).sql, span)
      const { from, to } = span
      if (format === 'json') return { from, to, data }
      return sendCsv(reply, { name: `usage-by-${by}-${from}-${to}`, csv: csvOf(columns[by], data) })
    },
  })

type AskedSpan = { from?: string | undefined; to?: string | undefined; today: string; timezone: string }

const spanOf = (by: By, { from, to, today, timezone }: AskedSpan): Span => {
  const { daysMax, daysUsual } = spans[by]
  const last = to ?? today
  const first = from ?? dayOfNumber(numberOfDay(last) - daysUsual + 1)
  const days = numberOfDay(last) - numberOfDay(first) + 1
  if (days < 1) throw invalid('from: from must not come after to.')
  if (days > daysMax) throw invalid(`from: By ${by} at most ${daysMax} days can be asked for at once.`)
  return { from: first, to: last, today, timezone }
}

const listers: Record<By, (shop: ShopSql, span: Span) => Promise<UsageRow[]>> = {
  hour: async (shop, { from, to, timezone }) => {
    const starts = [numberOfDay(from), numberOfDay(to) + 1].map((day) => new Date(localDayStart(day, timezone)))
    const found = await listUsageByHour(shop, { from: starts[0]!, to: starts[1]! })
    return found.map(({ hour, ...row }) => ({ ...row, hour: hour.toISOString() }))
  },
  day: async (shop, { from, to, today, timezone }) => {
    const number = numberOfDay(today)
    // The report of a day is written in the night after it.
    const found = await listUsageByDay(shop, { from, to, timezone, recent: dayOfNumber(number - 1) })
    const readsFrom = dayOfNumber(number - readsDays)
    return found.map((row) => ({ ...row, reads: row.day >= readsFrom ? row.reads : null }))
  },
  courier: (shop, span) => listUsageByCourier(shop, span),
}

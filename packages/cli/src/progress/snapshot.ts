import { localDay } from '@jejak/core/checking'
import type { SettingsOf } from '@jejak/core/settings'
import { type Db, findOverview, listConnections, type Overview } from '@jejak/db'
import type { ProcessState } from '../start/supervise.ts'

/** What the progress view shows at one instant. */
export type Snapshot = {
  readonly overview: Overview
  readonly callsToday: number
  readonly callsTodayMax: number
  readonly upMs: number
  readonly processes: readonly { readonly name: string; readonly state: ProcessState }[]
}

export type Title = {
  readonly isDemo: boolean
  readonly speed: number
  readonly publicUrl: string
  readonly logDir: string
}

/**
 * Reads the figures of the whole installation; two statements. A counter is of the day of its last call: yesterday's counts nothing. Each account has the
 * day and the budget of its shop; days of the overview are the installation's.
 */
export const readFigures = async (db: Pick<Db, 'sql'>, { now, settingsOf }: { now: Date; settingsOf: SettingsOf }) => {
  const today = localDay(now, settingsOf(null).timezone)
  const [overview, connections] = await Promise.all([
    findOverview(db.sql, { shop: 'all', now, day: today }),
    listConnections(db.sql, { shop: 'all' }),
  ])
  return {
    overview,
    callsToday: connections
      .filter(({ budgetDay, organizationId }) => budgetDay === localDay(now, settingsOf(organizationId).timezone))
      .reduce((sum, { callsUsed }) => sum + callsUsed, 0),
    callsTodayMax:
      connections.reduce((sum, { organizationId }) => sum + settingsOf(organizationId).dailyBudget, 0) ||
      settingsOf(null).dailyBudget,
  }
}

import { dayOfNumber, localTime } from '@jejak/core/checking'
import { saveDailyReports } from '@jejak/db'
import type { Handler } from '../handlers.ts'

const missedDaysMax = 7

/** Writes the report of the local day that has ended, and of those before it that no run wrote; running it again writes the same rows. */
export const dailyReportJob: Handler<'daily-report'> = async ({ config, db, clock, log }, _, job) => {
  const today = localTime(await clock(db.sql), config.tracking.timezone).dayNumber
  const day = dayOfNumber(today - 1)
  const missed = Array.from({ length: missedDaysMax - 1 }, (_day, back) => dayOfNumber(today - 2 - back))
  const reports = await saveDailyReports(db.sql, { day, missed })
  log.info({ jobId: job.id, day, reports }, 'daily report written')
}

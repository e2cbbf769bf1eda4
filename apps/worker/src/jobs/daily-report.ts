import { localDay } from '@jejak/core/checking'
import { saveDailyReports } from '@jejak/db'
import type { Handler } from '../handlers.ts'

const dayMs = 86_400_000

/** Writes the report of the local day that has ended; running it again writes the same row. */
export const dailyReportJob: Handler<'daily-report'> = async ({ config, db, clock, log }, _, job) => {
  const now = await clock(db.sql)
  const day = localDay(new Date(now.getTime() - dayMs), config.tracking.timezone)
  const reports = await saveDailyReports(db.sql, day)
  log.info({ jobId: job.id, day, reports }, 'daily report written')
}

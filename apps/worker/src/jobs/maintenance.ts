import { findBrokenRules } from '@jejak/db'
import type { Handler } from '../handlers.ts'

/** Proves that what no constraint can hold still holds; a broken rule is for a person to act on. */
export const maintenanceJob: Handler<'maintenance'> = async ({ db, clock, log }, _, job) => {
  const broken = await findBrokenRules(db.sql, await clock(db.sql))
  for (const { rule, examples } of broken)
    log.error({ jobId: job.id, rule, examples }, 'a rule of the database does not hold')
  if (broken.length === 0) log.info({ jobId: job.id }, 'all rules of the database hold')
}

import { checkRules } from '@jejak/db'
import type { Handler } from '../handlers.ts'

/** Proves that what no constraint can hold still holds; a broken rule is for a person to act on. What a run had no time for, the next begins with. */
export const maintenanceJob: Handler<'maintenance'> = async (deps, _, job) => {
  const { db, clock, log } = deps
  const from = resumeAt.get(db) ?? 0
  const { broken, checkedTo } = await checkRules(db.sql, { now: await clock(db.sql), signal: job.signal, from })
  resumeAt.set(db, checkedTo ?? 0)
  for (const { rule, examples } of broken)
    log.error({ jobId: job.id, rule, examples }, 'a rule of the database does not hold')
  if (checkedTo !== null) log.warn({ jobId: job.id, from, checkedTo }, 'there was no time to check all parcels')
  else if (broken.length === 0) log.info({ jobId: job.id }, 'all rules of the database hold')
}

const resumeAt = new WeakMap<object, number>()

import {
  consistencyQueries,
  counterRule,
  healSchedules,
  lastParcelId,
  listConnections,
  markAlteredDocuments,
  type Rule,
  recountDay,
  repairRule,
} from '@jejak/db'
import type { Actor } from '../actor.ts'
import { recordAct } from '../audit/index.ts'
import { plausibleUntil, reReadAnyway } from '../checking/index.ts'
import { allSettings } from '../settings/settings-in-force.ts'
import { type ConsistencyDeps, documentRule, readingRule, scheduleRule, slicesOf } from './verify.ts'

/**
 * Makes the rules hold again that a program can: counters from the calls and parcels that they count, due times, documents and statuses from the
 * stored scans. Returns how many rows it changed for each rule. Safe to run beside workers, and again: what they hold at that moment is left alone.
 */
export const repairConsistency = async (
  deps: ConsistencyDeps & { actor: Actor },
  signal: AbortSignal,
): Promise<Record<string, number>> => {
  const { sql } = deps.db
  const now = await deps.clock(sql)
  const slices = [...slicesOf(await lastParcelId(sql), signal)]
  const repaired: Record<string, number> = { [counterRule]: await recountDays(deps) }
  for (const rule of Object.keys(consistencyQueries) as Rule[])
    for (const { from, to } of isOfAll(rule) ? slices.slice(0, 1) : slices)
      repaired[rule] = (repaired[rule] ?? 0) + (await repairRule(sql, { rule, now, from, to }))
  repaired[scheduleRule] = await healSchedules(sql, {
    now,
    plausibleUntil: plausibleUntil(allSettings(deps), now),
    signal,
  })
  repaired[documentRule] = 0
  for (const slice of slices) repaired[documentRule] += await markAlteredDocuments(sql, slice)
  repaired[readingRule] = (await reReadAnyway(deps, signal)).parcels
  const changed = Object.fromEntries(Object.entries(repaired).filter(([, rows]) => rows > 0))
  const detail = `rules ${Object.keys(changed).length}, rows ${Object.values(changed).reduce((sum, rows) => sum + rows, 0)}`
  await recordAct(sql, { act: 'consistency.repaired', actor: deps.actor, organizationId: null, detail, now })
  return changed
}

/** Rules that are about no single parcel hold or break as a whole. */
const isOfAll = (rule: Rule): boolean => rule === 'the counts of parcels are those of the parcels'

const recountDays = async ({ db }: ConsistencyDeps): Promise<number> => {
  let repaired = 0
  for (const { id } of await listConnections(db.sql, { shop: 'all' }))
    repaired += await db.transaction((tx) => recountDay(tx, id))
  return repaired
}

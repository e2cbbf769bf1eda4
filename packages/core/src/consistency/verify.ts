import {
  consistencyQueries,
  countAlteredDocuments,
  countSpoiltSchedules,
  findBrokenRules,
  isRepairable,
  lastParcelId,
  type Rule,
} from '@jejak/db'
import { plausibleUntil, previewReRead, type ReReadDeps } from '../checking/index.ts'
import { allSettings, type KnownSettings } from '../settings/settings-in-force.ts'

export type ConsistencyDeps = ReReadDeps & KnownSettings

/** A rule, whether it holds, up to ten rows that break it, and whether `repairConsistency` can make it hold again. */
export type RuleState = { rule: string; holds: boolean; examples: object[]; isRepairable: boolean }

export const scheduleRule = 'no parcel is put off for longer than any schedule may'
export const documentRule = 'a stored document is the one that its version names'
export const readingRule = 'status, document and attention of a parcel are what its stored scans say'

const idsAtOnce = 20_000

/** These ids in slices, so that no statement is long. */
export const slicesOf = function* (last: number, signal: AbortSignal): Generator<{ from: number; to: number }> {
  for (let from = 0; from <= last && !signal.aborted; from += idsAtOnce) yield { from, to: from + idsAtOnce }
}

/**
 * Looks at every parcel, connection and count, and changes nothing. A scan that was in the future when it was told, and has happened since, shows as a
 * reading that differs until the next check.
 */
export const verifyConsistency = async (deps: ConsistencyDeps, signal: AbortSignal): Promise<RuleState[]> => {
  const { sql } = deps.db
  const now = await deps.clock(sql)
  const broken = new Map((await findBrokenRules(sql, now)).map((one) => [one.rule, one.examples]))
  const rules = Object.keys(consistencyQueries) as Rule[]
  return [
    ...rules.map((rule) => stateOf(rule, broken.get(rule) ?? [], isRepairable(rule))),
    stateOf(scheduleRule, await findSpoilt(deps, now), true),
    stateOf(documentRule, await findAltered(deps, signal), true),
    stateOf(readingRule, await findMisread(deps, signal), true),
  ]
}

const stateOf = (rule: string, examples: object[], isRepairable: boolean): RuleState => ({
  rule,
  holds: examples.length === 0,
  examples,
  isRepairable,
})

const findSpoilt = async ({ db, ...settings }: ConsistencyDeps, now: Date): Promise<object[]> => {
  const parcels = await countSpoiltSchedules(db.sql, {
    now,
    plausibleUntil: plausibleUntil(allSettings(settings), now),
  })
  return parcels > 0 ? [{ parcels }] : []
}

const findAltered = async ({ db: { sql } }: ReReadDeps, signal: AbortSignal): Promise<object[]> => {
  let parcels = 0
  for (const slice of slicesOf(await lastParcelId(sql), signal)) parcels += await countAlteredDocuments(sql, slice)
  return parcels > 0 ? [{ parcels }] : []
}

const findMisread = async (deps: ReReadDeps, signal: AbortSignal): Promise<object[]> => {
  const { parcels, documents, statuses, examples } = await previewReRead(deps, signal)
  return parcels > 0 ? [{ parcels, documents, statuses }, ...examples.slice(0, 9)] : []
}

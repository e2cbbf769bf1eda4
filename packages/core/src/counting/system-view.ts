import type { SystemView } from '@jejak/contract'
import { compareMigrations, findSystem, listRuleChecks, type RuleCheck, type Sql } from '@jejak/db'
import { percentileMs } from './histogram.ts'

const share = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1000) / 1000

/** How the machine is: its requests, processes, database and migrations. */
export const findSystemView = async ({ sql }: { sql: Sql }, now: Date): Promise<SystemView> => {
  const [{ totals, routes, processes, database, sizes }, { applied, missing, newer }, checks] = await Promise.all([
    findSystem(sql, now),
    compareMigrations(sql),
    listRuleChecks(sql),
  ])
  return {
    now: now.toISOString(),
    requests: {
      perMinute: totals.perMinute,
      lastHour: totals.requests,
      failedLastHour: totals.failed,
      readsLastHour: totals.reads,
      notModifiedShare: share(totals.notModified, totals.requests),
      batchedShare: share(Math.max(0, totals.lookUps - totals.statements), totals.lookUps),
    },
    routes: routes.map(({ buckets, ...route }) => ({
      ...route,
      p50Ms: percentileMs(buckets, 0.5),
      p95Ms: percentileMs(buckets, 0.95),
    })),
    processes: processes.map(({ startedAt, seenAt, ...one }) => ({
      ...one,
      startedAt: startedAt.toISOString(),
      seenAt: seenAt.toISOString(),
    })),
    worker: { seenAt: totals.workerSeenAt?.toISOString() ?? null },
    database: { ...database, sizes },
    rules: toRules(checks),
    migrations: { applied, pending: missing, newer },
  }
}

const toRules = (checks: readonly RuleCheck[]): SystemView['rules'] => ({
  checkedAt: checks[0]?.checkedAt.toISOString() ?? null,
  isComplete: checks.every(({ checkedTo }) => checkedTo === null),
  data: checks.map(({ rule, failing, failingSince, examples }) => ({
    ...{ rule, holds: failing === 0, failing, since: failingSince?.toISOString() ?? null },
    examples: examples.map((example) => ({ ...example })),
  })),
})

import { runScript } from '../world/scripts.ts'
import type { AbusePlan, AbuseResult } from './abuse-plan.ts'
import type { LoadPlan, LoadResult } from './load-plan.ts'
import type { VisitPlan, VisitResult } from './visit-plan.ts'

/** Sends load from a process of its own, so that it never shares an event loop with what it measures. */
export const runLoad = (plan: LoadPlan): Promise<LoadResult> => runScript<LoadResult>('load/load-process.ts', plan)

/** Sends visitors, likewise. */
export const runVisits = (plan: VisitPlan): Promise<VisitResult> => runScript<VisitResult>('load/load-process.ts', plan)

/** Sends abuse, likewise. */
export const runAbuse = (plan: AbusePlan): Promise<AbuseResult> => runScript<AbuseResult>('load/load-process.ts', plan)

/** Fails when not every answer was a 200: a figure made of errors would be fast and worthless. */
export const assertGood = (name: string, { statuses, failed }: LoadResult): void => {
  const others = Object.keys(statuses).filter((status) => status !== '200')
  if (others.length === 0 && failed === 0 && (statuses['200'] ?? 0) > 0) return
  throw new Error(`${name}: not every answer was a 200: ${JSON.stringify({ ...statuses, failed })}`)
}

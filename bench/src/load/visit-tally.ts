import { createHistogram } from './histogram.ts'
import type { VisitResult, Waits } from './visit-plan.ts'

const waitsOf = ({ total, quantile }: ReturnType<typeof createHistogram>): Waits => ({
  answers: total(),
  p50: quantile(0.5),
  p99: quantile(0.99),
  longest: quantile(1),
})

/** Counts what visitors met with. */
export const createVisitTally = () => {
  const kinds = { page: createHistogram(), widget: createHistogram(), live: createHistogram() }
  const refused: Record<string, number> = {}
  const counts = { visits: 0, news: 0, failed: 0 }
  return {
    count: (name: keyof typeof counts, amount = 1): void => {
      counts[name] += amount
    },
    answered: (kind: keyof typeof kinds, status: number, sentAt: number): void => {
      if (status === 200) kinds[kind].add(performance.now() - sentAt)
      else refused[status] = (refused[status] ?? 0) + 1
    },
    result: (): VisitResult => ({
      ...counts,
      page: waitsOf(kinds.page),
      widget: waitsOf(kinds.widget),
      live: waitsOf(kinds.live),
      refused,
    }),
  }
}

export type VisitTally = ReturnType<typeof createVisitTally>

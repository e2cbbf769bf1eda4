import type { CallList } from '@jejak/contract'
import type { CallRow } from '@jejak/db'

/** A call as its shop sees it. */
export const toCallView = ({
  openedAt,
  budgetDay,
  isManual,
  kind,
  batchSize,
  durationMs,
  ...call
}: CallRow): CallList['data'][number] => ({
  ...call,
  at: openedAt.toISOString(),
  day: budgetDay,
  kind: kind !== 'check' ? kind : isManual ? 'manual' : 'scheduled',
  batch: batchSize,
  ms: durationMs,
})

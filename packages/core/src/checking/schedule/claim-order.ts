import type { ClaimPass } from '@jejak/db'
import { priorities } from './priority.ts'

/**
 * How much of a batch may be taken by the time a class has had its turn, while later classes have due trackings too. So each class
 * keeps a tenth that more urgent ones cannot take, and none starves; seats that a class does not need go round again in class order.
 */
export const seatShare = [
  { priority: priorities.manual, share: 1 },
  { priority: priorities.urgent, share: 0.7 },
  { priority: priorities.retry, share: 0.8 },
  { priority: priorities.scheduled, share: 0.9 },
  { priority: priorities.confirmation, share: 1 },
] as const

const fillOrder = [priorities.scheduled, priorities.retry, priorities.urgent] as const

type Batch = { batchSize: number; classes: readonly number[] }

const known = new Map<string, readonly ClaimPass[]>()

/**
 * The passes that fill a batch when parcels of these classes are due, in order: the same array each time, since the claim's statement is
 * remembered by it.
 */
export const claimPasses = (batch: Batch): readonly ClaimPass[] => {
  const key = `${batch.batchSize}: ${batch.classes}`
  const passes = known.get(key) ?? passesOf(batch)
  known.set(key, passes)
  return passes
}

const passesOf = ({ batchSize, classes }: Batch): readonly ClaimPass[] => {
  const isDue = ({ priority }: { priority: number }) => classes.includes(priority)
  const shares = classes.length > 1 ? seatShare : seatShare.map(({ priority }) => ({ priority, share: 1 }))
  const first = shares
    .filter(isDue)
    .map(({ priority, share }): ClaimPass => ({ kind: 'due', priority, seats: Math.ceil(batchSize * share - 1e-9) }))
  const again = first.filter(({ seats }) => seats < batchSize).map((pass): ClaimPass => ({ ...pass, seats: batchSize }))
  const fills = fillOrder.map((priority): ClaimPass => ({ kind: 'fill', priority, seats: batchSize }))
  return [...first, ...again, ...fills]
}

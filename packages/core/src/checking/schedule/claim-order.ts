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

const secondRound = [priorities.urgent, priorities.retry, priorities.scheduled] as const
const fillOrder = [priorities.scheduled, priorities.retry, priorities.urgent] as const

const known = new Map<number, readonly ClaimPass[]>()

/** The passes that fill a batch of this size, in order: the same array each time, since the claim's statement is remembered by it. */
export const claimPasses = (batchSize: number): readonly ClaimPass[] => {
  const passes = known.get(batchSize) ?? passesOf(batchSize)
  known.set(batchSize, passes)
  return passes
}

const passesOf = (batchSize: number): readonly ClaimPass[] => [
  ...seatShare.map(
    ({ priority, share }): ClaimPass => ({ kind: 'due', priority, seats: Math.ceil(batchSize * share - 1e-9) }),
  ),
  ...secondRound.map((priority): ClaimPass => ({ kind: 'due', priority, seats: batchSize })),
  ...fillOrder.map((priority): ClaimPass => ({ kind: 'fill', priority, seats: batchSize })),
]

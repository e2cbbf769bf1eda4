import type { ClosedCall } from './closed-call.ts'

/** What calls have taught about the largest batch: the largest that was answered, the smallest that was refused for its size. */
export type LearntSize = { answered: number; refused: number | null }

export const nothingLearnt: LearntSize = { answered: 0, refused: null }

// Where most numbers are bad, every batch is refused: going on to smaller ones would cost the budget of those that are not.
const learntMin = 7

/** Halfway between what is known to pass and what is known not to, until they meet. */
export const batchMax = ({ answered, refused }: LearntSize, batchSize: number): number =>
  refused === null
    ? batchSize
    : Math.min(batchSize, Math.max(learntMin, answered, Math.floor((answered + refused) / 2)))

/**
 * A batch is refused for its size if it is larger than any that passed; a number refused alone shows that numbers were at fault. A size
 * that passed before is doubted once it is refused, since EasyParcel may have changed its mind.
 */
export const learnSize = (
  { answered, refused }: LearntSize,
  { kind, size, outcome }: Pick<ClosedCall, 'kind' | 'size' | 'outcome'>,
): LearntSize => {
  if (kind === 'sync') return { answered, refused }
  if (outcome === 'ok')
    return { answered: Math.max(answered, size), refused: refused !== null && size < refused ? refused : null }
  if (outcome !== 'rejected') return { answered, refused }
  if (kind !== 'regular') return { answered, refused: kind === 'trial' && size === 1 ? null : refused }
  if (size === 1) return { answered, refused }
  if (size <= answered) return { answered: Math.floor(size / 2), refused }
  return { answered, refused: Math.min(refused ?? size, size) }
}

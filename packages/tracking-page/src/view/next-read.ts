import type { Freshness } from '@jejak/contract'

type Situation = { freshness: Freshness | null; failures: number; isLive: boolean; now: Date }

const second = 1000
const minute = 60 * second
/** A check takes a moment; asking right at its due time would find the old answer. */
const checkTakesMs = 20 * second

/** Who has waited for long may wait a little longer. */
const patience = 8

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value))

/** After how many milliseconds an open page reads again; null when nothing more can change. A live stream makes it rare, never unneeded: a check without news sends nothing. */
export const nextReadMs = ({ freshness, failures, isLive, now }: Situation): number | null => {
  if (failures > 0) return Math.min(15 * second * 2 ** (failures - 1), 5 * minute)
  if (!freshness || freshness.state === 'final') return null
  const { checkedAt, changedAt, nextCheckAt } = freshness
  const max = isLive ? 30 * minute : 5 * minute
  if (!checkedAt) return clamp((now.getTime() - Date.parse(changedAt)) / patience, isLive ? minute : 15 * second, max)
  const next = nextCheckAt ? Date.parse(nextCheckAt) - now.getTime() + checkTakesMs : 0
  return clamp(next, minute, max)
}

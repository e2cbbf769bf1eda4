const graceShare = 0.1
const graceMinMs = 60_000

/** A check may start a tenth of its interval late, at least a minute, before anyone calls it late. All in ms since 1970. */
export const isOverdue = (
  { checkedAt, nextCheckAt }: { checkedAt: number | null; nextCheckAt: number },
  now: number,
): boolean => now > nextCheckAt + Math.max(graceMinMs, (nextCheckAt - (checkedAt ?? nextCheckAt)) * graceShare)

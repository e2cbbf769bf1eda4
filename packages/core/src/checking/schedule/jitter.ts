/** A number in [0, 1) that looks random but is the same for the same tracking and check time, so that a plan repeats (FNV-1a, then mixed). */
export const jitterOf = (trackingId: string, checkedAt: Date): number => {
  let hash = 0x811c9dc5
  const seed = `${trackingId} ${checkedAt.getTime()}`
  for (let index = 0; index < seed.length; index++) hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

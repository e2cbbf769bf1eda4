import type { Freshness } from '@jejak/contract'

const compact = (instant: string | null): string => (instant ? Date.parse(instant).toString(36) : '')

/** Weak, because compression may change the bytes. Names everything an answer depends on, in the clear. */
export const etagOf = (documentVersion: string, freshness: Freshness): string => {
  const { checkedAt, changedAt, nextCheckAt, state, reason } = freshness
  const instants = [checkedAt, changedAt, nextCheckAt].map(compact)
  return `W/"${[documentVersion, ...instants, state, reason ?? ''].join('.')}"`
}

const opaque = (tag: string): string => tag.replace(/^W\//, '')

// Proxies that compress put the coding at the end of a tag, and hand it on as it comes back: Apache `-gzip` and `-br`, Jetty `--gzip`, LiteSpeed `;gz`.
const coding = /(?:[-;:+]+(?:x-)?(?:gzip|gz|br|brotli|zstd|zst|deflate))+"$/i

/** Whether `If-None-Match` (one tag, a list, or `*`) names this tag; compared weakly, as RFC 9110 §13.1.2 asks, and in any coding. */
export const matchesEtag = (ifNoneMatch: string | undefined, etag: string): boolean => {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  const tags = ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? []
  return tags.some((tag) => [tag, tag.replace(coding, '"')].some((each) => opaque(each) === opaque(etag)))
}

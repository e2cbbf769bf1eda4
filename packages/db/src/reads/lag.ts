/** Where the primary's log was at a moment; positions only grow. */
export type Mark = { position: number; atMs: number }

/** The mark that a replica must have passed by now: the newest that is older than it may lag, or the first one ever while all are younger. */
const dueMark = (marks: readonly Mark[], nowMs: number, lagMaxMs: number): Mark | undefined =>
  marks.findLast(({ atMs }) => atMs <= nowMs - lagMaxMs) ?? marks[0]

/** Marks that will never be due again are dropped, so their number stays bounded by the poll and the lag. */
export const withMark = (marks: readonly Mark[], { lagMaxMs, ...mark }: Mark & { lagMaxMs: number }): Mark[] => {
  const due = dueMark(marks, mark.atMs, lagMaxMs)
  return [...marks.filter((each) => due === undefined || each.atMs >= due.atMs), mark]
}

type Look = { replayed: number; nowMs: number; lagMaxMs: number }

/**
 * Whether a replica has replayed what the primary had written `lagMaxMs` ago. Without a clock of the servers, so an idle primary is no lag
 * and a replica that has lost its primary is one; while the primary does not answer, its last marks still count.
 */
export const isCurrent = (marks: readonly Mark[], { replayed, nowMs, lagMaxMs }: Look): boolean => {
  const due = dueMark(marks, nowMs, lagMaxMs)
  return due !== undefined && replayed >= due.position
}

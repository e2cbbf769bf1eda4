/** What the simulator knows of a parcel. `ended`: its script has no further event. */
export type Truth = { awb: string; status: string; ended: boolean; eventCount: number }

/** What a reader sees of it. */
export type Seen = { status: string; events: number }

export type Comparison = {
  parcels: number
  /** Parcels whose script has ended and that a reader sees so. */
  atTheirEnd: number
  /** One sentence for each ended parcel that a reader sees otherwise. */
  wrong: string[]
  /** Parcels that a reader cannot find. */
  missing: string[]
}

export const compareWithTruth = (truths: readonly Truth[], seen: ReadonlyMap<string, Seen>): Comparison => {
  const ended = truths.filter((truth) => truth.ended)
  const differing = ended.flatMap((truth) => differenceOf(truth, seen.get(truth.awb)) ?? [])
  return {
    parcels: truths.length,
    atTheirEnd: ended.length - differing.length,
    wrong: differing,
    missing: truths.filter(({ awb }) => !seen.has(awb)).map(({ awb }) => awb),
  }
}

const differenceOf = ({ awb, status, eventCount }: Truth, seen: Seen | undefined): string | undefined => {
  if (seen?.status === status && seen.events === eventCount) return undefined
  const shown = seen ? `${seen.status} with ${seen.events} events` : 'nothing'
  return `${awb}: ${status} with ${eventCount} events in truth, ${shown} for a reader`
}

/** A moment at which the control endpoint moved script time on. Instants in epoch milliseconds. */
export type Jump = { at: number; byMs: number }

export type ScriptClock = {
  now(): Date
  speed: number
  startedAt: Date
  jumps: readonly Jump[]
  advance(byMs: number): void
}

type Pace = Pick<ScriptClock, 'speed' | 'jumps'>

/** Script time moves `speed` times as fast as real time, from `startedAt` on, plus what `advance` added. */
export const scriptNow = (clock: ScriptClock): Date => {
  const started = clock.startedAt.getTime()
  return new Date(started + scriptMsSince(clock, started, clock.now().getTime()))
}

const scriptMsSince = ({ speed, jumps }: Pace, from: number, to: number): number =>
  jumps.reduce((sum, jump) => (jump.at >= from && jump.at <= to ? sum + jump.byMs : sum), (to - from) * speed)

/** The real instant at which script time is `offsetMs` past `from`, and the jump that passed over it, if one did. */
const realInstantOf = ({ speed, jumps }: Pace, from: number, offsetMs: number): { at: number; jump?: Jump } => {
  let real = from
  let covered = 0
  for (const jump of jumps) {
    if (jump.at < from) continue
    const reach = covered + (jump.at - real) * speed
    if (offsetMs <= reach) break
    if (offsetMs <= reach + jump.byMs) return { at: jump.at, jump }
    covered = reach + jump.byMs
    real = jump.at
  }
  return { at: Math.ceil(real + (offsetMs - covered) / speed) }
}

/**
 * Real instants (epoch ms) for script offsets, in order and always in different seconds, so that wall-clock dates written to the second still
 * order the events. Events that one jump passes over lie one second apart before it. What is stamped once never changes.
 */
export const stampTimes = (pace: Pace, from: number, offsetsMs: readonly number[]): number[] => {
  const instants = offsetsMs.map((offset) => realInstantOf(pace, from, offset))
  let earliest = Number.NEGATIVE_INFINITY
  return instants.map(({ at, jump }, index) => {
    const passedLater = jump ? instants.slice(index + 1).filter((later) => later.jump === jump).length : 0
    const stamp = Math.max(at - passedLater * 1000, earliest)
    earliest = (Math.floor(stamp / 1000) + 1) * 1000
    return stamp
  })
}

/** `jumps` are those of an earlier run, when the state file kept them. */
export const startClock = (now: () => Date, speed: number, startedAt: Date, jumps: Jump[] = []): ScriptClock => ({
  now,
  speed,
  startedAt,
  jumps,
  advance: (byMs) => void jumps.push({ at: now().getTime(), byMs }),
})

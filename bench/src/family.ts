import type { GoalName } from './goals.ts'
import type { World } from './world/world.ts'

/** How much to measure. `seconds` is the length of one measurement of one arm. */
export type Size = { rounds: number; seconds: number; connections: number; isQuick: boolean }

/** One thing that was measured, a value a round. A chart shows the medians of the arms of one unit. */
export type Arm = { name: string; unit: string; values: number[] }

/** A figure with a goal, or one that is only reported. Where it was taken every round, `value` is the median of `rounds`. */
export type Figure = ({ goal: GoalName } | { text: string; unit: string }) & {
  value: number
  rounds?: readonly number[]
}

export type Outcome = { arms: Arm[]; figures: Figure[]; notes?: string[] }

export type Bench = { world: World; size: Size; report: (line: string) => void }

export type Family = { about: string; run: (bench: Bench) => Promise<Outcome> }

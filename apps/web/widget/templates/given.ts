import type { Times } from '../../src/words/times.ts'
import type { Say } from '../../src/words/words.ts'

/** What every template needs to speak. */
export type Given = { say: Say; times: Times; now: Date }

import { abuse } from './families/abuse.ts'
import { checkWrites } from './families/check-writes.ts'
import { claim } from './families/claim.ts'
import { counts } from './families/counts.ts'
import { fence } from './families/fence.ts'
import { importLines } from './families/import.ts'
import { live } from './families/live.ts'
import { lookup } from './families/lookup.ts'
import { million } from './families/million.ts'
import { oldSnapshot } from './families/old-snapshot.ts'
import { queue } from './families/queue.ts'
import { reads } from './families/reads.ts'
import { readsBesideWrites } from './families/reads-beside-writes.ts'
import { signIn } from './families/sign-in.ts'
import { start } from './families/start.ts'
import { statistics } from './families/statistics.ts'
import { visitors } from './families/visitors.ts'
import type { Family } from './family.ts'

/** Every family by the name that the command line takes, in the order of a full run. */
export const families: Record<string, Family> = {
  reads,
  'reads-beside-writes': readsBesideWrites,
  'check-writes': checkWrites,
  claim,
  'old-snapshot': oldSnapshot,
  queue,
  import: importLines,
  live,
  lookup,
  'sign-in': signIn,
  million,
  counts,
  statistics,
  fence,
  start,
  visitors,
  abuse,
}

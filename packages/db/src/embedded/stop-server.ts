import { binary } from './binaries.ts'
import { dataOf } from './cluster.ts'
import type { Place } from './place.ts'
import { runCommand } from './run-command.ts'

const STOP_SECONDS = 30

const stop = (place: Place, mode: 'fast' | 'immediate') =>
  runCommand(
    [binary(place.binaries, 'pg_ctl'), 'stop', '-D', dataOf(place), '-m', mode, '-w', '-t', String(STOP_SECONDS)],
    { user: place.user, timeoutMs: (STOP_SECONDS + 10) * 1000 },
  )

/** Ends all sessions and stops the server; one that takes longer than 30 s is cut off and recovers at its next start. */
export const stopServer = async (place: Place, log: (line: string) => void): Promise<void> => {
  if ((await stop(place, 'fast')).code === 0) return
  log('The database did not stop in time and is cut off; it recovers at the next start')
  await stop(place, 'immediate')
}

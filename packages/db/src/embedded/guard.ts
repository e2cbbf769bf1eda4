import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { minimalEnvironment } from '@jejak/config'
import { binary } from './binaries.ts'
import { dataOf } from './cluster.ts'
import type { Place } from './place.ts'

// `read` ends when our end of the pipe does, however we end. Who took the server over in the meantime has written his own number.
// A smart stop lets the processes that still work with the database finish first.
const script = `read _; sleep 1; [ "$(cat "$1")" = "$2" ] || exit 0
"$3" stop -D "$4" -m smart -t 600 || "$3" stop -D "$4" -m fast`

/**
 * Has the server stopped when this process is gone without having done it, even by kill -9. Returns how to call that off. Not on Windows,
 * where the next start takes the server over.
 */
export const guardServer = async (place: Place): Promise<() => void> => {
  if (process.platform === 'win32') return () => {}
  const ownerFile = join(place.home, 'started-by')
  await writeFile(ownerFile, `${process.pid}\n`)
  const args = [ownerFile, String(process.pid), binary(place.binaries, 'pg_ctl'), dataOf(place)]
  const guard = spawn('/bin/sh', ['-c', script, 'jejak-guard', ...args], {
    cwd: '/',
    env: minimalEnvironment(),
    stdio: ['pipe', 'ignore', 'ignore'],
    // A session of its own: what the terminal sends to all must not reach it.
    detached: true,
    ...(place.user && { uid: place.user.uid, gid: place.user.gid }),
  })
  guard.on('error', () => {})
  guard.unref()
  ;(guard.stdin as Socket).on('error', () => {}).unref()
  return () => void guard.kill('SIGKILL')
}

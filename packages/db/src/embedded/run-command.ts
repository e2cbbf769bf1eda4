import { spawn } from 'node:child_process'
import { minimalEnvironment } from '@jejak/config'

/** The system user that the server runs as when we are root, which Postgres refuses. */
export type ServerUser = { readonly name: string; readonly uid: number; readonly gid: number }
export type CommandResult = { readonly code: number | null; readonly output: string }
type CommandOptions = { readonly user: ServerUser | undefined; readonly timeoutMs: number }

const OUTPUT_CHARACTERS_MAX = 20_000
const LAST_WORDS_MS = 1000

/** Runs a program to its end as `user` (or as ourselves) and collects what it says; never rejects. */
export const runCommand = (
  [program, ...args]: readonly [string, ...string[]],
  { user, timeoutMs }: CommandOptions,
): Promise<CommandResult> =>
  new Promise((resolve) => {
    let output = ''
    const listen = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARACTERS_MAX)
    }
    const child = spawn(program, args, {
      // A folder that every user can enter; the one we stand in may be closed to the server's user.
      cwd: process.platform === 'win32' ? undefined : '/',
      env: minimalEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      // Not the option `timeout`: its timer outlives a program that could not be started, and keeps us alive with it.
      signal: AbortSignal.timeout(timeoutMs),
      ...(user && { uid: user.uid, gid: user.gid }),
    })
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.on('error', (error) => resolve({ code: null, output: `${output}${error.message}` }))
    const finish = () => {
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ code: child.exitCode, output })
    }
    child.once('close', finish)
    // On some systems a server that was just started keeps the pipes open, and 'close' never comes.
    child.once('exit', () => setTimeout(finish, LAST_WORDS_MS).unref())
  })

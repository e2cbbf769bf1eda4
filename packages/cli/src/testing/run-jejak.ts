import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const main = new URL('../main.ts', import.meta.url).pathname

// Halves what a start costs; the sources are the same each time.
const compileCache = { NODE_COMPILE_CACHE: join(tmpdir(), 'jejak-test-compile-cache') }

export type Ran = { code: number | null; stdout: string; stderr: string }

/** A command as an operator runs it, and what it is told and tells. */
export type RunningJejak = {
  readonly ended: Promise<Ran>
  /** Resolves with the first match in what it says beside its answer. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>
  readonly type: (line: string) => void
  /** What a pipe brings, to its end. */
  readonly pipe: (text: string) => void
  readonly kill: (signal: NodeJS.Signals) => void
}

/** Starts `jejak …` with these variables and no others. */
export const startJejak = (args: readonly string[], env: Readonly<Record<string, string>>): RunningJejak => {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...compileCache, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk
  })
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const ended = Promise.all([closed, text(child.stdout)]).then(([code, stdout]) => ({ code, stdout, stderr: said }))
  return {
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(said)
          if (match) resolve(match)
        }
        child.stderr.on('data', look)
        void ended.then(() => reject(new Error(`It never said ${pattern}, but: ${said}`)))
        look()
      }),
    type: (line) => void child.stdin.write(`${line}\n`),
    pipe: (text) => void child.stdin.end(text),
    kill: (signal) => void child.kill(signal),
  }
}

/** Runs a command to its end; no one can be asked. */
export const runJejak = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> =>
  startJejak(args, env).ended

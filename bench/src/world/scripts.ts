import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
// No measurement takes as long; a script that hangs is ended.
const longestMs = 600_000

/** The path of a script of this package, named from `src`. */
export const scriptPath = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))

/** Runs a script in a process of its own with one JSON argument, and returns the JSON it wrote. */
export const runScript = async <Result>(name: string, argument: object): Promise<Result> => {
  const { stdout } = await run(process.execPath, [scriptPath(name), JSON.stringify(argument)], {
    maxBuffer: 16 * 1024 * 1024,
    timeout: longestMs,
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
  })
  return JSON.parse(stdout) as Result
}

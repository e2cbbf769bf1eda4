import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { freePort } from '@jejak/db/embedded'

export type ApiProcess = {
  url: string
  pid: number
  /** Asks the process to stop, and returns its exit code. */
  stop: () => Promise<number | null>
}

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/** Starts the API as operators do, as a process of its own, and waits until it serves. */
export const startApiProcess = async (env: Record<string, string>): Promise<ApiProcess> => {
  const port = await freePort()
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await untilStarted(child)
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    stop: async () => {
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      return child.exitCode
    },
  }
}

const untilStarted = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the API ended with ${code} before it served`)))
    createInterface(child.stdout!).on('line', (line) => {
      if (line.includes('api started')) resolve()
    })
  })

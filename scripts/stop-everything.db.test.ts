import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { listProcessesOf } from './demo-check/processes.ts'
import { type Demo, freePorts, startDemo } from './demo-check/start-demo.ts'

let dataDir: string
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'jejak-test-'))
  await chmod(dataDir, 0o755)
  const [api, worker, simulator, database] = await freePorts(4)
  env = {
    // As a person's, without the tools of this folder.
    PATH: process.env.PATH?.split(delimiter)
      .filter((folder) => !folder.includes('node_modules'))
      .join(delimiter),
    HOME: process.env.HOME,
    DATA_DIR: dataDir,
    PORT: String(api),
    WORKER_HEALTH_PORT: String(worker),
    SIMULATOR_PORT: String(simulator),
    EMBEDDED_POSTGRES_PORT: String(database),
  }
})
afterAll(() => rm(dataDir, { recursive: true }))

const patient = { timeout: 100_000, interval: 200 }
const running = () => listProcessesOf([dataDir], dataDir)
const pidOf = (part: string): number => Number.parseInt(running().find((line) => line.includes(part))!, 10)

test.each<[string, (npm: Demo) => void]>([
  ['npm is asked to stop', ({ pid }) => process.kill(pid!, 'SIGTERM')],
  ['npm is killed', ({ pid }) => process.kill(pid!, 'SIGKILL')],
  ['the terminal is closed', ({ pid }) => process.kill(-pid!, 'SIGHUP')],
  ['what npm has started is killed', () => process.kill(pidOf('scripts/run.mjs'), 'SIGKILL')],
  ['the one that looks after all is killed', () => process.kill(pidOf('packages/cli/src/main.ts'), 'SIGKILL')],
  ['everyone in the terminal is killed', ({ pid }) => process.kill(-pid!, 'SIGKILL')],
])(
  'when %s, everything stops in order: no process is left, and the next start finds its data',
  async (_, stop) => {
    const npm = startDemo(process.cwd(), env, join(dataDir, 'npm.log'))
    onTestFinished(npm.kill)
    await expect.poll(npm.output, patient).toMatch(/API docs:/)
    expect(running().filter((line) => /postgres|main.ts/.test(line)).length).toBeGreaterThan(4)
    const key = await readFile(join(dataDir, 'api-key'), 'utf8')
    expect(npm.output()).toContain(`in ${join(dataDir, 'api-key')} (every scope)`)
    expect(npm.output()).not.toContain(key.trim())
    stop(npm)
    await expect.poll(running, patient).toEqual([])
  },
  240_000,
)

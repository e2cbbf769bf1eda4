import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { type Simulator, startSimulator } from './index.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let neighbour: Simulator | undefined
afterEach(() => neighbour?.close())

const run = (env: Record<string, string>) => {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part))
  return { child, output: () => output, ended: once(child, 'exit') }
}

test('a taken port ends the start with one sentence and exit code 1', async () => {
  neighbour = await startSimulator()
  const { output, ended } = run({ SIMULATOR_PORT: String(neighbour.port) })
  expect((await ended)[0]).toBe(1)
  expect(output()).toBe(`Port ${neighbour.port} is already in use; set SIMULATOR_PORT to a free one.\n`)
})

test('it says where it listens and ends when asked to', async () => {
  neighbour = await startSimulator()
  const { port } = neighbour
  await neighbour.close()
  const { child, output, ended } = run({ SIMULATOR_PORT: String(port) })
  await expect.poll(output, { timeout: 10_000 }).toBe(`EasyParcel simulator listening on http://127.0.0.1:${port}\n`)
  child.kill('SIGTERM')
  expect((await ended)[0]).toBe(0)
})

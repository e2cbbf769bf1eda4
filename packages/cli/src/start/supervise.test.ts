import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@jejak/db/embedded'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CliError } from '../cli-error.ts'
import { type Supervised, type SuperviseOptions, supervise } from './supervise.ts'

let folder = ''
let running: Supervised[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-supervise-'))
  running = []
})
afterEach(async () => {
  for (const child of running) await child.stop()
  rmSync(folder, { recursive: true })
})

const serve = (port: number) => `
  const server = require('node:http').createServer((request, response) => {
    response.end('ok')
    if (request.url === '/die') { console.error('a last word'); process.exit(3) }
  }).listen(${port}, '127.0.0.1')
  process.once('SIGTERM', () => { console.log('asked to stop'); process.exit(0) })`

const start = (script: string, port: number | undefined, options: Partial<SuperviseOptions> = {}) => {
  const file = join(folder, 'child.cjs')
  writeFileSync(file, script)
  const healthUrl = port === undefined ? undefined : `http://127.0.0.1:${port}/`
  const child = supervise(
    { name: 'worker', args: [file], env: process.env, healthUrl, log: createWriteStream(join(folder, 'worker.log')) },
    {
      readyTimeoutMs: 15_000,
      stopTimeoutMs: 5000,
      restartWaitsMs: [1],
      settledMs: 60_000,
      now: () => 0,
      isDatabaseThere: async () => true,
      onEvent: () => {},
      onGivenUp: () => {},
      ...options,
    },
  )
  running.push(child)
  return child
}

test('a process is ready when its health endpoint answers, and stops when it is told to', async () => {
  const port = await freePort()
  const child = start(serve(port), port)
  await child.ready
  expect(child.state()).toBe('running')
  await child.stop()
  expect(child.state()).toBe('stopped')
  expect(readFileSync(join(folder, 'worker.log'), 'utf8')).toContain('asked to stop')
})

test('a process that dies before it is ready is not started again; its last words are told', async () => {
  const child = start(`console.error('PORT must be a number'); process.exit(1)`, await freePort())
  await expect(child.ready).rejects.toMatchObject({
    message: 'The worker ended with code 1 before it was ready.',
    details: ['PORT must be a number'],
  })
})

test('a process that dies is reported with its last words, started again, and given up when it dies once more', async () => {
  const port = await freePort()
  const restarting = Promise.withResolvers<string>()
  const givenUp = Promise.withResolvers<CliError>()
  const child = start(serve(port), port, { onEvent: restarting.resolve, onGivenUp: givenUp.resolve })
  const die = () => fetch(`http://127.0.0.1:${port}/die`).catch(() => {})
  await child.ready
  await die()
  expect(await restarting.promise).toBe('a last word\nThe worker ended with code 3. It is started again in 0.001 s.')
  await expect.poll(() => child.state(), { timeout: 15_000 }).toBe('running')
  await die()
  expect(await givenUp.promise).toMatchObject({ message: 'The worker ended with code 3.', details: ['a last word'] })
})

test('a process that dies while the database is away is started again when that is back, however long it takes', async () => {
  const port = await freePort()
  const answers = [false, false, true]
  const events: string[] = []
  const child = start(serve(port), port, {
    restartWaitsMs: [],
    isDatabaseThere: async () => answers.shift() ?? true,
    onEvent: (line) => events.push(line),
  })
  await child.ready
  await fetch(`http://127.0.0.1:${port}/die`).catch(() => {})
  await expect.poll(() => [events.length, child.state()], { timeout: 15_000 }).toEqual([1, 'running'])
  expect(events[0]).toContain('The database is away; it is started again when the database is back.')
})

test('a process that does not want to stop is killed', async () => {
  const port = await freePort()
  const stubborn = serve(port).replace("console.log('asked to stop'); process.exit(0)", 'server.ref()')
  const child = start(stubborn, port, { stopTimeoutMs: 50 })
  await child.ready
  await child.stop()
  expect(child.state()).toBe('stopped')
})

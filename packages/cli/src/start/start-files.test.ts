import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@jejak/config'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { childEnvironment } from './child-environment.ts'
import { planDuties } from './duties.ts'
import { keptSecret } from './kept-secret.ts'
import { openLogFile } from './log-file.ts'
import { refuseTakenPorts, withInternalPorts } from './ports.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jejak-start-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a secret is made once, kept, and readable by its owner only', async () => {
  const file = join(folder, 'data', 'secret-key')
  const made = await Promise.all([keptSecret(file), keptSecret(file)])
  expect(made[0]).toMatch(/^[0-9a-f]{64}$/)
  expect(await keptSecret(file)).toBe(made[0])
  expect(made[1]).toBe(made[0])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('each start gets a fresh log, and the last four before it are kept', async () => {
  for (let start = 1; start <= 7; start++) {
    const log = await openLogFile(join(folder, 'api'))
    await new Promise<void>((resolve) => log.end(`start ${start}`, () => resolve()))
  }
  expect(readdirSync(folder).sort()).toEqual(['api.1.log', 'api.2.log', 'api.3.log', 'api.4.log', 'api.log'])
  expect(readFileSync(join(folder, 'api.log'), 'utf8')).toBe('start 7')
  expect(readFileSync(join(folder, 'api.4.log'), 'utf8')).toBe('start 3')
})

test('a log that grows gives way to a new one, so that months of running keep no more than five files', async () => {
  const log = await openLogFile(join(folder, 'api'), 100)
  for (let line = 1; line <= 50; line++) log.write(`line ${String(line).padStart(3, '0')} ${'x'.repeat(30)}\n`)
  await new Promise<void>((resolve) => log.end(() => resolve()))
  const names = ['api.4.log', 'api.3.log', 'api.2.log', 'api.1.log', 'api.log']
  expect(readdirSync(folder).sort()).toEqual(names.toSorted())
  const kept = names.map((name) => readFileSync(join(folder, name), 'utf8'))
  for (const text of kept) expect(text.length).toBeLessThanOrEqual(100)
  expect(kept.join('').match(/line \d+/g)).toEqual(Array.from({ length: 10 }, (_, line) => `line 0${line + 41}`))
})

test('a second installation on a machine takes free ports for what only it talks to; a port that was set stays', async () => {
  const servers = [createServer(), createServer()]
  const taken = await Promise.all(
    servers.map(
      (server) =>
        new Promise<string>((resolve) =>
          server.listen(0, '127.0.0.1', () => resolve(String((server.address() as AddressInfo).port))),
        ),
    ),
  )
  const [SIMULATOR_PORT, WORKER_HEALTH_PORT] = taken as [string, string]
  const config = loadConfig({ JEJAK_DEMO: 'true', SIMULATOR_PORT, WORKER_HEALTH_PORT })
  const free = await withInternalPorts({}, config)
  expect(taken).not.toContain(free.SIMULATOR_PORT)
  expect(taken).not.toContain(free.WORKER_HEALTH_PORT)
  expect(await withInternalPorts({ SIMULATOR_PORT }, config)).toMatchObject({ SIMULATOR_PORT })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  expect(await withInternalPorts({}, config)).toEqual({ SIMULATOR_PORT, WORKER_HEALTH_PORT })
})

test('a taken port is one sentence that names the variable to set', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const wanted = { host: '127.0.0.1', port, variable: 'PORT', use: 'the API' }
  await expect(refuseTakenPorts([wanted])).rejects.toThrow(
    `Port ${port} for the API is already in use (is Jejak running already?): stop what uses it, or set PORT to a free port.`,
  )
  await new Promise((resolve) => server.close(resolve))
  await expect(refuseTakenPorts([wanted])).resolves.toBeUndefined()
})

describe('what the processes are started with', () => {
  const facts = { databaseUrl: 'postgres://127.0.0.1/jejak', apiKey: 'jejak_0123456789abcdef0123456789abcdef' }
  const base = (env: Record<string, string> = {}) =>
    loadConfig({ SECRET_KEY: 'x'.repeat(32), DATA_DIR: folder, ...env })

  test('a demo gets settings that are accepted, its own secret, and the simulator before API and worker', async () => {
    const config = loadConfig(await childEnvironment({ DATA_DIR: folder }, { ...facts, base: base(), isDemo: true }))
    expect(config.keys.secretKey?.reveal()).toBe(readFileSync(join(folder, 'secret-key'), 'utf8').trim())
    expect(config.easyparcel.baseUrl).toBe('http://127.0.0.1:3900')
    expect(planDuties(config, { watch: false }).map(({ name }) => name)).toEqual(['simulator', 'API', 'worker'])
  })

  test('the simulator of a demo is told no secret, no database and no key: it stands for someone else', async () => {
    const given = {
      PATH: '/bin',
      DATA_DIR: folder,
      SIMULATOR_SPEED: '100',
      EASYPARCEL_CLIENT_SECRET: 'hunter2',
      HOME: '/home/shop',
    }
    const shared = await childEnvironment(given, { ...facts, base: base(), isDemo: true })
    const [simulator] = planDuties(loadConfig(shared), { watch: false })
    const told = simulator?.envOf?.(shared) ?? shared
    expect(told).toMatchObject({ PATH: '/bin', SIMULATOR_SPEED: '100', SIMULATOR_PORT: '3900' })
    for (const secret of [shared.SECRET_KEY!, facts.databaseUrl, facts.apiKey, 'hunter2'])
      expect(Object.values(told)).not.toContain(secret)
    expect(Object.keys(told).filter((name) => !/^(?:PATH|NODE_COMPILE_CACHE|SIMULATOR_\w+)$/.test(name))).toEqual([])
  })

  test('what the operator sets wins over the settings of a demo', async () => {
    const given = { DATA_DIR: folder, TRACKING_IN_TRANSIT_FREQ: '1', SIMULATOR_SPEED: '100' }
    const env = await childEnvironment(given, { ...facts, base: base(given), isDemo: true })
    expect(env).toMatchObject({ TRACKING_IN_TRANSIT_FREQ: '1', TRACKING_PRE_SHIPMENT_FREQ: '2.400000' })
  })

  test('Node keeps its compiled code beside the data, unless the operator has another place for it', async () => {
    const real = { ...facts, isDemo: false }
    const cacheOf = async (given: Record<string, string>) =>
      (await childEnvironment(given, { ...real, base: base() })).NODE_COMPILE_CACHE
    expect(await cacheOf({})).toBe(join(folder, 'compile-cache'))
    expect(await cacheOf({ NODE_COMPILE_CACHE: '/elsewhere' })).toBe('/elsewhere')
  })

  test('a real installation gets no demo settings, no simulator and no secret made for it', async () => {
    const env = await childEnvironment({ DATA_DIR: folder }, { ...facts, base: base(), isDemo: false })
    expect(() => loadConfig(env)).toThrow('SECRET_KEY is required')
    const config = loadConfig({ ...env, SECRET_KEY: 'x'.repeat(32) })
    expect(config.tracking.inTransitMs).toBe(120 * 60_000)
    expect(planDuties(config, { watch: false }).map(({ name }) => name)).toEqual(['API', 'worker'])
  })

  test('a worker counts as started once it lives: one that refuses to check, because of its clock, is not started again and again', () => {
    const urls = planDuties(base(), { watch: false }).map(({ name, healthUrl }) => [name, new URL(healthUrl!).pathname])
    expect(urls).toEqual([
      ['API', '/health/ready'],
      ['worker', '/health/live'],
    ])
  })
})

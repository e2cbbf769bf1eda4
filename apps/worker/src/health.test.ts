import type { Server } from 'node:http'
import { loadConfig } from '@jejak/config'
import { freePort } from '@jejak/db/embedded'
import { afterEach, expect, test } from 'vitest'
import { startHealth } from './health.ts'

let server: Server | undefined
afterEach(() => server?.close())

const at = (healthPort: number) => ({ healthHost: '127.0.0.1', healthPort })

const depsWith = (query: () => Promise<unknown>, aheadMs = 0) => {
  const now = () => new Date()
  return { db: { sql: { query } } as never, now, clock: async () => new Date(now().getTime() - aheadMs) }
}

const healthWith = async (query: () => Promise<unknown>) => {
  const port = await freePort()
  server = await startHealth(at(port), depsWith(query))
  return (path: string) => fetch(`http://127.0.0.1:${port}${path}`).then((answer) => answer.status)
}

test('a worker is ready while its database answers', async () => {
  const ask = await healthWith(async () => ({ rows: [] }))
  expect([await ask('/health/live'), await ask('/health/ready')]).toEqual([200, 200])
  expect(await ask('/')).toBe(404)
})

test('a worker whose clock is two minutes off is not ready, and says why', async () => {
  const port = await freePort()
  server = await startHealth(
    at(port),
    depsWith(async () => ({ rows: [] }), 120_000),
  )
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`)
  expect([answer.status, await answer.json()]).toEqual([503, { ok: false, reason: 'clock_off' }])
})

test('a worker that lost its database lives, but is not ready', async () => {
  const ask = await healthWith(async () => {
    throw new Error('connection refused')
  })
  expect([await ask('/health/live'), await ask('/health/ready')]).toEqual([200, 503])
})

test('port 0 switches the health endpoint off, and a taken port is an error', async () => {
  const deps = depsWith(async () => ({ rows: [] }))
  expect(await startHealth(at(0), deps)).toBeUndefined()
  const port = await freePort()
  server = await startHealth(at(port), deps)
  await expect(startHealth(at(port), deps)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('the health of a worker is for its own machine, and costs the database one question a second', async () => {
  let questions = 0
  const ask = await healthWith(async () => {
    questions += 1
    return { rows: [] }
  })
  await Promise.all(Array.from({ length: 50 }, () => ask('/health/ready')))
  expect(questions).toBe(1)
  expect(loadConfig({ SECRET_KEY: 'x'.repeat(32) }).worker.healthHost).toBe('127.0.0.1')
  expect(server!.address()).toMatchObject({ address: '127.0.0.1' })
})

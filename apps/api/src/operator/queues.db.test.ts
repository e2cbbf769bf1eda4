import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
let operator: { authorization: string }
beforeAll(async () => {
  world = await createApiWorld()
  operator = withKey(await world.addKey(world.shop.organizationId, ['operator']))
})
afterAll(() => world.close())
beforeEach(() => world.query('delete from pgboss.job'))

const ask = (method: 'GET' | 'POST', url: string, payload?: object, headers: Record<string, string> = operator) =>
  world.app.inject({ method, url, headers, ...(payload && { payload }) })
let sent = 0
const addJob = async (state = 'created', queue = 'clean-up'): Promise<string> => {
  sent += 1
  const id = await world.deps.boss.send(queue, {}, { singletonKey: `job ${sent}` })
  await world.query(
    `update pgboss.job set state = $2::pgboss.job_state, output = '{"message": "a step failed"}' where id = $1`,
    [id, state],
  )
  return id!
}
const stateOf = async (id: string) =>
  (await world.query<{ state: string }>('select state::text from pgboss.job where id = $1', [id]))[0]?.state

test('the jobs of the queue are listed page by page, counted, and found by queue and state', async () => {
  for (let more = 0; more < 3; more++) await addJob()
  const failed = await addJob('failed', 'maintenance')
  const first = (await ask('GET', '/v1/operator/jobs?limit=3')).json()
  expect(first.data).toHaveLength(3)
  expect(first.counts).toMatchObject([
    { queue: 'clean-up', state: 'waiting', amount: 3 },
    { queue: 'maintenance', state: 'failed', amount: 1 },
  ])
  const second = (await ask('GET', `/v1/operator/jobs?limit=3&cursor=${first.nextCursor}`)).json()
  expect(second).toMatchObject({ counts: [], data: [{ state: 'waiting' }], nextCursor: null })
  const ids = [...first.data, ...second.data].map(({ id }: { id: string }) => id)
  expect(new Set(ids).size).toBe(4)
  const found = (await ask('GET', '/v1/operator/jobs?queue=maintenance&state=failed')).json().data
  expect(found).toMatchObject([{ id: failed, queue: 'maintenance', message: 'a step failed', payload: {} }])
  expect((await ask('GET', '/v1/operator/jobs?queue=none')).json()).toMatchObject({
    status: 400,
    detail: expect.stringContaining('There is no queue "none"'),
  })
})

test('a failed job is done again by a new one, the same waits only once, and what waits cannot be retried', async () => {
  const id = await addJob('failed')
  expect((await ask('POST', `/v1/operator/jobs/${id}/retry`)).json()).toEqual({ sent: 1, job: expect.any(String) })
  expect((await ask('POST', `/v1/operator/jobs/${id}/retry`)).json()).toEqual({ sent: 0, job: null })
  const waiting = (await ask('GET', '/v1/operator/jobs?state=waiting')).json().data
  expect(waiting).toHaveLength(1)
  expect((await ask('POST', `/v1/operator/jobs/${waiting[0].id}/retry`)).json()).toMatchObject({
    status: 409,
    detail: expect.stringContaining('This job is waiting'),
  })
})

test('all failed jobs of a queue are sent again at once', async () => {
  for (let more = 0; more < 3; more++) await addJob('failed')
  await addJob('failed', 'maintenance')
  expect((await ask('POST', '/v1/operator/jobs/retry', { queue: 'clean-up' })).json()).toEqual({ sent: 3 })
  expect((await ask('POST', '/v1/operator/jobs/retry', {})).json()).toEqual({ sent: 1 })
})

test('what was sent again has not failed any more and is not sent a second time, and keeps its place among the others', async () => {
  const ids = [await addJob('failed'), await addJob('failed')]
  await world.query('update pgboss.job set priority = 50 where id = $1', [ids[0]])
  expect((await ask('POST', `/v1/operator/jobs/${ids[0]}/retry`)).json()).toMatchObject({ sent: 1 })
  expect((await ask('POST', '/v1/operator/jobs/retry', {})).json()).toEqual({ sent: 1 })
  await world.query(`update pgboss.job set state = 'completed' where state = 'created'`)
  expect((await ask('POST', '/v1/operator/jobs/retry', {})).json()).toEqual({ sent: 0 })
  expect((await ask('GET', '/v1/operator/jobs')).json().counts).toMatchObject([
    { state: 'cancelled', amount: 2 },
    { state: 'completed', amount: 2 },
  ])
  expect(await world.query(`select priority from pgboss.job where state = 'completed' order by 1`)).toEqual([
    { priority: 0 },
    { priority: 50 },
  ])
})

test('a job that waits is cancelled, one that has ended is not', async () => {
  const id = await addJob()
  expect((await ask('POST', `/v1/operator/jobs/${id}/cancel`)).statusCode).toBe(204)
  expect(await stateOf(id)).toBe('cancelled')
  expect((await ask('POST', `/v1/operator/jobs/${id}/cancel`)).statusCode).toBe(409)
  const missing = '00000000-0000-4000-8000-000000000000'
  expect((await ask('POST', `/v1/operator/jobs/${missing}/cancel`)).statusCode).toBe(404)
})

test('a shop’s key sees no jobs of the installation and changes none', async () => {
  const id = await addJob()
  const headers = withKey(await world.addKey(world.shop.organizationId, ['shop:admin', 'trackings:write']))
  expect((await ask('GET', '/v1/operator/jobs', undefined, headers)).statusCode).toBe(403)
  expect((await ask('POST', `/v1/operator/jobs/${id}/cancel`, undefined, headers)).statusCode).toBe(403)
  expect(await stateOf(id)).toBe('created')
})

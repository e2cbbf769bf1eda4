import { checkDue } from '@jejak/core/checking'
import { migrateQueue } from '@jejak/core/queue'
import { type CheckWorld, createCheckWorld } from '@jejak/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiProcess, startApiProcess } from '../../testing/api-process.ts'
import { type EventStream, openEventStream } from '../../testing/event-stream.ts'

let world: CheckWorld
let apis: ApiProcess[]
beforeAll(async () => {
  world = await createCheckWorld()
  await migrateQueue(world.databaseUrl)
  const env = { DATABASE_URL: world.databaseUrl, SECRET_KEY: world.installation.secretKeys[0] }
  apis = await Promise.all([startApiProcess(env), startApiProcess(env)])
})
afterAll(async () => {
  await Promise.all(apis.map(({ stop }) => stop()))
  await world.close()
})

const watchOn = async ({ url }: ApiProcess, trackingNumber: string): Promise<EventStream> => {
  const stream = await openEventStream(`${url}/v1/track/${trackingNumber}/live`)
  expect(stream.status).toBe(200)
  await expect.poll(() => stream.events).toHaveLength(1)
  return stream
}
const watchOnBoth = (trackingNumber: string) => Promise.all(apis.map((api) => watchOn(api, trackingNumber)))
const statuses = ({ events }: EventStream) => events.map(({ data }) => JSON.parse(data).status)
const listeners = async () =>
  (
    await world.query<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = 'jejak-api-changes' and datname = current_database()`,
    )
  ).map(({ pid }) => pid)

/** A parcel that was delivered already, which the next check finds out. */
const registerDelivered = async (trackingNumber: string) => {
  world.simulator.book([{ awb: trackingNumber, scenario: 'short' }])
  world.clock.advance(70 * 3_600_000)
  await world.register([trackingNumber])
}

test('what a worker finds out appears by itself on the streams of every API process', async () => {
  await registerDelivered('632143239945')
  const streams = await watchOnBoth('632143239945')
  await checkDue(world.process(), {
    connectionId: world.installation.connectionId,
    signal: new AbortController().signal,
  })
  const news = () => streams.map(({ events }) => events.find(({ data }) => JSON.parse(data).status === 'delivered'))
  await expect.poll(news, { timeout: 5_000 }).not.toContain(undefined)
  for (const { close } of streams) close()
})

test('what changed while a process could not hear is sent as soon as it listens again', async () => {
  await world.register(['EPTEST-UNHEARD-1'])
  const streams = await watchOnBoth('EPTEST-UNHEARD-1')
  const before = await listeners()
  expect(before).toHaveLength(2)
  // No one is told of this change: only who reads again after the gap can see it.
  await world.query(
    `with unheard as (
       update tracking_cache set document = replace(document, '"pending"', '"collected"'), document_version = 'unheard'
        where tracking_number = 'EPTEST-UNHEARD-1' returning id)
     select pg_terminate_backend(pid) from unheard, pg_stat_activity
      where application_name = 'jejak-api-changes' and datname = current_database()`,
  )
  await expect
    .poll(() => streams.map((stream) => statuses(stream).at(-1)), { timeout: 5_000 })
    .toEqual(['collected', 'collected'])
  const after = await listeners()
  expect(after).toHaveLength(2)
  expect(after.filter((pid) => before.includes(pid))).toEqual([])
  for (const { close } of streams) close()
})

test('a process that is told to stop ends its streams and is gone in time, and the other goes on', async () => {
  await registerDelivered('632143239946')
  const [leaving, staying] = await watchOnBoth('632143239946')
  expect(await apis[0]!.stop()).toBe(0)
  expect([leaving!.isEnded(), leaving!.retries.length]).toEqual([true, 2])
  await checkDue(world.process(), {
    connectionId: world.installation.connectionId,
    signal: new AbortController().signal,
  })
  await expect.poll(() => statuses(staying!)).toContain('delivered')
  staying!.close()
})

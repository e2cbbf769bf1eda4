import { listCallsOfParcel } from '@jejak/db'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../../testing/index.ts'
import { checkDue } from './check-due.ts'

let world: CheckWorld
beforeAll(async () => {
  world = await createCheckWorld({ env: { TRACKING_CALLS_PER_SECOND: '100', TRACKING_JITTER: '0' } })
})
afterAll(() => world.close())

const check = () =>
  checkDue(world.process(), {
    connectionId: world.installation.connectionId,
    signal: new AbortController().signal,
  })
const checksOf = async (id: string) =>
  (await world.query<{ checks: number }>('select checks from tracking_schedule where tracking_id = $1', [id]))[0]!
    .checks

test('a parcel counts its checks, those that failed too, and its calls can be found', async () => {
  const [early = '', late = ''] = trackingNumbers(2)
  const first = (await world.register([early])).get(early)!
  await check()
  const second = (await world.register([late])).get(late)!
  world.clock.advance(24 * 3_600_000)
  world.simulator.forceFault({ name: 'server_500' })
  await check()
  expect([await checksOf(first), await checksOf(second)]).toEqual([2, 1])
  const shop = world.db.ofShop(world.installation.organizationId).sql
  const since = new Date('2026-11-17T02:00:00Z')
  const calls = await listCallsOfParcel(shop, { trackingId: first, since, limit: 10 })
  expect(calls.map(({ batchSize }) => batchSize)).toEqual([2, 1])
  expect(await listCallsOfParcel(shop, { trackingId: second, since, limit: 10 })).toEqual(calls.slice(0, 1))
  expect(await listCallsOfParcel(world.db.ofShop('999').sql, { trackingId: first, since, limit: 10 })).toEqual([])
})

test('a call says how many parcels of each courier it asked about, whether it failed or not', async () => {
  const calls = await world.query<{ couriers: object }>('select couriers from api_calls order by id')
  expect(calls.map(({ couriers }) => couriers)).toEqual([{ '': 1 }, { '': 2 }])
})

test('what a call asked about goes with the call', async () => {
  await world.query('delete from api_calls')
  expect(await world.query('select from call_parcels')).toEqual([])
})

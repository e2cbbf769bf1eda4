import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkDue, createCheckDeps } from '@jejak/core/checking'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

const parcel = {
  trackingNumber: 'MY2600000001',
  orderNumber: 'KEDAI-90417',
  contact: { email: 'zulqarnain@example.com', phone: '012-987 6501' },
}
const courierText = 'Bungkusan Encik Zulqarnain Mahmood, 012-9876501, ditinggalkan bersama Puan Rokiahdewi'
const isPersonal = (row: string) => /zulqarnain|mahmood|rokiahdewi|9876501|987 6501|kedai-90417|90417/i.test(row)

/** An EasyParcel whose courier writes names and phones into a text that no one can read. */
const answer = () => {
  const scan = { event_date: '2026-03-02 11:30:00', shipment_status_code: 99, tracking_status: courierText }
  const item = { awb_number: parcel.trackingNumber, status: 'success', status_log: [scan] }
  return JSON.stringify({ status_code: 200, message: 'Success', data: { results: [item] } })
}
let easyParcel: Server
let world: ApiWorld
beforeAll(async () => {
  easyParcel = createServer((request, response) => {
    request.resume()
    response.setHeader('content-type', 'application/json').end(answer())
  }).listen(0, '127.0.0.1')
  await once(easyParcel, 'listening')
  world = await createApiWorld({
    EASYPARCEL_BASE_URL: `http://127.0.0.1:${(easyParcel.address() as AddressInfo).port}`,
    EASYPARCEL_CLIENT_ID: 'shop',
    EASYPARCEL_CLIENT_SECRET: 'shop-secret',
    EASYPARCEL_ACCESS_TOKEN: 'shop-access-token',
    EASYPARCEL_REFRESH_TOKEN: 'shop-refresh-token',
  })
})
afterAll(async () => {
  await world.close()
  easyParcel.close()
})

/** The rows of every table, the queue's included, that say something. */
const rowsThatSay = async (isSaid: (row: string) => boolean): Promise<string[]> => {
  const tables = await world.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const rows = await world.query<{ row: string }>(`select t::text as row from ${name} t`)
    found.push(...rows.filter(({ row }) => isSaid(row)).map(({ row }) => `${name}: ${row}`))
  }
  return found
}
const send = (method: 'POST' | 'DELETE', url: string, payload?: object) =>
  world.app.inject({ method, url, headers: withKey(world.shop.key), ...(payload && { payload }) })

test('a parcel that its shop removes leaves nothing of the buyer behind, not even what the courier wrote', async () => {
  const registered = await send('POST', '/v1/trackings', parcel)
  const { id } = registered.json<{ id: string }>()
  world.clock.advance(60_000)
  const { config, db, deps } = world
  const installation = { isDemo: false, secretKeys: [config.keys.secretKey?.reveal() ?? ''] as const }
  const checks = createCheckDeps({ ...deps, config, db, installation })
  const run = await checkDue(checks, { connectionId: world.shop.connectionId, signal: new AbortController().signal })
  expect(run).toMatchObject({ calls: 1, found: 1 })
  const hashes = await world.query<{ email: string; phone: string }>(
    'select contact_email_hmac as email, contact_phone_hmac as phone from tracking_orders',
  )
  expect(hashes).toEqual([{ email: expect.stringMatching(/^\w{20,}/), phone: expect.stringMatching(/^\w{20,}/) }])
  expect((await rowsThatSay(isPersonal)).join('\n')).toMatch(/rokiahdewi/i)

  expect((await send('DELETE', `/v1/trackings/${id}`)).statusCode).toBe(204)
  expect(await rowsThatSay(isPersonal)).toEqual([])
  expect(
    await rowsThatSay((row) => hashes.some(({ email, phone }) => row.includes(email) || row.includes(phone))),
  ).toEqual([])
  expect(await world.query(`select value from unread_values where kind = 'text'`)).toHaveLength(1)
})

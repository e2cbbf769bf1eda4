import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { numbersOf } from './parcels.ts'
import { bookedAt, hourMs, type Stage, startStage } from './testing/start.ts'

const awb = '238725129086'
const order = numbersOf({ awb, account: 'demo', scenario: 'misspelt', bookedAt: Date.parse(bookedAt) }).order

let stage: Stage
beforeEach(async () => {
  stage = await startStage({ bookings: [{ awb, scenario: 'misspelt' }] })
})
afterEach(() => stage.simulator.close())

const form = (action: string, fields: Record<string, string>) =>
  stage.http.post(`/?ac=${action}`, new URLSearchParams(fields))
const track = (number = awb, key = 'demo-key') => form('EPTrackingBulk', { api: key, 'bulk[0][awb_no]': number })

describe('classic API', () => {
  test('a form asks for numbers and gets them back in its order, newest event first', async () => {
    stage.pass(60 * hourMs)
    const { data } = await form('EPTrackingBulk', {
      api: 'demo-key',
      'bulk[1][awb_no]': awb,
      'bulk[0][awb_no]': 'EPTEST-DELIVERED1',
    })
    expect(data).toMatchObject({ api_status: 'Success', error_code: '0', error_remark: '' })
    expect(data.result.map((item: { awb: string }) => item.awb)).toEqual(['EPTEST-DELIVERED1', awb])
    const { latest_status, latest_update, status_list } = data.result[1]
    expect(latest_status).toBe('Deliverd To Suntech')
    expect(`${status_list[0].event_date} ${status_list[0].event_time}`).toBe(latest_update)
    expect(status_list.at(-1).status).toBe('Schedule In Arrangement')
  })

  test('JSON is read like the form, unless the switch says otherwise', async () => {
    const body = { api: 'demo-key', bulk: [{ awb_no: awb }] }
    expect((await stage.http.post('/?ac=EPTrackingBulk', body)).data.result).toHaveLength(1)
    const deaf = await startStage({ assumptions: { classicReadsJson: false } })
    expect((await deaf.http.post('/?ac=EPTrackingBulk', body)).data.error_remark).toBe('Required api key')
    await deaf.simulator.close()
  })

  test('a missing key, or a marketplace call without authentication, is an error in an HTTP 200', async () => {
    const missing = await form('EPTrackingBulk', {})
    expect([missing.status, missing.data]).toEqual([
      200,
      { api_status: 'Error', error_code: '3', error_remark: 'Required api key' },
    ])
    expect((await form('MPTrackingBulk', { api: 'demo-key' })).data.error_code).toBe('1')
    const marketplace = await form('MPTrackingBulk', {
      api: 'demo-key',
      authentication: 'demo-authentication',
      'bulk[0][awb_no]': awb,
    })
    expect(marketplace.data.result).toHaveLength(1)
  })

  test('an unknown number is left out; the demo host echoes it', async () => {
    expect((await track('238725129099')).data).toMatchObject({ api_status: 'Success', result: [] })
    const demoHost = await startStage({ assumptions: { classicEchoesAny: true } })
    const echo = await demoHost.http.post(
      '/?ac=EPTrackingBulk',
      new URLSearchParams({ api: 'demo-key', 'bulk[0][awb_no]': '238725129099' }),
    )
    expect(echo.data.result[0].awb).toBe('238725129099')
    await demoHost.simulator.close()
  })

  test('lists come as objects with numeric keys and error_code as a number', async () => {
    stage.simulator.forceFault({ name: 'numeric_keys' })
    stage.simulator.forceFault({ name: 'code_type' })
    const { data } = await track()
    expect(data.error_code).toBe(0)
    expect(data.result[0].status_list[0].status).toBe('Schedule In Arrangement')
    expect([Array.isArray(data.result), Array.isArray(data.result[0].status_list)]).toEqual([false, false])
  })

  test('faults reach classic tracking in its own words, and its calls are counted', async () => {
    stage.simulator.forceFault({ name: 'body_500' })
    stage.simulator.forceFault({ name: 'html_502' })
    expect((await track()).data).toMatchObject({ api_status: 'Error' })
    expect((await track()).status).toBe(502)
    await form('EPCheckCreditBalance', { api: 'demo-key' })
    expect(stage.simulator.stats().calls.started).toBe(2)
  })

  test('a fresh order does not exist for five minutes and has no AWB for an hour', async () => {
    const ask = async (action: string) =>
      (await form(action, { api: 'demo-key', 'bulk[0][order_no]': order })).data.result[0]
    expect((await ask('EPOrderStatusBulk')).remarks).toBe('Order does not exist')
    expect((await ask('EPParcelStatusBulk')).parcel[0]).toMatchObject({ awb: 'Awb not available', awb_id_link: '' })
    stage.pass(2 * hourMs)
    expect(await ask('EPOrderStatusBulk')).toMatchObject({ status: 'Success', order_status: 'Fully Paid' })
    expect((await ask('EPParcelStatusBulk')).parcel[0]).toMatchObject({ awb, ship_status: 'Schedule In Arrangement' })
  })

  test('the balance proves a key', async () => {
    expect((await form('EPCheckCreditBalance', { api: 'demo-key' })).data).toMatchObject({
      api_status: 'Success',
      result: '1000.00',
    })
    expect((await form('EPCheckCreditBalance', { api: 'wrong' })).data.api_status).toBe('Error')
  })
})

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type WebhookTopic, webhookTopics } from '../options.ts'
import { hourMs, type Stage, startStage } from '../testing/start.ts'

const awb = '238725129086'
let stage: Stage
let receiver: Server
let url: string
let received: string[]
let answers: number[]

beforeEach(async () => {
  received = []
  answers = []
  receiver = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    received.push(body)
    response.writeHead(answers.shift() ?? 200).end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  stage = await startStage({ bookings: [{ awb, scenario: 'cancelled' }], assumptions: { webhookRetryDelayMs: 0 } })
})
afterEach(async () => {
  await stage.simulator.close()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})

const control = (path: string, body: object = {}) => stage.http.post(`/_control/webhooks${path}`, body)
const sendOne = (topic: WebhookTopic, oddities: string[] = []) => control('/send', { awb, topic, url, oddities })
const parsed = () => received.map((body) => JSON.parse(body))

describe('webhooks', () => {
  test('each new event is told once to whoever subscribed', async () => {
    await control('', { url, topics: ['shipment.tracking.update'] })
    await control('/deliver')
    await control('/deliver')
    stage.pass(30 * hourMs)
    await control('/deliver')
    expect(parsed().map((one) => one.latest_shipment_status_code)).toEqual([7, 7, 0])
    expect(new Set(parsed().map((one) => one.uuid)).size).toBe(3)
  })

  test('every topic has the documented fields', async () => {
    for (const topic of webhookTopics) await sendOne(topic)
    const [status, awbUpdate, tracking, created, onDemand, classicTracking, classicShipment] = parsed()
    expect(Object.keys(status)).toEqual([
      'topic',
      'awb_number',
      'event_date',
      'shipment_number',
      'shipment_status',
      'shipment_status_code',
    ])
    expect(Object.keys(awbUpdate)).toEqual([
      'topic',
      'shipment_number',
      'uuid',
      'timestamp',
      'awb_number',
      'awb_url',
      'tracking_url',
    ])
    expect(Object.keys(tracking.status_log[0])).toEqual(['timestamp', 'shipment_status_code', 'tracking_status'])
    expect(created).not.toHaveProperty('topic')
    expect(created).toHaveProperty('receiver_phone_number')
    expect(onDemand).toMatchObject({ topic: 'ondemand.status.update', status: 3 })
    expect(classicTracking.event_id).toMatch(/^[0-9a-f]{32}$/)
    expect(classicShipment.payload.parcel_number).toMatch(/^EP-/)
  })

  test('a receiver that does not say 200 is asked again, three times at most', async () => {
    answers = [500, 503]
    expect((await sendOne('tracking/create')).data).toEqual({ acknowledged: true })
    answers = [500, 500, 500, 500]
    expect((await sendOne('tracking/create')).data).toEqual({ acknowledged: false })
    expect((await stage.http.get('/_control/webhooks')).data).toEqual({
      sent: 7,
      acknowledged: 1,
      retried: 5,
      failed: 1,
    })
  })

  test('the oddities of the docs: no topic, constant uuid, array log, JSON that is none', async () => {
    await sendOne('shipment.tracking.update', ['missingTopic', 'constantUuid', 'arrayLog'])
    expect(parsed()[0]).toMatchObject({ uuid: 'webhook-test-uuid-123', status_log: [{ shipment_status_code: 7 }] })
    expect(parsed()[0]).not.toHaveProperty('topic')
    await sendOne('shipment.tracking.update', ['malformed'])
    expect(received[1]).toContain('"status_log":["0":{')
    await sendOne('ondemand.status.update', ['malformed'])
    await sendOne('shipment.status.update', ['malformed'])
    for (const body of received.slice(1)) expect(() => JSON.parse(body)).toThrow()
  })

  test('webhooks can come twice and out of order', async () => {
    stage.simulator.book([{ awb: '632143239945', scenario: 'unknown_codes' }])
    stage.pass(70 * hourMs)
    await control('', { url, topics: ['shipment.status.update'], oddities: { duplicate: 1, late: 0.5 } })
    await control('/deliver')
    const bodies = new Set(received)
    expect(received).toHaveLength(2 * bodies.size)
    const codes = [...bodies].map((body) => JSON.parse(body)).filter((one) => one.awb_number === '632143239945')
    const inOrder = stage.simulator.truth({ awb: '632143239945' })[0]!.events.map((event) => event.code)
    const asReceived = codes.map((one) => one.shipment_status_code)
    expect(asReceived).not.toEqual(inOrder)
    expect(asReceived.toSorted()).toEqual(inOrder.toSorted())
  })
})

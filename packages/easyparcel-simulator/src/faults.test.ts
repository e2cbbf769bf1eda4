import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ForcedFault } from './index.ts'
import { hourMs, type Stage, startStage } from './testing/start.ts'

const awb = '7028021894371796'
const other = '632143239945'

let stage: Stage
beforeAll(async () => {
  stage = await startStage({
    bookings: [
      { awb, scenario: 'normal' },
      { awb: other, scenario: 'normal' },
    ],
    slowMs: [30, 60],
  })
  stage.pass(60 * hourMs)
})
afterAll(() => stage.simulator.close())
beforeEach(() => stage.simulator.resetStats())

const forced = async (fault: ForcedFault, numbers = [awb]) => {
  stage.simulator.forceFault(fault)
  return stage.track(numbers)
}

describe('failing answers', () => {
  test.each([
    ['429_json', 429],
    ['429_retry_after', 429],
    ['server_500', 500],
    ['not_found_all', 404],
  ] as const)('%s is a JSON answer with its status', async (name, status) => {
    const response = await forced({ name })
    expect(response.status).toBe(status)
    expect(response.data.status_code).toBe(status)
    expect(response.headers['retry-after']).toBe(name === '429_retry_after' ? '2' : undefined)
  })

  test.each([
    ['html_403', 403],
    ['html_429', 429],
    ['html_502', 502],
    ['html_520', 520],
  ] as const)('%s is a page, not JSON', async (name, status) => {
    const response = await forced({ name })
    expect(response.status).toBe(status)
    expect(response.headers['content-type']).toContain('text/html')
    expect(response.data).toContain('<!DOCTYPE html>')
  })

  test.each([
    ['body_401', 401],
    ['body_404', 404],
    ['body_500', 500],
  ] as const)('%s hides its error in an HTTP 200', async (name, code) => {
    const response = await forced({ name })
    expect([response.status, response.data.status_code]).toEqual([200, code])
  })

  test('401 comes in its four documented shapes', async () => {
    const bodies = []
    for (const variant of ['a', 'b', 'c', 'd'] as const) {
      const response = await forced({ name: 'unauthorised', variant })
      expect(response.status).toBe(401)
      bodies.push(response.data)
    }
    expect(bodies[0].error.name).toBe('invalid_token')
    expect(bodies[1]).toEqual({ status_code: 401, message: 'Invalid Oauth 2.0 access token', data: null })
    expect(bodies[2]).toMatchObject({ message: 'Unauthorized Access', data: 'Invalid Access Token' })
    expect(bodies[3]).toEqual({ status_code: 401, message: 'Unauthorized access', data: null })
  })

  test('a connection is reset after half of the body', async () => {
    stage.simulator.forceFault({ name: 'reset_mid_body' })
    await expect(stage.track([awb])).rejects.toThrow(/aborted|ECONNRESET|socket hang up/)
    expect(stage.simulator.stats().calls).toMatchObject({ started: 1, cut: 1, open: 0 })
  })

  test('truncated JSON arrives as a complete answer that cannot be parsed', async () => {
    const response = await forced({ name: 'truncated_json' })
    expect(response.status).toBe(200)
    expect(() => JSON.parse(response.data)).toThrow()
  })

  test('the wrong content type labels good JSON as a page', async () => {
    const response = await forced({ name: 'wrong_content_type' })
    expect(response.headers['content-type']).toContain('text/html')
    expect(response.data.status_code).toBe(200)
  })

  test('a slow answer is whole, only late; a client that hangs up is counted as cut', async () => {
    expect((await forced({ name: 'slow' })).data.status_code).toBe(200)
    await stage.http.post('/_control/faults', { slowMs: [5_000, 5_000], force: [{ name: 'slow' }] })
    const gone = new AbortController()
    const call = fetch(`${stage.simulator.url}/open_api/2026-06/shipment/tracking_status`, {
      method: 'POST',
      signal: gone.signal,
    })
    await expect.poll(() => stage.simulator.stats().calls.open).toBe(1)
    gone.abort()
    await expect(call).rejects.toThrow()
    await expect.poll(() => stage.simulator.stats().calls).toMatchObject({ started: 2, finished: 1, cut: 1, open: 0 })
  })
})

describe('odd answers', () => {
  const item = async (fault: ForcedFault) => (await forced(fault)).data.data.results[0]
  const plainLog = async () => (await stage.track([awb])).data.data.results[0].status_log as object[]

  test('unknown numbers are left out', async () => {
    const response = await forced({ name: 'omit_not_found' }, [awb, 'NOBODY123'])
    expect(response.data.data.results).toHaveLength(1)
  })

  test('results come in another order', async () => {
    const many = ['EPTEST-PENDING1', 'EPTEST-DELIVERED1', 'EPTEST-RETURNED1', 'EPTEST-ON-HOLD1', awb, other]
    const response = await forced({ name: 'shuffled_results' }, many)
    const order = response.data.data.results.map((one: { awb_number: string }) => one.awb_number)
    expect(order).not.toEqual(many)
    expect(order.toSorted()).toEqual(many.toSorted())
  })

  test('request_id is missing, the message is worded another way', async () => {
    expect((await forced({ name: 'no_request_id' })).data).not.toHaveProperty('request_id')
    expect((await forced({ name: 'message_variant' })).data.message).toBe('1 request processed, 0 error.')
  })

  test('codes are strings', async () => {
    expect((await item({ name: 'code_type' })).latest_shipment_status_code).toBe('7')
  })

  test('the log is an object with numeric keys', async () => {
    const log = (await item({ name: 'numeric_keys' })).status_log
    expect(Array.isArray(log)).toBe(false)
    expect(Object.values(log)).toEqual(await plainLog())
  })

  test('the log is shuffled but whole', async () => {
    const plain = await plainLog()
    const odd = (await item({ name: 'unsorted_log' })).status_log as object[]
    expect(odd).not.toEqual(plain)
    expect(odd).toHaveLength(plain.length)
    expect(odd).toEqual(expect.arrayContaining(plain))
  })

  test('an event stands in the log twice', async () => {
    const plain = await plainLog()
    expect((await item({ name: 'duplicate_events' })).status_log).toEqual([...plain, plain[0]])
  })

  test('latest_* step back while the log is unchanged', async () => {
    stage.simulator.forceFault({ name: 'latest_steps_back' })
    const response = await stage.track([other])
    expect(response.data.data.results[0]).toMatchObject({ latest_tracking_status: 'Schedule In Arrangement' })
    expect(response.data.data.results[0].status_log.at(-1).shipment_status_code).toBe(5)
  })

  test('dates of one log mix zones, yet read by the fact sheet’s rule they are the truth', async () => {
    const { events } = stage.simulator.truth({ awb })[0]!
    const read = (entry: { event_date: string; location: string | null }) =>
      Date.parse(
        entry.event_date.endsWith('Z')
          ? entry.event_date
          : `${entry.event_date.replace(' ', 'T')}${entry.location === null ? 'Z' : '+08:00'}`,
      )
    const seconds = (instants: number[]) => instants.map((instant) => Math.floor(instant / 1000)).toSorted()
    const log = (await item({ name: 'mixed_zones' })).status_log as { event_date: string; location: string | null }[]
    expect(seconds(log.map(read))).toEqual(seconds(events.map((event) => Date.parse(event.at))))
    expect(new Set(log.map((entry) => entry.event_date.endsWith('Z'))).size).toBe(2)
  })

  test('what was applied is counted by name', async () => {
    await forced({ name: 'omit_not_found' })
    await forced({ name: 'omit_not_found' }, ['NOBODY123'])
    await forced({ name: 'html_520' })
    expect(stage.simulator.stats()).toMatchObject({ faults: { omit_not_found: 1, html_520: 1 }, calls: { started: 3 } })
  })
})

describe('poison', () => {
  test.each([
    ['server_500', 500],
    ['rejected_400', 400],
    ['html_502', 502],
  ] as const)('a number that fails as %s spoils every call it is asked in, and no other call', async (as, status) => {
    stage.simulator.setPoison({ numbers: [other], as })
    expect((await stage.track([awb, other])).status).toBe(status)
    expect((await stage.track([other])).status).toBe(status)
    expect((await stage.track([awb])).status).toBe(200)
    stage.simulator.setPoison({ numbers: [] })
    expect((await stage.track([awb, other])).status).toBe(200)
  })

  test('an answer may be successful and empty', async () => {
    const { status, data } = await forced({ name: 'empty_results' }, [awb, other])
    expect(status).toBe(200)
    expect(data.data.results).toEqual([])
  })
})

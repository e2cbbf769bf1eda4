import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readBookings } from './bookings-file.ts'
import { scenarioNames } from './data/scenarios.ts'
import { readEnvironment } from './environment.ts'
import { startSimulator } from './index.ts'
import { hourMs, type Stage, startStage } from './testing/start.ts'

const awb = '632143239945'
let folder: string
let stage: Stage
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'))
  stage = await startStage({ stateFile: join(folder, 'state', 'simulator.json') })
})
afterEach(async () => {
  await stage.simulator.close()
  rmSync(folder, { recursive: true })
})

const control = (path: string, body: unknown) => stage.http.post(`/_control/${path}`, body)

describe('control endpoints', () => {
  test('a booking starts a life, and booking it again keeps that life', async () => {
    expect((await control('bookings', [{ awb, scenario: 'normal' }, { awb: 'ER665997516MY' }])).data).toEqual({
      booked: 2,
      known: 0,
    })
    stage.pass(3 * hourMs)
    expect((await control('bookings', [{ awb, scenario: 'lost' }])).data).toEqual({ booked: 0, known: 1 })
    const truth = (await stage.http.get('/_control/truth', { params: { awb } })).data
    expect(truth).toMatchObject([{ awb, status: 'info_received', ended: false, eventCount: 2 }])
  })

  test('the truth leaves the fixed test numbers out unless asked', async () => {
    expect((await stage.http.get('/_control/truth')).data).toEqual([])
    const all = (await stage.http.get('/_control/truth?testNumbers=true')).data
    expect(all).toContainEqual(expect.objectContaining({ awb: 'EPTEST-DELIVERED1', status: 'delivered', ended: true }))
  })

  test('moving the clock makes events happen just now', async () => {
    await control('bookings', [{ awb, scenario: 'normal' }])
    stage.pass(60_000)
    const { data } = await control('clock', { advanceMs: 70 * hourMs })
    expect(Date.parse(data.scriptNow) - Date.parse(data.now)).toBe(70 * hourMs)
    expect(stage.simulator.truth({ awb })).toMatchObject([{ status: 'delivered', ended: true }])
  })

  test('faults can be set by probability and forced for the next calls', async () => {
    await control('faults', {
      probabilities: { server_500: 1 },
      force: [{ name: 'html_403', times: 1 }],
      retryAfterSeconds: 1,
    })
    expect((await stage.track([awb])).status).toBe(403)
    expect((await stage.track([awb])).status).toBe(500)
    await control('faults', { probabilities: {} })
    expect((await stage.track([awb])).status).toBe(200)
  })

  test('a new account can be added and books for itself', async () => {
    expect((await control('bookings', [{ awb, account: 'second' }])).data.error).toContain('no account "second"')
    await control('accounts', { id: 'second', clientId: 'c', clientSecret: 's', accessToken: 'second-token' })
    await control('bookings', [{ awb, account: 'second' }])
    expect((await stage.track([awb], 'second-token')).data.data.results[0].status).toBe('success')
    expect((await stage.track([awb])).data.data.results[0].status).toBe('not_found')
  })

  test('stats count calls when they arrive, numbers, and how many were open at once', async () => {
    await control('faults', { slowMs: [50, 50], force: [{ name: 'slow', times: 3 }] })
    await Promise.all([stage.track([awb, 'X12345']), stage.track([awb]), stage.track([awb]), stage.track([awb], 'bad')])
    const { data } = await stage.http.get('/_control/stats')
    expect(data).toMatchObject({
      calls: { started: 4, finished: 4, cut: 0, open: 0 },
      numbersAsked: 4,
      faults: { slow: 3 },
    })
    expect(data.calls.openMax).toBeGreaterThanOrEqual(3)
    expect((await control('reset-stats', {})).data.calls).toEqual({
      started: 0,
      finished: 0,
      cut: 0,
      open: 0,
      openMax: 0,
    })
  })

  test('a wrong body is refused with a sentence that names the field', async () => {
    const { status, data } = await control('bookings', [{ awb, scenario: 'teleported' }])
    expect(status).toBe(400)
    expect(data.error).toContain('scenario')
  })
})

describe('restarting', () => {
  test('with a state file a second start answers the same events to the same tokens', async () => {
    await control('bookings', [{ awb, scenario: 'two_attempts' }])
    const { data: issued } = await stage.http.post(
      '/oauth/token',
      new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'demo-refresh-token' }),
      { auth: { username: 'demo', password: 'demo-secret' } },
    )
    stage.pass(20 * hourMs)
    const before = (await stage.track([awb], issued.access_token)).data.data
    await stage.simulator.close()
    expect(readdirSync(join(folder, 'state'))).toEqual(['simulator.json'])

    stage = await startStage({ stateFile: join(folder, 'state', 'simulator.json') })
    stage.pass(20 * hourMs)
    expect((await stage.track([awb], issued.access_token)).data.data).toEqual(before)
  })

  test('a state file that is not ours stops the start with one sentence', async () => {
    const stateFile = join(folder, 'other.json')
    writeFileSync(stateFile, '{"half":')
    await expect(startSimulator({ stateFile })).rejects.toThrow('delete it to start again')
  })

  test('a taken port stops the start', async () => {
    await expect(startSimulator({ port: stage.simulator.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('bookings file', () => {
  test('columns come in any order, others are ignored, empty cells mean unknown', () => {
    expect(
      readBookings(
        'order_number,scenario,tracking_number\r\n#1,lost,ER665997516MY\r\n#2,,632143239945\r\n\r\n',
        'demo',
      ),
    ).toEqual([
      { awb: 'ER665997516MY', account: 'demo', scenario: 'lost', courier: undefined },
      { awb: '632143239945', account: 'demo', scenario: undefined, courier: undefined },
    ])
  })

  test('a bad line is named', () => {
    expect(() => readBookings('tracking_number\n632143239945\nno!\n', 'demo')).toThrow('Line 3')
    expect(() => readBookings('awb\n1\n', 'demo')).toThrow('tracking_number')
  })

  test('the sample shipments hold every branch of life', () => {
    const csv = readFileSync(new URL('../../../examples/shipments.csv', import.meta.url), 'utf8')
    const bookings = readBookings(csv, 'demo')
    expect(bookings.length).toBeGreaterThanOrEqual(200)
    expect(new Set(bookings.map((one) => one.awb)).size).toBe(bookings.length)
    expect(scenarioNames.filter((name) => !bookings.some((one) => one.scenario === name))).toEqual([])
  })
})

describe('environment', () => {
  test('variables become options; empty ones count as absent', () => {
    expect(
      readEnvironment({
        SIMULATOR_SPEED: '864',
        SIMULATOR_FAULTS: 'all=0.05',
        SIMULATOR_SEED: '',
        SIMULATOR_SLOW_MS: '1-2',
      }),
    ).toEqual({
      host: '127.0.0.1',
      port: 3900,
      speed: 864,
      faults: { all: 0.05 },
      slowMs: [1, 2],
    })
  })

  test.each([
    ['SIMULATOR_PORT', 'http'],
    ['SIMULATOR_FAULTS', 'all=often'],
    ['SIMULATOR_FAULTS', 'typo=0.1'],
    ['SIMULATOR_ASSUMPTIONS', '{'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(name)
  })
})

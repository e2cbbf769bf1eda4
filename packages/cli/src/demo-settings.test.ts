import { configWarnings, loadConfig } from '@jejak/config'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { demoSettings } from './demo-settings.ts'

const demo = (speed: number) => ({ JEJAK_DEMO: 'true', SIMULATOR_SPEED: String(speed), ...demoSettings(speed) })
const real = loadConfig({ SECRET_KEY: 'x'.repeat(32) }).tracking

test('a demo checks each kind of parcel as often in its life as a real installation does', () => {
  const { tracking } = loadConfig(demo(864))
  for (const cadence of ['preShipmentMs', 'inTransitMs', 'outForDeliveryMs', 'exceptionMs', 'lapseMs'] as const) {
    expect(tracking[cadence] / (real[cadence] / 864)).toBeCloseTo(1, 2)
  }
  for (const [index, ms] of tracking.confirmationsMs.entries())
    expect(ms / (real.confirmationsMs[index]! / 864)).toBeCloseTo(1, 2)
})

test('a demo runs alike at any hour of any day', () => {
  const { tracking } = loadConfig(demo(864))
  expect(tracking).toMatchObject({
    weekendFactor: 1,
    nightFactor: 1,
    quietHours: null,
    holidayRegion: 'off',
    paceBurst: 1,
  })
})

test('the settings of a demo are accepted at any speed, and none is misspelt', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1_000_000, noNaN: true }), (speed) => {
      expect(loadConfig(demo(speed)).demo.enabled).toBe(true)
      expect(configWarnings(demo(speed))).toEqual([])
    }),
  )
})

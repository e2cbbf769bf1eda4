import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadConfig } from './config.ts'
import { mergeSettings, mergeStored, type ShopSetting, shopSettings, shownSetting } from './shop-settings.ts'

const config = loadConfig({ SECRET_KEY: 'x'.repeat(32) })
const classic = loadConfig({ SECRET_KEY: 'x'.repeat(32), EASYPARCEL_API: 'classic', EASYPARCEL_API_KEY: 'key' })
const given = (texts: Record<string, string>) => new Map(Object.entries(texts))
const merge = (texts: Record<string, string>, from = config) => mergeSettings(from, given(texts))
const problemsOf = (texts: Record<string, string>, from = config) =>
  merge(texts, from).problems.map(({ problem }) => problem)
const settingOf = (name: string): ShopSetting => shopSettings.find((setting) => setting.name === name)!

test('a shop’s own values are in force over those of the environment, in the same units', () => {
  const { tracking, problems } = merge({ in_transit_freq: '90', quiet_hours: 'off', rest_days: 'fri,sat' })
  expect(problems).toEqual([])
  expect(tracking).toEqual({ ...config.tracking, inTransitMs: 90 * 60_000, quietHours: null, restDays: [5, 6] })
})

test('a shop without values of its own has those of the environment, the very same', () => {
  expect(merge({}).tracking).toBe(config.tracking)
})

test.each<[Record<string, string>, string]>([
  [{ in_transit_freq: 'soon' }, 'in_transit_freq must be a number of minutes from 0.001 to 43200'],
  [{ in_transit_freq: '0' }, 'in_transit_freq must be a number of minutes from 0.001 to 43200'],
  [
    { rest_days: 'someday' },
    'rest_days must be a comma-separated list of at most six days of the week such as sat,sun, or off',
  ],
  ...['Asia/Atlantis', 'AET', 'BST', '+08:00', 'Etc/GMT+8', 'Singapore', 'asia/kuala_lumpur', '/'].map(
    (timezone): [Record<string, string>, string] => [
      { timezone },
      'timezone must be UTC or a time zone with its area such as Asia/Kuala_Lumpur',
    ],
  ),
  [{ api_timeout: '5' }, 'api_timeout is not a setting of a shop'],
  [{ constructor: '5' }, 'constructor is not a setting of a shop'],
  [{ min_freq: '2000' }, 'min_freq must not be above max_freq'],
])('%j is refused in plain words', (texts, problem) => {
  expect(problemsOf(texts)).toContain(problem)
})

test.each(['UTC', 'Asia/Kolkata', 'Asia/Ho_Chi_Minh', 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince'])(
  'the time zone %s is taken',
  (timezone) => {
    expect(merge({ timezone })).toMatchObject({ tracking: { timezone }, problems: [] })
  },
)

test('what is fine alone and wrong together is refused, with the names that shops use', () => {
  expect(problemsOf({ pre_shipment_freq: '1440' })[0]).toMatch(
    /^cache_ttl must be at least 48 hours, twice the longest/,
  )
  expect(problemsOf({ pre_shipment_freq: '1440', cache_ttl: '48' })).toEqual([])
})

test('with the classic API no shop takes more of the common account than the operator gives it', () => {
  expect(problemsOf({ daily_budget: '2000' })).toEqual([])
  expect(problemsOf({ daily_budget: '2000' }, classic)).toEqual([
    'daily_budget must not be above 1000: with the classic API all shops share one account',
  ])
  expect(problemsOf({ daily_budget: '500' }, classic)).toEqual([])
})

describe('what was stored before', () => {
  test('falls back to the default where it cannot be read any more, and the rest stays', () => {
    const stored = given({ in_transit_freq: 'x', gone_setting: '5', timezone: 'AET', exception_freq: '45' })
    const { tracking, problems } = mergeStored(config, stored)
    expect(tracking).toEqual({ ...config.tracking, exceptionMs: 45 * 60_000 })
    expect(problems.map(({ names }) => names)).toEqual([['in_transit_freq'], ['gone_setting'], ['timezone']])
  })

  test('falls back where it contradicts what the environment says since', () => {
    const stored = given({ max_freq: '600', daily_budget: '70' })
    const later = loadConfig({ SECRET_KEY: 'x'.repeat(32), TRACKING_MIN_FREQ: '700' })
    expect(mergeStored(later, stored).tracking).toEqual({ ...later.tracking, dailyBudget: 70 })
  })

  test('is never such that nothing is in force', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('0.001', '1', '30', '600', '43200', 'off', '22-7', 'sun'))
    const name = fc.constantFrom(...shopSettings.map((setting) => setting.name))
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text)), (pairs) => {
        const { tracking } = mergeStored(config, new Map(pairs))
        const texts = shopSettings.map((setting) => [setting.name, String(shownSetting(setting, tracking))] as const)
        expect(mergeSettings(config, new Map(texts)).problems).toEqual([])
      }),
    )
  })
})

test('what is shown of a setting can be given again and means the same', () => {
  for (const setting of shopSettings) {
    const shown = String(shownSetting(setting, config.tracking))
    expect(setting.kind.schema.parse(shown)).toEqual(config.tracking[setting.key])
  }
  expect(shownSetting(settingOf('unknown_ladder'), config.tracking)).toBe('30,120,360')
  expect(shownSetting(settingOf('cache_ttl'), config.tracking)).toBe(24)
  expect(shownSetting(settingOf('quiet_hours'), config.tracking)).toBe('22-7')
  expect(shownSetting(settingOf('rest_days'), config.tracking)).toBe('sat,sun')
})

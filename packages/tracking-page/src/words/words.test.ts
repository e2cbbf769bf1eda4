import { freshnessReasons, type Language, languages, substatusesOf, trackingStatuses } from '@jejak/contract'
import { describe, expect, test } from 'vitest'
import { packTable } from './pack-table.ts'
import { table } from './table.ts'
import { createTimes, zoneNameOf } from './times.ts'
import { createSay, pickLanguage } from './words.ts'

const words = Object.keys(table.en) as (keyof typeof table.en)[]
const gaps = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort()

describe('the words', () => {
  test.each(languages)('are said in %s, with the gaps of the English ones', (language) => {
    expect(Object.keys(table[language])).toEqual(words)
    for (const word of words) {
      expect(table[language][word].trim(), word).not.toBe('')
      expect(gaps(table[language][word]), word).toEqual(gaps(table.en[word]))
    }
  })

  test.each(languages)('that are the same in English are the same in %s', (language) => {
    const said = new Map(words.map((word) => [table.en[word] as string, table[language][word]]))
    for (const word of words) expect(table[language][word], word).toBe(said.get(table.en[word]))
  })

  test('of the widget are those of the table, without those of page and calendars', async () => {
    const { table: packed } = await import(`data:text/javascript,${encodeURIComponent(packTable())}`)
    for (const language of languages) {
      expect(table[language]).toMatchObject(packed[language])
      const left = words.filter((word) => !(word in packed[language]))
      expect(left.filter((word) => !/^(page|calendar)_/.test(word))).toEqual([])
      expect(left).toContain('page_title')
    }
  })

  test('has a line for every status and every substatus', () => {
    for (const status of trackingStatuses) expect(table.en).toHaveProperty(`status_${status}`)
    for (const substatus of Object.values(substatusesOf).flat())
      expect(table.en).toHaveProperty(`substatus_${substatus}`)
  })

  test('says in every language why a check is late, also when the fault is ours', () => {
    for (const reason of freshnessReasons.filter((reason) => reason !== 'number_unknown'))
      expect(table.en).toHaveProperty(`late_${reason}`)
    expect(createSay('en')('late_jobs_failing')).toContain('fault is ours')
    expect(createSay('ms')('late_jobs_failing')).toContain('di pihak kami')
    expect(createSay('zh')('late_jobs_failing')).toContain('我们这边')
  })

  test('gaps are filled, and a number may fill them', () => {
    expect(createSay('en')('earlier_events', { count: 31 })).toBe('Show all 31 entries')
  })
})

test.each([
  [['ms-MY', 'en'], 'ms'],
  [[null, 'zh-Hant-TW'], 'zh'],
  [['fr', 'id-ID'], 'ms'],
  [['zh;q=0.8'], 'zh'],
  [['EN'], 'en'],
  [[' zh_CN '], 'zh'],
  [['fr', undefined, '', '__proto__', 'constructor'], 'en'],
] as const)('of the wishes %j we speak %s', (wishes, language) => {
  expect(pickLanguage(wishes)).toBe(language)
})

describe('times', () => {
  const now = new Date('2026-03-02T02:40:00Z')
  const inMalaysia = createTimes({ language: 'en', timeZone: 'Asia/Kuala_Lumpur', now })

  test('are written as the clock of the place shows them, with the day when it is another one', () => {
    expect(inMalaysia.moment('2026-03-02T01:15:00Z')).toBe('09:15')
    expect(inMalaysia.moment('2026-03-01T10:00:00Z')).toBe('Sun 1 Mar, 18:00')
    expect(inMalaysia.day('2025-12-31T18:00:00Z')).toBe('Thursday 1 January')
    expect(inMalaysia.day('2025-12-31T12:00:00Z')).toBe('Wednesday, 31 December 2025')
  })

  test.each([
    [0, 'just now'],
    [59_000, 'just now'],
    [12 * 60_000, '12 minutes ago'],
    [3 * 3_600_000, '3 hours ago'],
    [36.5 * 3_600_000, '1 day ago'],
    [50 * 3_600_000, '2 days ago'],
  ])('%i ms ago is “%s”', (ms, words) => {
    expect(inMalaysia.ago(new Date(now.getTime() - ms).toISOString())).toBe(words)
  })

  test('a day is past when it is over in Malaysia', () => {
    expect(inMalaysia.isPastDay('2026-03-01')).toBe(true)
    expect(inMalaysia.isPastDay('2026-03-02')).toBe(false)
    expect(inMalaysia.calendarDay('2026-03-04')).toBe('Wednesday 4 March')
  })
})

test('days that have passed are counted, and never called yesterday', () => {
  const now = new Date('2026-03-04T03:30:00Z')
  const monday = '2026-03-02T15:00:00Z'
  const inLanguage = (language: Language) => createTimes({ language, timeZone: 'Asia/Kuala_Lumpur', now }).ago(monday)
  expect((['en', 'ms', 'zh'] as const).map(inLanguage)).toEqual(['1 day ago', '1 hari lalu', '1天前'])
})

test('a time zone is called by its name', () => {
  const names = (['en', 'ms', 'zh'] as const).map((language) => zoneNameOf(language, 'Asia/Kuala_Lumpur'))
  expect(names).toEqual(['Malaysia Time', 'Waktu Malaysia', '马来西亚时间'])
  expect(zoneNameOf('en', 'Asia/Jakarta')).toBe('Western Indonesia Time')
})

import { substatusesOf, trackingStatuses } from '@jejak/contract'
import { describe, expect, test } from 'vitest'
import { table } from './table.ts'
import { createTimes } from './times.ts'
import { createSay, languages, pickLanguage } from './words.ts'

const tags = Object.keys(languages) as (keyof typeof languages)[]
const rows = Object.entries(table)
const gaps = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).sort()

describe('the table of words', () => {
  test('says every line in every language, with the same gaps', () => {
    for (const [word, row] of rows) {
      expect(Object.keys(row), word).toEqual(tags)
      for (const tag of tags) {
        expect(row[tag].trim(), `${word} in ${tag}`).not.toBe('')
        expect(gaps(row[tag]), `${word} in ${tag}`).toEqual(gaps(row.en))
      }
    }
  })

  test('has a line for every status and every substatus', () => {
    for (const status of trackingStatuses) expect(table).toHaveProperty(`status_${status}`)
    for (const substatus of Object.values(substatusesOf).flat()) expect(table).toHaveProperty(`substatus_${substatus}`)
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
    [0, 'this minute'],
    [59_000, 'this minute'],
    [12 * 60_000, '12 minutes ago'],
    [3 * 3_600_000, '3 hours ago'],
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

import { expect, test } from 'vitest'
import { newUnread } from './new-unread.ts'

const scan = (text: string) => ({ rawAt: '2026-11-17 10:00:00', code: 4, text })
const stored = (...texts: string[]) => JSON.stringify(texts.map(scan))
const unread = [
  { kind: 'text', value: 'Dihubungi Siti Aminah 012-345 6789' },
  { kind: 'text', value: 'Zorbing parcel' },
] as const

test('a text that no one can read counts with its scan, not with each answer that repeats it', async () => {
  const before = stored('Zorbing parcel')
  const after = stored('Zorbing parcel', 'Dihubungi Siti Aminah 012-345 6789')
  expect(await newUnread(unread, [{ trackingId: '7', before, after }])).toEqual([
    { kind: 'text', value: '… 999 999 9999', trackingId: '7' },
  ])
  expect(await newUnread(unread, [{ trackingId: '7', before: after, after }])).toEqual([])
  expect(await newUnread(unread, [])).toEqual([])
})

test('codes and dates that cannot be read have no scan of their own and go on to be counted', async () => {
  expect(await newUnread([{ kind: 'code', value: '77' }], [])).toEqual([{ kind: 'code', value: '77' }])
})

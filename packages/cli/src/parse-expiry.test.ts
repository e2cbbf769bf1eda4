import { expect, test } from 'vitest'
import { parseExpiry } from './parse-expiry.ts'

const at = { now: new Date('2026-11-21T20:00:00Z'), timezone: 'Asia/Kuala_Lumpur' }

test('days count from now, a day ends at midnight where the shop is, an instant is itself', () => {
  expect(parseExpiry('90d', at)).toEqual(new Date('2027-02-19T20:00:00Z'))
  expect(parseExpiry('2026-11-22', at)).toEqual(new Date('2026-11-22T16:00:00Z'))
  expect(parseExpiry('2026-12-01T00:00:00Z', at)).toEqual(new Date('2026-12-01T00:00:00Z'))
})

test('the past, a day that does not exist and anything else are wrong use', () => {
  for (const wrong of ['0d', '2026-11-21', '2026-02-30', 'tomorrow', '1.5d', '90', '2026-12-01T00:00:00'])
    expect(() => parseExpiry(wrong, at)).toThrow(expect.objectContaining({ exitCode: 2 }))
})

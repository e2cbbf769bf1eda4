import { expect, test } from 'vitest'
import { compareWithTruth } from './compare-with-truth.ts'

const delivered = { awb: 'A', status: 'delivered', ended: true, eventCount: 6 }
const moving = { awb: 'B', status: 'in_transit', ended: false, eventCount: 3 }
const seen = new Map([
  ['A', { status: 'delivered', events: 6 }],
  ['B', { status: 'collected', events: 2 }],
])

test('a parcel on its way may be a little behind, an ended one may not', () => {
  expect(compareWithTruth([delivered, moving], seen)).toEqual({ parcels: 2, atTheirEnd: 1, wrong: [], missing: [] })
})

test('a wrong status, a missing event or one too many is told for each ended parcel', () => {
  for (const wrong of [{ status: 'returned' }, { eventCount: 7 }, { eventCount: 5 }]) {
    const comparison = compareWithTruth([{ ...delivered, ...wrong }], seen)
    expect(comparison).toMatchObject({ atTheirEnd: 0, wrong: [expect.stringContaining('A: ')] })
  }
})

test('a parcel that no one can find is missing, ended or not', () => {
  const found = compareWithTruth([delivered, moving], new Map())
  expect(found).toMatchObject({ atTheirEnd: 0, missing: ['A', 'B'] })
  expect(found.wrong).toEqual(['A: delivered with 6 events in truth, nothing for a reader'])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, testSettings } from '../testing/settings.ts'
import { backoff, retryCadence } from './backoff.ts'
import { claimPasses } from './claim-order.ts'
import { priorities } from './priority.ts'

const minute = 60_000
const noon = at('2026-03-02 12:00')

test('failed parcels are tried again after 1, 5 and 15 minutes, then twice as long each time, up to their own cadence', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map(
    (failures) => backoff(failures, { capMs: 120 * minute, backoffMs: testSettings.backoffMs }) / minute,
  )
  expect(waits).toEqual([1, 5, 15, 30, 60, 120, 120])
})

test('a retry never comes sooner than the one before it and never later than the cap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 1440 }), (failures, capMinutes) => {
      const wait = backoff(failures, { capMs: capMinutes * minute, backoffMs: testSettings.backoffMs })
      expect(wait).toBeLessThanOrEqual(
        backoff(failures + 1, { capMs: capMinutes * minute, backoffMs: testSettings.backoffMs }),
      )
      expect(wait).toBeLessThanOrEqual(capMinutes * minute)
    }),
  )
})

test.each([
  ['in_transit', priorities.scheduled, priorities.retry],
  ['in_transit', priorities.manual, priorities.retry],
  ['out_for_delivery', priorities.manual, priorities.urgent],
  ['out_for_delivery', priorities.urgent, priorities.urgent],
  ['pending', priorities.urgent, priorities.urgent],
  ['delivered', priorities.confirmation, priorities.confirmation],
] as const)(
  'after a failure a parcel that is %s and was claimed in class %i is in class %i',
  (status, priority, expected) => {
    expect(retryCadence({ status, priority }, { failures: 1, now: noon, settings: testSettings })).toMatchObject({
      priority: expected,
      explanation: 'retry 1 after failure 1',
    })
  },
)

test('an out-for-delivery parcel is never put off longer than half an hour', () => {
  const { nextDueAt } = retryCadence(
    { status: 'out_for_delivery', priority: priorities.urgent },
    { failures: 20, now: noon, settings: testSettings },
  )
  expect(nextDueAt).toEqual(at('2026-03-02 12:30'))
})

test('every class keeps a tenth of the batch that more urgent ones cannot take, and the batch is full in the end', () => {
  const passes = claimPasses({ batchSize: 50, classes: [50, 70, 75, 100, 110] })
  expect(passes.filter(({ kind }) => kind === 'due').map(({ priority, seats }) => `${priority} ${seats}`)).toEqual([
    '50 50',
    '70 35',
    '75 40',
    '100 45',
    '110 50',
    '70 50',
    '75 50',
    '100 50',
  ])
  expect(passes.filter(({ kind }) => kind === 'fill').map(({ priority }) => priority)).toEqual([100, 75, 70])
  const alone = claimPasses({ batchSize: 50, classes: [100] }).filter(({ kind }) => kind === 'due')
  expect(alone).toEqual([{ kind: 'due', priority: 100, seats: 50 }])
})

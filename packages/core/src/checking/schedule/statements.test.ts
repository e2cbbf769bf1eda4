import type { TrackingStatus } from '@jejak/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StatementKind } from '../../easyparcel/reading/statements.ts'
import { statement } from '../../parcels/index.ts'
import { at } from '../testing/settings.ts'
import { aTracking, context, found, scan } from '../testing/tracking.ts'
import type { TrackingState } from './check.ts'
import { type CheckPlan, planCheck } from './plan-check.ts'

const stateAfter = (state: TrackingState, plan: CheckPlan): TrackingState => ({
  ...state,
  ...plan,
  ...plan.schedule,
  documentVersion: plan.document?.version ?? state.documentVersion,
})
const statedAt = at('2026-03-06 12:00')
const checked = (state: TrackingState, scans: Parameters<typeof found>, now: Date) =>
  planCheck(state, { answer: found(...scans), context: context(now) })
const stated = (kind: StatementKind, scans: Parameters<typeof found>) => {
  const before = stateAfter(aTracking(), checked(aTracking(), scans, at('2026-03-06 10:00')))
  const state = {
    ...before,
    attentionSeenAt: at('2026-03-06 10:00'),
    scans: [statement(kind, statedAt), ...before.scans],
  }
  const plan = planCheck(state, {
    answer: { kind: 'read_again', isArchived: false },
    context: context(statedAt, { schedule: 'where_it_turns' }),
  })
  return { plan, state: stateAfter(state, plan) }
}
const underWay = [scan('collected', '2026-03-03 10:00'), scan('in_transit', '2026-03-04 10:00')]

test('a parcel that staff say is lost is shown as lost, said by the shop, and checked no more', () => {
  const { plan } = stated('lost', underWay)
  expect(plan).toMatchObject({ status: 'exception', substatus: 'lost', endedAt: statedAt, attentionReason: null })
  expect(plan.schedule).toMatchObject({ nextDueAt: null, explanation: 'exception, as the shop says: never' })
  const { events } = JSON.parse(`${plan.document!.document}}`)
  expect(events[0]).toMatchObject({ status: 'exception', substatus: 'lost', source: 'staff' })
  expect(events[1]).not.toHaveProperty('source')
})

test.each<[TrackingStatus]>([['delivered'], ['cancelled'], ['lapsed'], ['returned']])(
  'whatever the courier said before, staff may say that a parcel is lost or returned, even when it was %s',
  (status) => {
    const scans = status === 'lapsed' ? underWay : [...underWay, scan(status, '2026-03-05 10:00')]
    expect(stated('lost', scans).plan).toMatchObject({ status: 'exception', substatus: 'lost' })
    expect(stated('returned', scans).plan).toMatchObject({ status: 'returned', endedAt: statedAt })
  },
)

test('the same old answers of the courier change nothing; news of a later day brings the parcel back', () => {
  const { state } = stated('lost', underWay)
  const same = checked(state, underWay, at('2026-03-07 09:00'))
  expect(same).toMatchObject({ status: 'exception', substatus: 'lost', endedAt: statedAt, attentionReason: null })
  expect(same.schedule?.nextDueAt).toBeNull()
  const found = checked(state, [...underWay, scan('out_for_delivery', '2026-03-08 09:00')], at('2026-03-08 10:00'))
  expect(found).toMatchObject({ status: 'out_for_delivery', endedAt: null })
  expect(found.schedule?.nextDueAt).not.toBeNull()
})

test('when the courier tells later what happened before, the statement stands and a person is asked', () => {
  const { state } = stated('lost', underWay)
  const late = checked(state, [...underWay, scan('delivered', '2026-03-06 11:00')], at('2026-03-07 09:00'))
  expect(late).toMatchObject({ status: 'exception', substatus: 'lost', attentionReason: 'statement_in_doubt' })
})

const heard = fc.uniqueArray(
  fc.record({
    hour: fc.integer({ min: 0, max: 95 }),
    status: fc.constantFrom('in_transit', 'out_for_delivery', 'attempt_failed', 'delivered', 'returned', 'on_hold'),
  }),
  { selector: ({ hour }) => hour, maxLength: 40 },
)
const scansOf = (told: { hour: number; status: string }[], from: string) =>
  told.map(({ hour, status }) => {
    const instant = new Date(at(from).getTime() + hour * 3_600_000).toISOString()
    return scan(status as 'delivered', from, { at: instant, rawAt: instant })
  })

test('no answer of a courier, however long its log, takes a statement away or overrules it by what came before', () => {
  fc.assert(
    fc.property(heard, heard, fc.constantFrom<StatementKind>('lost', 'returned'), (before, again, kind) => {
      let { state } = stated(kind, [...underWay, ...scansOf(before, '2026-03-02 12:00')] as Parameters<typeof found>)
      const answers = [scansOf(again, '2026-03-02 12:30'), scansOf(before, '2026-03-02 12:00'), []]
      for (const [turn, scans] of answers.entries()) {
        const now = new Date(statedAt.getTime() + (turn + 1) * 3_600_000)
        const settings = { ...context(now).settings, eventsMax: 5 }
        const plan = planCheck(state, { answer: found(...scans), context: context(now, { settings }) })
        expect(plan.scans.filter(({ source }) => source === 'staff')).toHaveLength(1)
        expect(plan.status).toBe(kind === 'lost' ? 'exception' : 'returned')
        expect(plan.endedAt).toEqual(statedAt)
        state = stateAfter(state, plan)
      }
    }),
    { numRuns: 200 },
  )
})

import type { TrackingEvent } from '@jejak/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ItemAnswer } from '../easyparcel/courier-source.ts'
import { type CheckPlan, planCheck, type TrackingState } from './plan-check.ts'
import { priorities } from './priority.ts'
import { at, testSettings } from './testing/settings.ts'
import { aTracking, context, found, notFound, scan, unreadable } from './testing/tracking.ts'

const nine = at('2026-03-02 09:00')
const checked = (state: TrackingState, answer: ItemAnswer, now: Date): TrackingState =>
  stateAfter(state, planCheck(state, answer, context(now)))
const stateAfter = (state: TrackingState, plan: CheckPlan): TrackingState => ({ ...state, ...plan, ...plan.schedule })

test('the first answer moves a parcel, renders its document and plans the next check', () => {
  const plan = planCheck(aTracking(), found(scan('collected', '2026-03-02 08:30')), context(nine))
  expect(plan).toMatchObject({
    changed: true,
    statusChanged: true,
    status: 'collected',
    eventsAdded: 1,
    confirmedAt: nine,
  })
  expect(plan.document?.document).toContain('"status":"collected"')
  expect(plan.milestones.collectedAt).toEqual(at('2026-03-02 08:30'))
  expect(plan.schedule).toMatchObject({
    checkedAt: nine,
    priority: 100,
    explanation: 'collected 120',
    consecutiveFailures: 0,
  })
})

test('the same answer again changes nothing but the schedule', () => {
  const answer = found(scan('collected', '2026-03-02 08:30'))
  const plan = planCheck(checked(aTracking(), answer, nine), answer, context(at('2026-03-02 11:00')))
  expect(plan).toMatchObject({ changed: false, statusChanged: false, eventsAdded: 0, document: null })
  expect(plan.schedule?.checkedAt).toEqual(at('2026-03-02 11:00'))
})

test('a scan that arrives late is kept but does not move the parcel back', () => {
  const state = checked(aTracking(), found(scan('out_for_delivery', '2026-03-02 08:45')), nine)
  const late = found(scan('in_transit', '2026-03-02 08:15'), scan('out_for_delivery', '2026-03-02 08:45'))
  const plan = planCheck(state, late, context(at('2026-03-02 09:30')))
  expect(plan).toMatchObject({ changed: true, statusChanged: false, status: 'out_for_delivery', eventsAdded: 1 })
  expect(plan.events).toHaveLength(2)
})

test('a scan that comes again with a more exact time is kept better, and is no new event', () => {
  const exact = scan('collected', '2026-03-02 08:30')
  const rounded = { ...exact, at: '2026-03-02T00:30:00Z', rawAt: '2026-03-02 08:30:00', zoneGuessed: true }
  const state = checked(aTracking(), found({ ...rounded }), nine)
  const plan = planCheck(state, found({ ...exact, at: '2026-03-02T00:30:00.250Z' }), context(at('2026-03-02 11:00')))
  expect(plan).toMatchObject({ changed: true, eventsAdded: 0 })
  expect(plan.events).toMatchObject([{ at: '2026-03-02T00:30:00.250Z', zoneGuessed: false }])
})

test('an answer that lost its mark still contributes its events, but leaves the schedule alone', () => {
  const plan = planCheck(
    aTracking(),
    found(scan('collected', '2026-03-02 08:30')),
    context(nine, { ownsSchedule: false }),
  )
  expect(plan).toMatchObject({ changed: true, eventsAdded: 1, schedule: null })
  const failed = planCheck(aTracking({ consecutiveFailures: 4 }), unreadable, context(nine, { ownsSchedule: false }))
  expect(failed).toMatchObject({ changed: false, schedule: null, requiresAttention: false })
})

test('an unknown number stays pending without a failure, and asks for attention after 72 hours', () => {
  const early = planCheck(aTracking(), notFound, context(nine))
  expect(early).toMatchObject({ changed: false, status: 'pending', confirmedAt: null, requiresAttention: false })
  expect(early.schedule).toMatchObject({ consecutiveFailures: 0, lastFailure: null, checkedAt: nine, priority: 70 })
  expect(planCheck(aTracking(), notFound, context(at('2026-03-05 07:59')))).toMatchObject({ attentionReason: null })
  const overdue = planCheck(aTracking(), notFound, context(at('2026-03-05 08:00')))
  expect(overdue).toMatchObject({ changed: true, requiresAttention: true, attentionReason: 'never_found' })
  const state = stateAfter(aTracking(), overdue)
  expect(planCheck(state, found(), context(at('2026-03-05 10:00')))).toMatchObject({
    requiresAttention: false,
    status: 'pending',
  })
})

test('that EasyParcel no longer finds a parcel it knew is no good check: it is tried again, asks for attention, and keeps what is known', () => {
  let state = checked(aTracking(), found(scan('in_transit', '2026-03-02 08:30')), nine)
  for (let failure = 1; failure <= 5; failure++) {
    const plan = planCheck(state, notFound, context(new Date(at('2026-03-02 11:00').getTime() + failure)))
    expect(plan).toMatchObject({ status: 'in_transit', requiresAttention: failure === 5 })
    expect(plan.schedule).toMatchObject({ checkedAt: nine, lastFailure: 'not_found', consecutiveFailures: failure })
    expect(plan.schedule?.explanation).toBe(
      failure < 5 ? `retry ${[1, 5, 15, 30][failure - 1]} after failure ${failure}` : 'in transit 120',
    )
    state = stateAfter(state, plan)
  }
  expect(state.attentionReason).toBe('no_longer_found')
  const again = planCheck(state, found(), context(at('2026-03-02 14:00')))
  expect(again).toMatchObject({ requiresAttention: false, schedule: { consecutiveFailures: 0, lastFailure: null } })
})

test('that EasyParcel forgets a parcel that has ended neither brings it back nor keeps it asked about', () => {
  const state = checked(aTracking(), found(scan('delivered', '2026-03-02 08:30')), nine)
  const early = planCheck(state, notFound, context(at('2026-03-02 12:00')))
  expect(early).toMatchObject({ status: 'delivered', requiresAttention: false })
  expect(early.schedule).toMatchObject({ nextDueAt: at('2026-03-03 08:30'), priority: 110, checkedAt: nine })
  const confirmed = planCheck(state, notFound, context(at('2026-03-03 08:31'), { priority: priorities.confirmation }))
  expect(confirmed.schedule).toMatchObject({ nextDueAt: null, consecutiveFailures: 0, lastFailure: null })
})

test('unreadable answers are tried again 1, 5, 15 and 30 minutes later; the fifth asks for attention and returns to the cadence', () => {
  let state = checked(aTracking(), found(scan('in_transit', '2026-03-02 08:30')), nine)
  const waits: number[] = []
  for (let failure = 1; failure <= 5; failure++) {
    const now = state.checkedAt && new Date(at('2026-03-02 11:00').getTime() + failure)
    const plan = planCheck(state, unreadable, context(now!))
    waits.push(Math.round((plan.schedule!.nextDueAt!.getTime() - now!.getTime()) / 60_000))
    expect(plan.requiresAttention).toBe(failure === 5)
    expect(plan.schedule).toMatchObject({
      consecutiveFailures: failure,
      checkedAt: nine,
      lastFailure: 'The scan log is not a list.',
    })
    state = stateAfter(state, plan)
  }
  expect(waits.slice(0, 4)).toEqual([1, 5, 15, 30])
  expect(waits[4]).toBeGreaterThanOrEqual(108)
  const readable = planCheck(state, found(), context(at('2026-03-02 13:00')))
  expect(readable).toMatchObject({ changed: true, requiresAttention: false, attentionReason: null })
  expect(readable.schedule).toMatchObject({ consecutiveFailures: 0, lastFailure: null })
})

test.each(['lost', 'damaged'] as const)('a parcel that is %s asks for attention until it turns up', (substatus) => {
  const lost = planCheck(aTracking(), found(scan('exception', '2026-03-02 08:30', { substatus })), context(nine))
  expect(lost).toMatchObject({ requiresAttention: true, attentionReason: substatus })
  const again = planCheck(
    stateAfter(aTracking(), lost),
    found(scan('in_transit', '2026-03-02 10:00')),
    context(at('2026-03-02 11:00')),
  )
  expect(again).toMatchObject({ status: 'in_transit', requiresAttention: false, attentionReason: null })
})

test.each(['kept_alive_against_code', 'text_claims_an_end'] as const)(
  'the flag %s asks for attention while answers carry it',
  (flag) => {
    const events = [scan('in_transit', '2026-03-02 08:30')]
    const flagged = stateAfter(
      aTracking(),
      planCheck(aTracking(), { kind: 'found', events, flags: [flag] }, context(nine)),
    )
    expect(flagged).toMatchObject({ requiresAttention: true, attentionReason: flag })
    expect(planCheck(flagged, notFound, context(at('2026-03-02 11:00'))).attentionReason).toBe(flag)
    expect(planCheck(flagged, found(...events), context(at('2026-03-02 11:00'))).attentionReason).toBeNull()
  },
)

test('a reason that a person gave is neither cleared nor replaced by a check', () => {
  const state = aTracking({ requiresAttention: true, attentionReason: 'customer_not_received' })
  const lost = found(scan('exception', '2026-03-02 08:30', { substatus: 'lost' }))
  for (const answer of [found(), lost])
    expect(planCheck(state, answer, context(nine))).toMatchObject({
      requiresAttention: true,
      attentionReason: 'customer_not_received',
    })
})

test('a delivered parcel is confirmed once, 24 hours after its delivery, and never checked again', () => {
  const answer = found(scan('delivered', '2026-03-02 08:50'))
  const first = planCheck(aTracking(), answer, context(nine))
  expect(first).toMatchObject({ status: 'delivered', endedAt: at('2026-03-02 08:50') })
  expect(first.schedule).toMatchObject({ nextDueAt: at('2026-03-03 08:50'), priority: priorities.confirmation })
  const confirmed = planCheck(stateAfter(aTracking(), first), answer, context(at('2026-03-03 08:50')))
  expect(confirmed.schedule?.nextDueAt).toBeNull()
})

test('a parcel delivered long before it was registered needs no confirmation', () => {
  const plan = planCheck(aTracking(), found(scan('delivered', '2026-02-20 10:00')), context(nine))
  expect(plan).toMatchObject({ status: 'delivered', endedAt: at('2026-02-20 10:00'), schedule: { nextDueAt: null } })
})

test('an end that a wrong clock puts into the future counts from now', () => {
  const plan = planCheck(aTracking(), found(scan('delivered', '2026-03-02 17:00')), context(nine))
  expect(plan.endedAt).toEqual(nine)
})

test('after 30 days without news a parcel lapses; news brings it back', () => {
  const state = checked(aTracking(), found(scan('in_transit', '2026-03-02 08:30')), nine)
  expect(planCheck(state, found(), context(at('2026-04-01 08:29'))).status).toBe('in_transit')
  const lapsed = planCheck(state, found(), context(at('2026-04-01 08:30')))
  expect(lapsed).toMatchObject({ status: 'lapsed', statusChanged: true, endedAt: at('2026-04-01 08:30') })
  expect(lapsed.schedule?.nextDueAt).toBeNull()
  const silent = stateAfter(state, lapsed)
  expect(planCheck(silent, found(), context(at('2026-04-09')))).toMatchObject({ changed: false, status: 'lapsed' })
  expect(planCheck(silent, unreadable, context(at('2026-04-09'))).status).toBe('lapsed')
  const news = planCheck(silent, found(scan('out_for_delivery', '2026-04-09 09:00')), context(at('2026-04-09 09:10')))
  expect(news).toMatchObject({ status: 'out_for_delivery', endedAt: null })
})

test('milestones outlive the scans that set them', () => {
  const settings = { ...testSettings, eventsMax: 2 }
  const first = planCheck(aTracking(), found(scan('collected', '2026-03-02 08:10')), context(nine, { settings }))
  const more = found(
    scan('in_transit', '2026-03-02 09:10'),
    scan('in_transit', '2026-03-02 09:20', { text: 'arrived' }),
  )
  const plan = planCheck(stateAfter(aTracking(), first), more, context(at('2026-03-02 10:00'), { settings }))
  expect(plan.events).toHaveLength(2)
  expect(plan.milestones.collectedAt).toEqual(at('2026-03-02 08:10'))
})

const anyScan: fc.Arbitrary<TrackingEvent> = fc
  .record({
    status: fc.constantFrom(
      'collected',
      'in_transit',
      'out_for_delivery',
      'attempt_failed',
      'delivered',
      'returned',
      'unknown',
    ),
    minute: fc.integer({ min: 10, max: 59 }),
    text: fc.constantFrom('a', 'b'),
  })
  .map(({ status, minute, text }) => scan(status as TrackingEvent['status'], `2026-03-02 08:${minute}`, { text }))

test('whatever order the answers come in, once or twice, the parcel ends up the same', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyScan, { maxLength: 4 }), { maxLength: 5 }), (answers) => {
      const run = (order: TrackingEvent[][]) =>
        order.reduce((state, events) => checked(state, found(...events), nine), aTracking())
      const facts = ({ status, substatus, events, milestones, endedAt, attentionReason }: TrackingState) => ({
        status,
        substatus,
        events,
        milestones,
        endedAt,
        attentionReason,
      })
      const once = facts(run(answers))
      expect(facts(run(answers.toReversed()))).toEqual(once)
      expect(facts(run([...answers, ...answers]))).toEqual(once)
    }),
  )
})

test('a plan is due after now, or never, and never only for a parcel whose life is over', () => {
  fc.assert(
    fc.property(
      fc.array(anyScan, { maxLength: 4 }),
      fc.constantFrom('found', 'not_found', 'unreadable'),
      (events, kind) => {
        const state = checked(aTracking(), found(...events), nine)
        const answer = kind === 'found' ? found(...events) : kind === 'not_found' ? notFound : unreadable
        const now = at('2026-03-02 12:00')
        const { schedule, status } = planCheck(state, answer, context(now))
        if (schedule!.nextDueAt === null) expect(status).toBe('cancelled')
        else expect(schedule!.nextDueAt > now).toBe(true)
      },
    ),
  )
})

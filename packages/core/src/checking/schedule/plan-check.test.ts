import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ItemAnswer, ToldScan } from '../../easyparcel/client/easyparcel-client.ts'
import { at, testSettings } from '../testing/settings.ts'
import { aTracking, context, found, news, notFound, scan, unreadable } from '../testing/tracking.ts'
import type { TrackingState } from './check.ts'
import { type CheckPlan, planCheck } from './plan-check.ts'
import { priorities } from './priority.ts'

const nine = at('2026-03-02 09:00')
const checked = (state: TrackingState, answer: ItemAnswer, now: Date): TrackingState =>
  stateAfter(state, planCheck(state, { answer, context: context(now) }))
const stateAfter = (state: TrackingState, plan: CheckPlan): TrackingState => ({
  ...state,
  ...plan,
  ...plan.schedule,
  documentVersion: plan.document?.version ?? state.documentVersion,
})

test('the first answer moves a parcel, renders its document and plans the next check', () => {
  const plan = planCheck(aTracking(), { answer: found(scan('collected', '2026-03-02 08:30')), context: context(nine) })
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
  const plan = planCheck(checked(aTracking(), answer, nine), { answer, context: context(at('2026-03-02 11:00')) })
  expect(plan).toMatchObject({ changed: false, statusChanged: false, eventsAdded: 0, document: null })
  expect(plan.schedule?.checkedAt).toEqual(at('2026-03-02 11:00'))
})

test('a scan that arrives late is kept but does not move the parcel back', () => {
  const state = checked(aTracking(), found(scan('out_for_delivery', '2026-03-02 08:45')), nine)
  const late = found(scan('in_transit', '2026-03-02 08:15'), scan('out_for_delivery', '2026-03-02 08:45'))
  const plan = planCheck(state, { answer: late, context: context(at('2026-03-02 09:30')) })
  expect(plan).toMatchObject({ changed: true, statusChanged: false, status: 'out_for_delivery', eventsAdded: 1 })
  expect(plan.reading?.events).toHaveLength(2)
})

test('a scan that comes again with a more exact time is kept better, and is no new event', () => {
  const exact = scan('collected', '2026-03-02 08:30')
  const rounded = { ...exact, at: '2026-03-02T00:30:00Z', rawAt: '2026-03-02 08:30:00', zoneGuessed: true }
  const state = checked(aTracking(), found({ ...rounded }), nine)
  const plan = planCheck(state, {
    answer: found({ ...exact, at: '2026-03-02T00:30:00.250Z' }),
    context: context(at('2026-03-02 11:00')),
  })
  expect(plan).toMatchObject({ changed: true, eventsAdded: 0 })
  expect(plan.reading?.events).toMatchObject([{ at: '2026-03-02T00:30:00.250Z', zoneGuessed: false }])
})

test('an answer that lost its mark still contributes its events, but leaves the schedule alone', () => {
  const plan = planCheck(aTracking(), {
    answer: found(scan('collected', '2026-03-02 08:30')),
    context: context(nine, { schedule: 'not_ours' }),
  })
  expect(plan).toMatchObject({ changed: true, eventsAdded: 1, schedule: null })
  const failed = planCheck(aTracking({ consecutiveFailures: 4 }), {
    answer: unreadable,
    context: context(nine, { schedule: 'not_ours' }),
  })
  expect(failed).toMatchObject({ changed: false, schedule: null, attentionReason: null })
})

test('an unknown number stays pending without a failure, and asks for attention after 72 hours', () => {
  const early = planCheck(aTracking(), { answer: notFound, context: context(nine) })
  expect(early).toMatchObject({ changed: false, status: 'pending', confirmedAt: null, attentionReason: null })
  expect(early.schedule).toMatchObject({ consecutiveFailures: 0, lastFailure: null, checkedAt: nine, priority: 70 })
  expect(planCheck(aTracking(), { answer: notFound, context: context(at('2026-03-05 07:59')) })).toMatchObject({
    attentionReason: null,
  })
  const overdue = planCheck(aTracking(), { answer: notFound, context: context(at('2026-03-05 08:00')) })
  expect(overdue).toMatchObject({ changed: true, attentionReason: 'never_found' })
  const state = stateAfter(aTracking(), overdue)
  expect(planCheck(state, { answer: found(), context: context(at('2026-03-05 10:00')) })).toMatchObject({
    attentionReason: null,
    status: 'pending',
  })
})

test('an answer that no longer finds a known parcel is not a good check: it is tried again, asks for attention, and keeps what is known', () => {
  let state = checked(aTracking(), found(scan('in_transit', '2026-03-02 08:30')), nine)
  for (let failure = 1; failure <= 5; failure++) {
    const plan = planCheck(state, {
      answer: notFound,
      context: context(new Date(at('2026-03-02 11:00').getTime() + failure)),
    })
    expect(plan).toMatchObject({ status: 'in_transit', attentionReason: failure === 5 ? 'no_longer_found' : null })
    expect(plan.schedule).toMatchObject({ checkedAt: nine, lastFailure: 'not_found', consecutiveFailures: failure })
    expect(plan.schedule?.explanation).toBe(
      failure < 5 ? `retry ${[1, 5, 15, 30][failure - 1]} after failure ${failure}` : 'in transit 120',
    )
    state = stateAfter(state, plan)
  }
  expect(state.attentionReason).toBe('no_longer_found')
  const again = planCheck(state, { answer: found(), context: context(at('2026-03-02 14:00')) })
  expect(again).toMatchObject({ attentionReason: null, schedule: { consecutiveFailures: 0, lastFailure: null } })
})

test('that EasyParcel forgets a parcel that has ended neither brings it back nor keeps it asked about', () => {
  const state = checked(aTracking(), found(scan('delivered', '2026-03-02 08:30')), nine)
  const early = planCheck(state, { answer: notFound, context: context(at('2026-03-02 12:00')) })
  expect(early).toMatchObject({ status: 'delivered', attentionReason: null })
  expect(early.schedule).toMatchObject({ nextDueAt: at('2026-03-03 08:30'), priority: 110, checkedAt: nine })
  const confirmed = planCheck(state, {
    answer: notFound,
    context: context(at('2026-03-05 08:31'), { priority: priorities.confirmation }),
  })
  expect(confirmed.schedule).toMatchObject({ nextDueAt: null, consecutiveFailures: 0, lastFailure: null })
})

test('unreadable answers are tried again 1, 5, 15 and 30 minutes later; the fifth asks for attention and returns to the cadence', () => {
  let state = checked(aTracking(), found(scan('in_transit', '2026-03-02 08:30')), nine)
  const waits: number[] = []
  for (let failure = 1; failure <= 5; failure++) {
    const now = state.checkedAt && new Date(at('2026-03-02 11:00').getTime() + failure)
    const plan = planCheck(state, { answer: unreadable, context: context(now!) })
    waits.push(Math.round((plan.schedule!.nextDueAt!.getTime() - now!.getTime()) / 60_000))
    expect(plan.attentionReason).toBe(failure === 5 ? 'unreadable' : null)
    expect(plan.schedule).toMatchObject({
      consecutiveFailures: failure,
      checkedAt: nine,
      lastFailure: 'The scan log is not a list.',
    })
    state = stateAfter(state, plan)
  }
  expect(waits.slice(0, 4)).toEqual([1, 5, 15, 30])
  expect(waits[4]).toBeGreaterThanOrEqual(108)
  const readable = planCheck(state, { answer: found(), context: context(at('2026-03-02 13:00')) })
  expect(readable).toMatchObject({ changed: true, attentionReason: null })
  expect(readable.schedule).toMatchObject({ consecutiveFailures: 0, lastFailure: null })
})

test.each(['lost', 'damaged'] as const)('a parcel that is %s asks for attention until it turns up', (substatus) => {
  const lost = planCheck(aTracking(), {
    answer: found(scan('exception', '2026-03-02 08:30', { substatus })),
    context: context(nine),
  })
  expect(lost).toMatchObject({ attentionReason: substatus })
  const again = planCheck(stateAfter(aTracking(), lost), {
    answer: news(scan('in_transit', '2026-03-02 10:00')),
    context: context(at('2026-03-02 11:00')),
  })
  expect(again).toMatchObject({ status: 'in_transit', attentionReason: null })
})

test.each([
  ['kept_alive_against_code', 5, 'Delivery attempt failed'],
  ['text_claims_an_end', 4, 'Delivered'],
  ['end_in_doubt', 5, 'Returned to sender'],
] as const)('%s asks for attention until the courier corrects the scan', (flag, code, text) => {
  const collected = scan('collected', '2026-03-02 08:10')
  const flagged = checked(aTracking(), found(collected, scan('delivered', '2026-03-02 08:30', { code, text })), nine)
  expect(flagged).toMatchObject({ attentionReason: flag })
  const later = context(at('2026-03-02 11:00'))
  expect(planCheck(flagged, { answer: notFound, context: later }).attentionReason).toBe(flag)
  expect(planCheck(flagged, { answer: found(collected), context: later }).attentionReason).toBeNull()
})

test('a delivery that the next answer no longer contains is undone: the parcel is followed again', () => {
  const way = [scan('collected', '2026-03-02 08:10'), scan('out_for_delivery', '2026-03-02 08:20')]
  const state = checked(aTracking(), found(...way, scan('delivered', '2026-03-02 08:30')), nine)
  expect(state).toMatchObject({ status: 'delivered', endedAt: at('2026-03-02 08:30') })
  const plan = planCheck(state, { answer: found(...way), context: context(at('2026-03-03 08:30')) })
  expect(plan).toMatchObject({ status: 'out_for_delivery', statusChanged: true, endedAt: null })
  expect(plan.milestones.deliveredAt).toBeNull()
  expect(plan.document?.document).not.toContain('"status":"delivered"')
  expect(plan.schedule?.nextDueAt).not.toBeNull()
  expect(plan.reading?.events).toHaveLength(3)
})

test('a parcel delivered 40 hours ago that went out again is followed again, and a person is asked to look', () => {
  const first = [scan('delivered', '2026-03-02 08:30'), scan('in_transit', '2026-03-03 08:00')]
  const state = checked(aTracking(), found(...first), at('2026-03-03 09:00'))
  expect(state).toMatchObject({ status: 'delivered', attentionReason: null })
  const plan = planCheck(state, {
    answer: found(...first, scan('out_for_delivery', '2026-03-04 00:30')),
    context: context(at('2026-03-04 01:00')),
  })
  expect(plan).toMatchObject({ status: 'out_for_delivery', endedAt: null, attentionReason: 'delivered_then_moved' })
})

test('a number used before is pending for 72 hours; then its log is believed, asked about each day and flagged until it lapses', () => {
  const lastYear = found(scan('collected', '2025-03-01 08:00'), scan('delivered', '2025-03-02 08:30'))
  const state = checked(aTracking(), lastYear, nine)
  expect(state).toMatchObject({ status: 'pending', attentionReason: 'number_used_before', endedAt: null })
  const believed = at('2026-03-05 08:00')
  const plan = planCheck(state, { answer: lastYear, context: context(believed) })
  expect(plan).toMatchObject({ status: 'delivered', endedAt: believed, attentionReason: 'number_used_before' })
  expect(plan.schedule).toMatchObject({ nextDueAt: at('2026-03-06 08:00'), priority: priorities.confirmation })
  const ended = stateAfter(state, plan)
  const late = planCheck(ended, { answer: lastYear, context: context(at('2026-03-20 08:00')) })
  expect(late).toMatchObject({ endedAt: believed, schedule: { nextDueAt: at('2026-03-21 08:00') } })
  expect(
    planCheck(ended, { answer: lastYear, context: context(at('2026-04-02 08:00')) }).schedule?.nextDueAt,
  ).toBeNull()
})

test('a parcel with a number used before lives as soon as its first own scan comes, after 72 hours too', () => {
  const lastYear = [scan('collected', '2025-03-01 08:00'), scan('delivered', '2025-03-02 08:30')]
  const believed = checked(checked(aTracking(), found(...lastYear), nine), found(...lastYear), at('2026-03-05 08:00'))
  expect(believed.status).toBe('delivered')
  const news = found(...lastYear, scan('collected', '2026-03-06 07:00'))
  const plan = planCheck(believed, { answer: news, context: context(at('2026-03-06 08:00')) })
  expect(plan).toMatchObject({ status: 'collected', endedAt: null, attentionReason: null, statusChanged: true })
  expect(plan.milestones).toMatchObject({ collectedAt: at('2026-03-06 07:00'), deliveredAt: null })
  expect(plan.schedule?.nextDueAt).toEqual(expect.any(Date))
})

test('what a person looked at comes back with a newer scan only', () => {
  const attempt = scan('delivered', '2026-03-02 08:20', { text: 'Delivery attempt failed' })
  const raised = checked(aTracking(), found(attempt), nine)
  expect(raised.attentionReason).toBe('kept_alive_against_code')
  const resolved = { ...raised, attentionReason: null, attentionSeenAt: new Date(attempt.at) }
  expect(
    planCheck(resolved, { answer: found(attempt), context: context(at('2026-03-02 11:00')) }).attentionReason,
  ).toBeNull()
  const again = found(attempt, { ...attempt, ...{ at: at('2026-03-02 10:00').toISOString(), rawAt: '', position: 1 } })
  expect(planCheck(resolved, { answer: again, context: context(at('2026-03-02 11:00')) }).attentionReason).toBe(
    'kept_alive_against_code',
  )
})

test.each(['lost', 'damaged'] as const)('a person who knows that a parcel is %s is not told again', (substatus) => {
  const answer = found(scan('exception', '2026-03-02 08:30', { substatus }))
  const raised = checked(aTracking(), answer, nine)
  const resolved = { ...raised, attentionReason: null, attentionSeenAt: at('2026-03-02 08:30') }
  expect(planCheck(resolved, { answer, context: context(at('2026-03-02 11:00')) }).attentionReason).toBeNull()
})

test('reading again by other rules asks no one to look at what has ended or is archived', () => {
  const attempt = scan('delivered', '2026-03-02 08:50', { text: 'Delivery attempt failed', position: 1 })
  const answer = found(scan('delivered', '2026-03-02 08:30'), attempt)
  const raised = checked(aTracking(), answer, nine)
  expect(raised).toMatchObject({ status: 'delivered', attentionReason: 'kept_alive_against_code' })
  const before = { ...raised, attentionReason: null }
  const readAgain = (state: TrackingState, isArchived: boolean) =>
    planCheck(state, { answer: { kind: 'read_again', isArchived }, context: context(at('2026-03-02 11:00')) })
      .attentionReason
  expect(readAgain(before, false)).toBeNull()
  expect(readAgain({ ...before, endedAt: null }, true)).toBeNull()
  expect(readAgain({ ...before, endedAt: null }, false)).toBe('kept_alive_against_code')
})

test('reading again says of no number that EasyParcel does not know it, unless EasyParcel has said so late enough', () => {
  const readAgain = (state: TrackingState) =>
    planCheck(state, { answer: { kind: 'read_again', isArchived: false }, context: context(at('2026-03-08 11:00')) })
      .attentionReason
  expect(readAgain(aTracking())).toBeNull()
  expect(readAgain({ ...aTracking(), checkedAt: at('2026-03-04 08:00') })).toBeNull()
  expect(readAgain({ ...aTracking(), checkedAt: at('2026-03-05 08:00') })).toBe('never_found')
  expect(readAgain({ ...aTracking(), attentionReason: 'never_found' })).toBe('never_found')
})

test('what is only told otherwise is kept, and is no news to anyone', () => {
  const one = scan('in_transit', '2026-03-02 08:30', { text: 'Arrived at hub', position: 0 })
  const state = checked(aTracking(), found(one), nine)
  const plan = planCheck(state, {
    answer: found({ ...one, text: 'Arrived at hub.' }),
    context: context(at('2026-03-02 11:00')),
  })
  expect(plan).toMatchObject({ changed: true, isNews: false, eventsAdded: 0, document: null })
})

test('a reason that a person gave is neither cleared nor replaced by a check', () => {
  const state = aTracking({ attentionReason: 'customer_not_received' })
  const lost = found(scan('exception', '2026-03-02 08:30', { substatus: 'lost' }))
  for (const answer of [found(), lost])
    expect(planCheck(state, { answer, context: context(nine) })).toMatchObject({
      attentionReason: 'customer_not_received',
    })
})

test.each(['delivered', 'returned', 'cancelled'] as const)(
  'a parcel that is %s is confirmed after 24 and after 72 hours, and never checked again',
  (status) => {
    const answer = found(scan(status, '2026-03-02 08:50'))
    const first = planCheck(aTracking(), { answer, context: context(nine) })
    expect(first).toMatchObject({ status, endedAt: at('2026-03-02 08:50') })
    expect(first.schedule).toMatchObject({ nextDueAt: at('2026-03-03 08:50'), priority: priorities.confirmation })
    const confirmed = planCheck(stateAfter(aTracking(), first), { answer, context: context(at('2026-03-03 08:50')) })
    expect(confirmed.schedule).toMatchObject({ nextDueAt: at('2026-03-05 08:50'), priority: priorities.confirmation })
    const again = planCheck(stateAfter(aTracking(), confirmed), { answer, context: context(at('2026-03-05 08:50')) })
    expect(again.schedule?.nextDueAt).toBeNull()
  },
)

test('a parcel delivered long before it was registered needs no confirmation', () => {
  const plan = planCheck(aTracking(), { answer: found(scan('delivered', '2026-02-20 10:00')), context: context(nine) })
  expect(plan).toMatchObject({ status: 'delivered', endedAt: at('2026-02-20 10:00'), schedule: { nextDueAt: null } })
})

test('an end that a wrong clock puts into the future counts from now', () => {
  const plan = planCheck(aTracking(), { answer: found(scan('delivered', '2026-03-02 17:00')), context: context(nine) })
  expect(plan.endedAt).toEqual(nine)
})

test('after 30 days without news a parcel lapses; news brings it back', () => {
  const state = checked(aTracking(), found(scan('in_transit', '2026-03-02 08:30')), nine)
  expect(planCheck(state, { answer: found(), context: context(at('2026-04-01 08:29')) }).status).toBe('in_transit')
  const lapsed = planCheck(state, { answer: found(), context: context(at('2026-04-01 08:30')) })
  expect(lapsed).toMatchObject({ status: 'lapsed', statusChanged: true, endedAt: at('2026-04-01 08:30') })
  expect(lapsed.schedule?.nextDueAt).toBeNull()
  const silent = stateAfter(state, lapsed)
  expect(planCheck(silent, { answer: found(), context: context(at('2026-04-09')) })).toMatchObject({
    changed: false,
    status: 'lapsed',
  })
  expect(planCheck(silent, { answer: unreadable, context: context(at('2026-04-09')) }).status).toBe('lapsed')
  const news = planCheck(silent, {
    answer: found(scan('out_for_delivery', '2026-04-09 09:00')),
    context: context(at('2026-04-09 09:10')),
  })
  expect(news).toMatchObject({ status: 'out_for_delivery', endedAt: null })
})

test('milestones outlive the scans that set them', () => {
  const settings = { ...testSettings, eventsMax: 2 }
  const first = planCheck(aTracking(), {
    answer: found(scan('collected', '2026-03-02 08:10')),
    context: context(nine, { settings }),
  })
  const more = news(scan('in_transit', '2026-03-02 09:10'), scan('in_transit', '2026-03-02 09:20', { text: 'arrived' }))
  const plan = planCheck(stateAfter(aTracking(), first), {
    answer: more,
    context: context(at('2026-03-02 10:00'), { settings }),
  })
  expect(plan.reading?.events).toHaveLength(2)
  expect(plan.milestones.collectedAt).toEqual(at('2026-03-02 08:10'))
})

const anyScan: fc.Arbitrary<ToldScan> = fc
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
    location: fc.constantFrom('Nilai', null),
  })
  .map(({ status, minute, location }) => scan(status, `2026-03-02 08:${minute}`, { location }))

test('whatever order the answers come in, once or twice, the parcel ends up the same', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyScan, { maxLength: 4 }), { maxLength: 5 }), (answers) => {
      const run = (order: ToldScan[][]) =>
        order.reduce((state, scans) => checked(state, news(...scans), nine), aTracking())
      const facts = ({ status, substatus, documentVersion, milestones, endedAt, attentionReason }: TrackingState) => ({
        status,
        substatus,
        documentVersion,
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
        const { schedule, status } = planCheck(state, { answer, context: context(now) })
        expect(status).not.toBe('lapsed')
        expect(schedule!.nextDueAt! > now).toBe(true)
      },
    ),
  )
})

test('a culprit whose scans are read again stays in the class of culprits', () => {
  const state = aTracking({ strikes: 8, struckAt: nine, status: 'delivered', endedAt: nine })
  const { schedule } = planCheck(state, { answer: { kind: 'read_again', isArchived: false }, context: context(nine) })
  expect(schedule).toMatchObject({ strikes: 8, priority: priorities.culprit })
})

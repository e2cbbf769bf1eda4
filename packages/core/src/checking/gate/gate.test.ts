import fc from 'fast-check'
import { expect, test } from 'vitest'
import { closeCallState } from '../call/close-call.ts'
import { localDay } from '../schedule/local-time.ts'
import { newConnectionState } from '../testing/new-connection.ts'
import { at, testSettings } from '../testing/settings.ts'
import { breakerPhase } from './breaker.ts'
import type { CallKind, CallOutcome } from './closed-call.ts'
import { type ConnectionState, decideGate, type GateGrant, notAuthorised } from './gate.ts'
import { manualReserve, paceAllowance } from './pace.ts'

const noon = at('2026-03-02 12:00')
const wide = { ...testSettings, concurrencyMax: 1000, callsPerSecond: 1e6, paceBurst: 1 }
const row = (changed: Partial<ConnectionState> = {}): ConnectionState => ({ ...newConnectionState, ...changed })
const later = (now: Date, ms: number) => new Date(now.getTime() + ms)

const granted = (state: ConnectionState, now: Date, settings = testSettings, manual = false): GateGrant => {
  const decision = decideGate(state, { settings, opening: { now, manual } })
  if (!decision.granted) throw new Error(`refused: ${decision.reason}`)
  return decision
}
const close = (
  grant: GateGrant,
  state: ConnectionState,
  outcome: CallOutcome,
  now: Date,
  retryAfterMs: number | null = null,
  kind: CallKind = 'regular',
) => {
  const { slot, leaseUntil } = grant
  return closeCallState(state, {
    call: { slot, leaseUntil, kind, size: 50, outcome, retryAfterMs, now },
    settings: testSettings,
  })
}

test('a new connection gets its first call at once, and it is counted on its day', () => {
  const grant = granted(row(), noon)
  expect(grant).toMatchObject({ slot: 0, probe: false, leaseUntil: later(noon, 50_000) })
  expect(grant.state).toMatchObject({
    budgetDay: '2026-03-02',
    callsUsed: 1,
    callsManual: 0,
    nextCallAt: later(noon, 1000),
  })
})

test('calls keep a second between them', () => {
  const { state } = granted(row(), noon)
  const spaced = decideGate(state, { settings: testSettings, opening: { now: later(noon, 999), manual: false } })
  expect(spaced).toEqual({ granted: false, reason: 'spacing', retryAt: later(noon, 1000) })
  expect(granted(state, later(noon, 1000)).slot).toBe(1)
})

test('a fourth call waits for the first slot to come free', () => {
  const slots = [later(noon, 5000), later(noon, 3000), later(noon, 9000)]
  const full = decideGate(row({ slots }), { settings: testSettings, opening: { now: noon, manual: true } })
  expect(full).toEqual({ granted: false, reason: 'slots_full', retryAt: later(noon, 3000) })
  expect(granted(row({ slots }), later(noon, 3000)).slot).toBe(1)
})

test('fewer slots than before never mean more calls at once', () => {
  const slots = [null, null, null, later(noon, 5000), later(noon, 5000)]
  const fewer = { ...testSettings, concurrencyMax: 2 }
  expect(decideGate(row({ slots }), { settings: fewer, opening: { now: noon, manual: false } })).toMatchObject({
    reason: 'slots_full',
  })
})

test('scheduled calls keep to the pace; a manual one goes ahead of it from the reserve', () => {
  const spent = row({ budgetDay: '2026-03-02', callsUsed: paceAllowance(noon, testSettings) })
  const paced = decideGate(spent, { settings: testSettings, opening: { now: noon, manual: false } })
  expect(paced).toMatchObject({ granted: false, reason: 'paced' })
  if (!paced.granted) expect(granted(spent, paced.retryAt).state.callsUsed).toBe(spent.callsUsed + 1)
  expect(granted(spent, noon, testSettings, true).state.callsManual).toBe(1)
})

test('when the reserve is used up, what people ask for keeps to the pace like the rest of the day', () => {
  const allowance = paceAllowance(noon, testSettings)
  const unreserved = { budgetDay: '2026-03-02', callsManual: 100 }
  const behind = granted(row({ ...unreserved, callsUsed: allowance + 99 }), noon, testSettings, true)
  expect(behind.state).toMatchObject({ callsUsed: allowance + 100, callsManual: 100 })
  const ahead = decideGate(behind.state, { settings: testSettings, opening: { now: later(noon, 1000), manual: true } })
  expect(ahead).toMatchObject({ granted: false, reason: 'paced' })
  const lastOfReserve = row({ ...unreserved, callsManual: 99, callsUsed: allowance + 99 })
  expect(granted(lastOfReserve, noon, testSettings, true).state.callsManual).toBe(100)
})

test('however much people ask for until six, the calls planned for the evening are still there', () => {
  let state = row()
  const grants = { people: 0, scheduled: 0 }
  for (let minute = 0; minute < 24 * 60; minute++) {
    const manual = minute < 18 * 60
    for (let call = 0; call < 10; call++) {
      const now = later(new Date('2026-03-01T16:00:00Z'), minute * 60_000 + call * 5000)
      const decision = decideGate({ ...state, slots: [] }, { settings: testSettings, opening: { now, manual } })
      if (!decision.granted) continue
      state = decision.state
      grants[manual ? 'people' : 'scheduled']++
      expect(state.callsUsed - state.callsManual).toBeLessThanOrEqual(paceAllowance(now, testSettings))
    }
  }
  expect(state.callsManual).toBe(100)
  expect(grants.scheduled).toBe(900 - paceAllowance(at('2026-03-02 18:00'), testSettings))
})

test('when the whole budget is spent even a manual call waits for the local midnight', () => {
  const spent = row({ budgetDay: '2026-03-02', callsUsed: 1000, callsManual: 400 })
  const refusal = { granted: false, reason: 'budget_spent', retryAt: at('2026-03-03') }
  expect(decideGate(spent, { settings: testSettings, opening: { now: noon, manual: true } })).toEqual(refusal)
  expect(granted(spent, at('2026-03-03')).state).toMatchObject({ budgetDay: '2026-03-03', callsUsed: 1 })
})

test('whatever a clock that was a year ahead left in the row stands in no one’s way', () => {
  const ahead = later(noon, 365 * 86_400_000)
  const breaker = { failures: 3, openUntil: ahead, probeUntil: ahead }
  const spoilt = row({ nextCallAt: ahead, slots: [ahead, ahead, ahead], breaker, pausedUntil: ahead })
  const decision = decideGate(spoilt, { settings: testSettings, opening: { now: noon, manual: false } })
  expect(decision).toMatchObject({ granted: true, slot: 0, probe: true })
})

test('waits that settings explain stand', () => {
  const soon = later(noon, testSettings.breakerCooldownMaxMs)
  const breaker = { failures: 3, openUntil: soon, probeUntil: null }
  expect(decideGate(row({ breaker }), { settings: testSettings, opening: { now: noon, manual: false } })).toMatchObject(
    {
      reason: 'breaker_open',
      retryAt: soon,
    },
  )
})

test('three failures in a row stop all calls; then exactly one may probe', () => {
  let state = row()
  let now = noon
  for (let call = 0; call < 3; call++) {
    const grant = granted(state, now)
    state = close(grant, grant.state, 'server', later(now, 500))
    now = later(now, 1000)
  }
  expect(decideGate(state, { settings: testSettings, opening: { now, manual: true } })).toMatchObject({
    reason: 'breaker_open',
  })
  const probeAt = state.breaker.openUntil!
  const probe = granted(state, probeAt)
  expect(probe.probe).toBe(true)
  const second = decideGate(probe.state, {
    settings: testSettings,
    opening: { now: later(probeAt, 2000), manual: true },
  })
  expect(second).toEqual({ granted: false, reason: 'probing', retryAt: probe.leaseUntil })
  const closed = close(probe, probe.state, 'ok', later(probeAt, 2000))
  expect(granted(closed, later(probeAt, 2000)).probe).toBe(false)
})

test('failed calls of suspects never open the breaker nor keep it open, and stop suspects alone', () => {
  let state = row()
  for (let call = 0; call < 5; call++) {
    const now = later(noon, call * 2000)
    const decision = decideGate(state, { settings: testSettings, opening: { now, manual: false, suspects: true } })
    if (!decision.granted) throw new Error(decision.reason)
    state = close(decision, decision.state, 'server', later(now, 500), null, 'trial')
  }
  expect(state.breaker).toEqual(newConnectionState.breaker)
  expect(state).toMatchObject({ callsUsed: 5, nextSuspectAt: later(noon, 5 * 576_000), suspects: { failures: 3 } })
  expect(breakerPhase(state.suspects, later(noon, 9000))).toBe('open')

  const open = row({ breaker: { failures: 3, openUntil: noon, probeUntil: null } })
  const probe = granted(open, noon)
  const failed = close(probe, probe.state, 'server', later(noon, 500), null, 'trial')
  expect(breakerPhase(failed.breaker, later(noon, 1000))).toBe('half_open')
  const answered = close(probe, probe.state, 'ok', later(noon, 500), null, 'trial')
  expect(answered).toMatchObject({ breaker: newConnectionState.breaker, suspects: newConnectionState.suspects })
})

test('the reason of a pause stands until a call succeeds after it', () => {
  const paused = row({ pausedUntil: later(noon, 60_000), pauseReason: 'server' })
  const early = granted(row(), noon)
  expect(close(early, { ...early.state, ...paused, slots: early.state.slots }, 'ok', noon).pauseReason).toBe('server')
  const after = granted(paused, later(noon, 60_000))
  expect(after.state.pauseReason).toBe('server')
  expect(close(after, after.state, 'ok', later(noon, 61_000)).pauseReason).toBeNull()
})

test('the first refusal of the token does not count, the next ones do and name the reason', () => {
  let state = row()
  for (let call = 0; call < 4; call++) {
    const now = later(noon, call * 2000)
    const grant = granted(state, now)
    state = close(grant, grant.state, 'unauthorised', later(now, 500))
    expect(state.breaker.failures).toBe(call)
  }
  expect(
    decideGate(state, { settings: testSettings, opening: { now: later(noon, 8000), manual: false } }),
  ).toMatchObject({
    reason: 'not_authorised',
  })
  const probe = granted(state, state.breaker.openUntil!)
  expect(close(probe, probe.state, 'ok', probe.leaseUntil).pauseReason).toBeNull()
})

test('a paused connection makes no call until the pause is over', () => {
  const paused = row({ pausedUntil: later(noon, 60_000), pauseReason: 'batch split' })
  expect(decideGate(paused, { settings: testSettings, opening: { now: noon, manual: true } })).toMatchObject({
    reason: 'paused',
  })
  const unauthorised = { ...paused, pauseReason: notAuthorised }
  expect(decideGate(unauthorised, { settings: testSettings, opening: { now: noon, manual: true } })).toMatchObject({
    reason: 'not_authorised',
  })
  expect(granted(paused, later(noon, 60_000)).slot).toBe(0)
})

test('Retry-After is waited for, but never longer than its maximum', () => {
  const grant = granted(row(), noon)
  expect(close(grant, grant.state, 'rate-limited', noon, 90_000).nextCallAt).toEqual(later(noon, 90_000))
  expect(close(grant, grant.state, 'rate-limited', noon, 86_400_000).nextCallAt).toEqual(later(noon, 900_000))
  expect(close(grant, grant.state, 'rate-limited', noon).nextCallAt).toEqual(later(noon, 30_000))
  expect(close(grant, grant.state, 'rate-limited', noon, 0).nextCallAt).toEqual(later(noon, 1000))
})

test('a call that closes after its slot was given away does not free it for a third', () => {
  const first = granted(row(), noon)
  const second = granted({ ...first.state, slots: first.state.slots.slice(0, 1) }, first.leaseUntil)
  expect(second.slot).toBe(0)
  expect(close(first, second.state, 'server', later(noon, 60_000))).toEqual(second.state)
})

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('open' as const),
      waitMs: fc.integer({ min: -50, max: 4000 }),
      manual: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('close' as const),
      pick: fc.nat(),
      outcome: fc.constantFrom<CallOutcome>('ok', 'network', 'server', 'rejected', 'unauthorised', 'rate-limited'),
      about: fc.constantFrom<CallKind>('regular', 'trial', 'culprit', 'asked'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('leap' as const), waitMs: fc.integer({ min: 0, max: 40_000_000 }) }),
  },
)

test('in any order of opening, closing, dying and midnight, no rule of the gate is ever broken', () => {
  const small = { ...testSettings, dailyBudget: 12, paceBurst: 0.5 }
  fc.assert(
    fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
      let state = row()
      let now = at('2026-03-02 23:00')
      let open: GateGrant[] = []
      const calls = new Map<string, { all: number; planned: number }>()
      let lastCallAt = Number.NEGATIVE_INFINITY
      for (const it of steps) {
        if (it.kind === 'close') {
          const grant = open[it.pick % Math.max(1, open.length)]
          if (!grant) continue
          state = closeCallState(state, {
            call: { ...grant, kind: it.about, size: 50, outcome: it.outcome, retryAfterMs: null, now },
            settings: small,
          })
          open = open.filter((other) => other !== grant)
          continue
        }
        now = later(now, it.waitMs)
        if (it.kind === 'leap') continue
        const decision = decideGate(state, { settings: small, opening: { now, manual: it.manual } })
        if (!decision.granted) {
          expect(decision.retryAt > now).toBe(true)
          continue
        }
        const inFlight = open.filter(({ leaseUntil }) => leaseUntil > now)
        expect(inFlight.length).toBeLessThan(small.concurrencyMax)
        expect(inFlight.some(({ slot }) => slot === decision.slot)).toBe(false)
        expect(inFlight.some(({ probe }) => probe) && state.breaker.openUntil !== null).toBe(false)
        expect(now.getTime() - lastCallAt).toBeGreaterThanOrEqual(1000)
        const today = localDay(now, small.timezone)
        const used = calls.get(today) ?? { all: 0, planned: 0 }
        used.all++
        if (!decision.fromReserve) used.planned++
        calls.set(today, used)
        expect(used.all).toBeLessThanOrEqual(small.dailyBudget)
        expect(decision.fromReserve && !it.manual).toBe(false)
        expect(used.all - used.planned).toBeLessThanOrEqual(manualReserve(small))
        if (!decision.fromReserve) expect(used.planned).toBeLessThanOrEqual(paceAllowance(now, small))
        expect(decision.state).toMatchObject({ budgetDay: today, callsUsed: used.all })
        lastCallAt = now.getTime()
        state = decision.state
        open.push(decision)
      }
    }),
    { numRuns: 500 },
  )
})

test('a cap of 1000 holds to the call through 2000 tries with slots and pace wide open', () => {
  let state = row()
  let used = 0
  for (let call = 0; call < 2000; call++) {
    const decision = decideGate(state, {
      settings: { ...wide, budgetReserve: 0 },
      opening: { now: later(noon, call), manual: false },
    })
    if (!decision.granted) continue
    used++
    state = { ...decision.state, slots: [] }
  }
  expect(used).toBe(1000)
})

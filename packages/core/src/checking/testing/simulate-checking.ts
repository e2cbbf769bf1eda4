import type { ClaimPass, Waiting } from '@jejak/db'
import type { ItemAnswer } from '../../easyparcel/client/easyparcel-client.ts'
import { closeCallState } from '../call/close-call.ts'
import type { CallOutcome } from '../gate/closed-call.ts'
import { type ConnectionState, decideGate, type GateGrant } from '../gate/gate.ts'
import { batchLimitOf } from '../gate/suspicion.ts'
import { createCalendar } from '../schedule/calendar.ts'
import type { CheckContext, TrackingState } from '../schedule/check.ts'
import { type CallChoice, chooseCall } from '../schedule/choose-call.ts'
import { claimPasses, seatShare } from '../schedule/claim-order.ts'
import { type CheckPlan, planCheck } from '../schedule/plan-check.ts'
import { planFailure, type WholeFailure } from '../schedule/plan-failure.ts'
import { type Priority, priorities } from '../schedule/priority.ts'
import type { CheckingSettings } from '../settings.ts'
import { createDueQueue, type DueQueue } from './due-queue.ts'
import { newConnectionState } from './new-connection.ts'
import { createTeller, type ParcelLife } from './parcel-lives.ts'
import { aTracking, unreadable } from './tracking.ts'

const minute = 60_000

/** A parcel of the simulation: its rows in cache and schedule, and what EasyParcel would say about it. `askedAt` is the last check. */
export type SimulatedParcel = {
  life: ParcelLife
  tell: ReturnType<typeof createTeller>
  state: TrackingState
  priority: Priority
  dueAt: number | null
  askedAt: number
}

export type CheckSeen = {
  parcel: SimulatedParcel
  before: TrackingState
  dueAt: number
  askedAt: number
  now: number
  wasDue: boolean
  priority: Priority
}
export type CallSeen = {
  now: number
  outcome: CallOutcome
  size: number
  kind: CallChoice['kind']
  asked: SimulatedParcel[]
}
type Claimed = { parcel: SimulatedParcel; dueAt: number; wasDue: boolean }

export type SimulationOptions = {
  settings: CheckingSettings
  from: number
  until: number
  random: () => number
  /** Share of calls that fail, and of items that cannot be read. */
  callFaults?: number
  itemFaults?: number
  /** How a call about these parcels fails at this time, whatever else may happen to it. */
  fails?(asked: readonly SimulatedParcel[], now: number): CallOutcome | undefined
  onCheck?(check: CheckSeen, plan: CheckPlan): void
  onFailedCheck?(check: CheckSeen): void
  onCall?(call: CallSeen): void
}

type Happening =
  | { kind: 'urgent-tick' | 'regular-tick' | 'wake' }
  | { kind: 'close'; grant: GateGrant; choice: CallChoice; claimed: Claimed[] }
  | { kind: 'register'; parcel: SimulatedParcel }

const faults: readonly CallOutcome[] = ['network', 'timeout', 'malformed', 'server', 'rate-limited']

/** The check flow of docs/checking.md without a database: real gate, claim order and plans, on a clock that jumps from one happening to the next. */
export const createSimulation = (options: SimulationOptions) => {
  const { settings, random } = options
  const calendar = createCalendar(settings)
  const queues = new Map<number, DueQueue<SimulatedParcel>>(
    Object.values(priorities).map((priority) => [priority, createDueQueue()]),
  )
  const happenings = createDueQueue<Happening>()
  const parcels: SimulatedParcel[] = []
  let connection: ConnectionState = newConnectionState
  let now = options.from
  let wakeAt = Number.POSITIVE_INFINITY

  const isDue = (classes: Iterable<number>) => [...classes].some((priority) => queues.get(priority)!.nextDueAt() <= now)

  const schedule = (parcel: SimulatedParcel, dueAt: Date | null, priority: Priority) => {
    parcel.dueAt = dueAt === null ? null : dueAt.getTime()
    parcel.priority = priority
    if (parcel.dueAt !== null) queues.get(priority)!.push(parcel.dueAt, parcel)
  }

  const mayFill = ({ state: { checkedAt, consecutiveFailures, strikes } }: SimulatedParcel) =>
    consecutiveFailures === 0 && strikes === 0 && (checkedAt === null || checkedAt.getTime() < now - settings.minMs)

  const takePass = ({ kind, priority, seats }: ClaimPass, claimed: Claimed[]) => {
    const queue = queues.get(priority)!
    const passedOver: { dueAt: number; item: SimulatedParcel }[] = []
    for (let seen = 0; claimed.length < seats && seen < 4 * seats && queue.size() > 0; seen++) {
      if (kind === 'due' && queue.nextDueAt() > now) break
      const next = queue.pop()!
      if (kind === 'fill' && !mayFill(next.item)) passedOver.push(next)
      else claimed.push({ parcel: next.item, dueAt: next.dueAt, wasDue: kind === 'due' })
    }
    for (const { dueAt, item } of passedOver) queue.push(dueAt, item)
  }

  const wake = (at: number) => {
    if (at >= wakeAt) return
    wakeAt = at
    happenings.push(at, { kind: 'wake' })
  }

  const waiting = (): Waiting => {
    const head = isDue([priorities.suspect]) ? queues.get(priorities.suspect)!.peek()! : null
    const trial = head && { ...head.state, dueAt: new Date(head.dueAt!) }
    return {
      classes: seatShare.map(({ priority }) => priority).filter((priority) => isDue([priority])),
      asked: false,
      culprit: isDue([priorities.culprit]),
      trial,
    }
  }

  const takeSuspects = (priority: Priority, seats: number, claimed: Claimed[]) => {
    const queue = queues.get(priority)!
    const passedOver: { dueAt: number; item: SimulatedParcel }[] = []
    while (claimed.length < seats && queue.nextDueAt() <= now) {
      const next = queue.pop()!
      if (batchLimitOf(next.item.state)! < seats) passedOver.push(next)
      else claimed.push({ parcel: next.item, dueAt: next.dueAt, wasDue: true })
    }
    for (const { dueAt, item } of passedOver) queue.push(dueAt, item)
  }

  /** One turn of a check job's loop: calls until nothing is due or the gate refuses; it waits for spacing, for nothing else. */
  const work = () => {
    while (isDue(queues.keys())) {
      const waits = waiting()
      const choice = chooseCall(connection, { waiting: waits, choosing: { now: new Date(now), settings } })
      if (choice === null) return
      const { kind, size } = choice
      const opening = { now: new Date(now), manual: isDue([priorities.manual]), suspects: kind !== 'regular' }
      const decision = decideGate(connection, { settings, opening })
      if (!decision.granted) {
        if (decision.reason === 'spacing' && decision.retryAt.getTime() - now <= 10_000)
          wake(decision.retryAt.getTime())
        return
      }
      connection = decision.state
      const claimed: Claimed[] = []
      if (kind === 'regular')
        for (const pass of claimPasses({ batchSize: size, classes: waits.classes })) takePass(pass, claimed)
      else takeSuspects(kind === 'trial' ? priorities.suspect : priorities.culprit, size, claimed)
      happenings.push(now + Math.round(500 + random() * 3500), { kind: 'close', grant: decision, choice, claimed })
    }
  }

  const contextOf = ({ priority }: SimulatedParcel, at: number): CheckContext => ({
    now: new Date(at),
    toldAt: new Date(at),
    settings,
    calendar,
    priority,
    schedule: 'ours',
    isDemo: false,
  })

  const follow = (parcel: SimulatedParcel, plan: CheckPlan) => {
    const { schedule: planned, document, reading: _, ...kept } = plan
    const { nextDueAt, priority, explanation: __, ...rest } = planned!
    const documentVersion = document?.version ?? parcel.state.documentVersion
    parcel.state = { ...parcel.state, ...kept, ...rest, documentVersion }
    schedule(parcel, nextDueAt, priority)
  }

  const learn = ({ parcel, dueAt, wasDue }: Claimed, answer: ItemAnswer, at: number) => {
    const { state: before, priority, askedAt } = parcel
    const plan = planCheck(before, { answer, context: contextOf(parcel, at) })
    parcel.askedAt = at
    follow(parcel, plan)
    options.onCheck?.({ parcel, before, dueAt, askedAt, now: at, wasDue, priority }, plan)
  }

  const putOff = ({ parcel, dueAt, wasDue }: Claimed, failure: WholeFailure) => {
    const { state: before, priority, askedAt } = parcel
    follow(parcel, planFailure(before, { failure, context: contextOf(parcel, now) }))
    options.onFailedCheck?.({ parcel, before, dueAt, askedAt, now, wasDue, priority })
  }

  const outcomeOf = (asked: readonly SimulatedParcel[]): CallOutcome => {
    const chance = random() < (options.callFaults ?? 0) ? faults[Math.floor(random() * faults.length)]! : 'ok'
    return options.fails?.(asked, now) ?? chance
  }

  const close = ({ slot, leaseUntil }: GateGrant, { kind }: CallChoice, claimed: Claimed[]) => {
    const asked = claimed.map(({ parcel }) => parcel)
    const outcome = outcomeOf(asked)
    const before = connection
    const size = claimed.length
    const call = { slot, leaseUntil, kind, size, outcome, retryAfterMs: null, now: new Date(now) }
    connection = closeCallState(before, { call, settings })
    options.onCall?.({ now, outcome, size, kind, asked })
    const isOnly = outcome !== 'ok' && parcels.every((parcel) => parcel.dueAt === null || asked.includes(parcel))
    for (const one of claimed) {
      if (outcome !== 'ok') putOff(one, { outcome, problem: outcome, kind, isOnly, before, after: connection })
      else learn(one, random() < (options.itemFaults ?? 0) ? unreadable : one.parcel.tell(now), now)
    }
  }

  const newParcel = (life: ParcelLife, id: string): SimulatedParcel => {
    const registeredAt = new Date(life.registeredAt)
    const state = aTracking({ id, trackingNumber: id, registeredAt, estimatedDelivery: life.expectedDay })
    const parcel: SimulatedParcel = {
      life,
      tell: createTeller(life),
      state,
      priority: priorities.urgent,
      dueAt: null,
      askedAt: Number.NEGATIVE_INFINITY,
    }
    parcels.push(parcel)
    return parcel
  }

  /** A parcel that the shop registers when its life begins. */
  const register = (life: ParcelLife, id: string) =>
    happenings.push(Math.max(now, life.registeredAt), { kind: 'register', parcel: newParcel(life, id) })

  /** A parcel that was already being checked before the simulation, last at `checkedAt`. */
  const adopt = (life: ParcelLife, id: string, checkedAt: number) => {
    const parcel = newParcel(life, id)
    learn({ parcel, dueAt: checkedAt, wasDue: true }, parcel.tell(checkedAt), checkedAt)
  }

  const happen = (happening: Happening) => {
    switch (happening.kind) {
      case 'urgent-tick':
        happenings.push(now + minute, happening)
        return isDue([priorities.manual, priorities.urgent]) && work()
      case 'regular-tick':
        happenings.push(now + 5 * minute, happening)
        return work()
      case 'wake':
        wakeAt = Number.POSITIVE_INFINITY
        return work()
      case 'close':
        close(happening.grant, happening.choice, happening.claimed)
        return work()
      case 'register':
        return schedule(happening.parcel, new Date(now), priorities.urgent)
    }
  }

  const run = () => {
    happenings.push(now, { kind: 'urgent-tick' })
    happenings.push(now, { kind: 'regular-tick' })
    while (happenings.nextDueAt() < options.until) {
      const next = happenings.pop()!
      now = next.dueAt
      happen(next.item)
    }
  }
  return { register, adopt, run, parcels }
}

import { priorities } from '@jejak/db/priorities'
import { expect, test } from 'vitest'
import { judgeRunParcel } from './judge-run-parcel.ts'

const asOf = new Date('2026-11-17T02:00:00Z')
const later = new Date('2026-11-17T03:00:00Z')
const before = new Date('2026-11-17T01:00:00Z')
const parcel = { archivedAt: null, endedAt: null, changedAt: before, confirmedAt: before }
const schedule = { checkedAt: before, updatePriority: priorities.scheduled as number, strikes: 0, inFlight: false }
type Given = {
  askedAt?: Date
  parcel?: Partial<Record<keyof typeof parcel, Date | null>>
  schedule?: Partial<Omit<typeof schedule, 'checkedAt'>> & { checkedAt?: Date | null }
}
const judge = (given: Given, state: 'running' | 'paused' | 'cancelled' = 'running') =>
  judgeRunParcel(
    {
      ...{ trackingId: '1', askedAt: given.askedAt ?? null },
      parcel: { ...parcel, ...given.parcel } as typeof parcel,
      schedule: { ...schedule, ...given.schedule },
    },
    { state, asOf, withEnded: false },
  )
const settled = (outcome: string, reason: string | null = null) => ({ kind: 'settle', end: { outcome, reason } })
const manual = { updatePriority: priorities.manual }

test('a parcel that waits is asked for, and left alone while its run is paused or a call has it', () => {
  expect(judge({})).toEqual({ kind: 'ask' })
  expect(judge({}, 'paused')).toEqual({ kind: 'leave' })
  expect(judge({ schedule: { inFlight: true } })).toEqual({ kind: 'leave' })
})

test('one that was asked for waits for its answer, and leaves the queue when its run stops', () => {
  const asked = { askedAt: asOf, schedule: manual }
  expect(judge(asked)).toEqual({ kind: 'leave' })
  expect(judge(asked, 'paused')).toEqual({ kind: 'give_back' })
  expect(judge(asked, 'cancelled')).toEqual({ kind: 'give_back' })
  // Someone gave it another time meanwhile.
  expect(judge({ askedAt: asOf })).toEqual({ kind: 'ask' })
})

test('what another check has brought since the run began counts', () => {
  const checked = { schedule: { checkedAt: later } }
  expect(judge(checked)).toEqual(settled('unchanged'))
  expect(judge({ ...checked, parcel: { changedAt: later } })).toEqual(settled('changed'))
  expect(judge({ ...checked, parcel: { confirmedAt: null } })).toEqual(settled('not_found'))
})

test('what ended or was archived since then is skipped, with the reason', () => {
  expect(judge({ parcel: { endedAt: later } })).toEqual(settled('skipped', 'ended'))
  expect(judge({ parcel: { archivedAt: later } })).toEqual(settled('skipped', 'archived'))
})

test('a suspect has its trial; only a number that failed alone has failed', () => {
  const strikes = (amount: number) => ({ strikes: amount, updatePriority: priorities.suspect })
  expect(judge({ askedAt: asOf, schedule: strikes(2) })).toEqual({ kind: 'on_trial' })
  expect(judge({ askedAt: asOf, schedule: strikes(2) }, 'paused')).toEqual({ kind: 'give_back' })
  expect(judge({ askedAt: asOf, schedule: strikes(4) })).toEqual(settled('failed', 'fails_upstream'))
  expect(judge({ schedule: strikes(4) })).toEqual(settled('skipped', 'fails_upstream'))
})

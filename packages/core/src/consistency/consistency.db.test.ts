import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkDue } from '../checking/index.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/check-world.ts'
import { repairConsistency } from './repair.ts'
import { documentRule, readingRule, scheduleRule, verifyConsistency } from './verify.ts'

const never = new AbortController().signal
let world: CheckWorld
let ids: string[]
beforeAll(async () => {
  world = await createCheckWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.query('delete from tracking_cache')
  ids = [...(await world.register(trackingNumbers(3))).values()]
  world.clock.advance(60_000)
  await checkDue(world.process(), { connectionId: world.installation.connectionId, signal: never })
})

const brokenRules = async () =>
  (await verifyConsistency(world.process(), never)).filter(({ holds }) => !holds).map(({ rule }) => rule)
const first = (text: string, ...values: unknown[]) => world.query(text, [ids[0], ...values])

/** One fault of each kind, of which a program can repair. */
const faults: Record<string, () => Promise<unknown>> = {
  'the day counter of a connection equals its logged calls': () =>
    world.query('update connections set calls_used = calls_used + 5'),
  'an ended parcel is due for nothing but its confirmation, unless someone asks': async () => {
    await first(
      `update tracking_cache set status = 'delivered', ended_at = registered_at, events = $2 where id = $1`,
      [
        JSON.stringify([
          {
            ...{ at: world.clock.now().toISOString(), rawAt: '', zoneGuessed: false, code: 5, text: 'Delivered' },
            ...{ location: null, status: 'delivered', substatus: null },
          },
        ]),
      ].join(''),
    )
    await repairConsistency(world.process(), never)
    await first(
      'update tracking_schedule set next_update_due = $2, update_priority = 100 where tracking_id = $1',
      world.clock.now(),
    )
  },
  'a living parcel always has a next check': () => first('delete from tracking_schedule where tracking_id = $1'),
  'a parcel in flight is in a call that is still open': () =>
    first(
      `update tracking_schedule set call_id = (select max(id) from api_calls), next_update_due = $2 where tracking_id = $1`,
      new Date(world.clock.now().getTime() + 60_000),
    ),
  'parcel and schedule belong to the same connection': async () => {
    const [other] = await world.query<{ id: string }>(
      `insert into connections (organization_id, api) select organization_id, 'classic' from connections limit 1 returning id`,
    )
    await first('update tracking_schedule set connection_id = $2 where tracking_id = $1', other!.id)
  },
  'the counts of parcels are those of the parcels': () => world.query('delete from tracking_count_changes'),
  [scheduleRule]: () =>
    first(
      'update tracking_schedule set next_update_due = $2 where tracking_id = $1',
      new Date(world.clock.now().getTime() + 300 * 86_400_000),
    ),
  [documentRule]: () =>
    first(`update tracking_cache set document = replace(document, '"events"', '"event"') where id = $1`),
  [readingRule]: () =>
    first(`update tracking_cache set status = 'on_hold', collected_at = null where id = $1 and status <> 'on_hold'`),
}

test('a healthy shop breaks no rule, and a repair of it changes nothing', async () => {
  expect(await brokenRules()).toEqual([])
  expect(await repairConsistency(world.process(), never)).toEqual({})
})

test.each(Object.keys(faults))('a fault of the kind "%s" is found, and repaired', async (rule) => {
  await faults[rule]!()
  expect(await brokenRules()).toContain(rule)
  expect(await repairConsistency(world.process(), never)).toHaveProperty([rule])
  expect(await brokenRules()).toEqual([])
})

test('a parcel that was misread is named, with what differs, also where its status does not', async () => {
  await first(`update tracking_cache set requires_attention = true, attention_reason = 'damaged' where id = $1`)
  const rules = await verifyConsistency(world.process(), never)
  expect(rules.find(({ rule }) => rule === readingRule)).toMatchObject({
    holds: false,
    examples: [
      { parcels: 1, statuses: 0 },
      { trackingNumber: trackingNumbers(3)[0], differs: ['attention damaged → none'] },
    ],
  })
})

test('every rule that is said to be repairable has its fault here', async () => {
  const repairable = (await verifyConsistency(world.process(), never)).filter(({ isRepairable }) => isRepairable)
  expect(repairable.map(({ rule }) => rule).sort()).toEqual(Object.keys(faults).sort())
})

test('a repaired parcel is again what its courier said, and is checked again', async () => {
  const before = await first('select status, document from tracking_cache where id = $1')
  await first(`update tracking_cache set status = 'exception', document = '{' where id = $1`)
  await first('delete from tracking_schedule where tracking_id = $1')
  await repairConsistency(world.process(), never)
  expect(await first('select status, document from tracking_cache where id = $1')).toEqual(before)
  world.clock.advance(1000)
  const run = await checkDue(world.process(), { connectionId: world.installation.connectionId, signal: never })
  expect(run.asked).toBeGreaterThan(0)
})

test('who repaired, and how much, stands in the audit log', async () => {
  await faults['a living parcel always has a next check']!()
  await repairConsistency(world.process(), never)
  const [entry] = await world.query(
    `select actor, detail from audit_log where act = 'consistency.repaired' order by id desc limit 1`,
  )
  expect(entry).toEqual({ actor: 'worker', detail: 'rules 1, rows 1' })
})

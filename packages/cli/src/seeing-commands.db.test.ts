import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CliWorld, createCliWorld } from './testing/cli-world.ts'

let world: CliWorld
const jejak = (...args: string[]) => world.jejak(...args)

beforeAll(async () => {
  world = await createCliWorld()
  await world.database.pool.query(
    `insert into tracking_cache (organization_id, connection_id, tracking_number, courier, document, document_version, registered_at, changed_at)
     select organization_id, id, 'JT0000000001', 'J&T Express', '{', '1', now(), now() from connections limit 1;
     insert into tracking_schedule (tracking_id, connection_id, organization_id, next_update_due)
     select id, connection_id, organization_id, now() from tracking_cache;
     insert into api_calls (connection_id, organization_id, budget_day, is_manual, slot, opened_at, lease_until, batch_size, closed_at, outcome, found, changed,
                            duration_ms, http_status, request_id, error, couriers)
     select c.connection_id, c.organization_id, (now() at time zone 'Asia/Kuala_Lumpur')::date, false, 0, now(), now() + interval '1 minute', 2, now(), outcome,
            case when outcome = 'ok' then 2 end, case when outcome = 'ok' then 1 end, 900, http, 'ep-1', error, '{"J&T Express": 1, "": 1}'
       from tracking_cache c, (values ('ok', 200, null), ('server', 500, 'EasyParcel is down.')) as told (outcome, http, error)`,
  )
}, 300_000)
afterAll(() => world.close())

test('the last calls are shown with what EasyParcel said, or only those that failed', async () => {
  const { stdout } = await jejak('calls')
  expect(stdout).toMatch(/scheduled +2 +ok +2 +1 +900 +200 +ep-1/)
  const failed = JSON.parse((await jejak('calls', '--failed', '--json')).stdout)
  expect(failed.data).toMatchObject([{ outcome: 'server', error: 'EasyParcel is down.', requestId: 'ep-1' }])
  expect(await jejak('calls', '--limit', '0')).toMatchObject({ code: 2 })
  const file = await jejak('calls', '--csv', '--failed')
  expect(file.stdout).toMatch(/^id,at,[^\n]*\r\n\d+,[^\n]*EasyParcel is down\.[^\n]*\r\n$/)
  expect(await jejak('calls', '--csv', '--json')).toMatchObject({ code: 2 })
  expect(await jejak('calls', '--to', 'calls.csv')).toMatchObject({ code: 2 })
}, 300_000)

test('what calls were used for is told by hour, day or courier, as text, CSV or JSON', async () => {
  expect((await jejak('usage')).stdout).toMatch(/^DAY +CALLS +CHECKS .*\n\d{4}-\d\d-\d\d +2 +4 /)
  expect((await jejak('usage', '--by', 'courier', '--csv')).stdout).toBe(
    'courier,calls,checks\nJ&T Express,1,2\n,1,2\n',
  )
  expect(JSON.parse((await jejak('usage', '--by', 'hour', '--json')).stdout)).toMatchObject({
    data: [{ calls: 2, failed: 1 }],
    isComplete: true,
  })
  expect(await jejak('usage', '--from', '2026-02-30')).toMatchObject({ code: 2 })
  expect(await jejak('usage', '--from', '2020-01-01')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('at most 400 days'),
  })
}, 300_000)

test('notes are written, listed, undone and removed, and what happened can be followed from a place on', async () => {
  const added = await jejak('note:add', 'JT0000000001', 'Box was wet.')
  expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Note \d+ written\.\n$/) })
  expect((await jejak('note:list', 'JT0000000001')).stdout).toMatch(/console +Box was wet\./)
  const id = /jejak undo (\d+)/.exec(added.stderr)?.[1] ?? ''
  expect(await jejak('undo', id)).toMatchObject({ stdout: 'Undone: note.added, 1 restored.\n' })
  expect((await jejak('note:list', 'JT0000000001')).stdout).toBe('There is no note.\n')
  const again = JSON.parse((await jejak('note:add', 'JT0000000001', 'Photos came.', '--json')).stdout)
  expect(await jejak('note:remove', 'JT0000000001', again.id)).toMatchObject({ code: 0 })
  expect(await jejak('note:remove', 'JT0000000001', again.id)).toMatchObject({ code: 1 })
  expect(await jejak('note:add', 'JT0000000009', 'No such parcel.')).toMatchObject({ code: 1 })
}, 300_000)

test('events are followed from a place on, each as one line, to the amount that was asked for', async () => {
  await world.database.pool.query(
    `insert into tracking_update_logs (organization_id, tracking_id, tracking_number, kind, triggered_by, at)
     select organization_id, id, tracking_number, kind, 'console', now() from tracking_cache, unnest(array['registered', 'shop_changed']) as kind`,
  )
  const { stdout, code } = await jejak('events', '--since', 'start', '--limit', '2', '--json')
  const told = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect([code, told.map(({ type }) => type)]).toEqual([0, ['registered', 'shop_changed']])
  const next = await jejak('events', '--since', told[0].place, '--limit', '1')
  expect(next.stdout).toMatch(new RegExp(`shop_changed  ${told[0].id}  ${told[1].place}\n$`))
  expect(await jejak('events', '--since', 'yesterday')).toMatchObject({ code: 2 })
}, 300_000)

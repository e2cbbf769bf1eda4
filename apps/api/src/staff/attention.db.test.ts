import { attentionView, casesAnswer, casesPage, noteList, undoList } from '@jejak/contract'
import { createUser } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { readRow, readStoredScans, renderDocument, writeScans } from '@jejak/core/parcels'
import { findBrokenRules } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, type Shop, withKey } from '../testing/api-world.ts'

let world: ApiWorld
let shop: Shop
let userId: string
const minute = 60_000
const day = 86_400_000

beforeAll(async () => {
  world = await createApiWorld()
  shop = world.shop
  await createUser(
    { ...world.deps, db: world.db, actor: consoleActor },
    {
      ...{ email: 'siti@kedai.example', name: 'Siti', password: 'three cups of teh tarik', isOperator: false },
      membership: { organizationId: shop.organizationId, role: 'support' },
    },
  )
  const [user] = await world.query<{ id: string }>('select id from users')
  userId = user!.id
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.query(`delete from tracking_cache`)
  await world.query(`delete from undos`)
  await world.query(`delete from pgboss.job`)
})

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
const send = (method: Method, url: string, payload?: object, key = shop.key) =>
  world.app.inject({ method, url, headers: withKey(key), ...(payload && { payload }) })
const post = async (what: string, payload: object, key?: string) => {
  const answer = await send('POST', `/v1/admin/attention/${what}`, payload, key)
  expect([what, answer.statusCode, answer.statusCode === 200 ? null : answer.json()]).toEqual([what, 200, null])
  return casesAnswer.strict().parse(answer.json())
}
const cases = async (query = '') =>
  casesPage.strict().parse((await send('GET', `/v1/admin/attention/cases${query}`)).json()).data
const attention = async () => attentionView.strict().parse((await send('GET', '/v1/admin/attention')).json())
const undo = (id: string, key?: string) => send('POST', `/v1/admin/undo/${id}`, undefined, key)

let registered = 0
/** A parcel that a check has put on the list for this reason. */
const needing = async (reason: string | null, told = '[]'): Promise<string> => {
  registered += 1
  const trackingNumber = `ATT${String(registered).padStart(8, '0')}`
  const payload = { trackingNumber, orderNumber: `SO-${registered}`, courier: 'J&T Express' }
  const { id } = (await send('POST', '/v1/trackings', payload)).json()
  world.clock.advance(1000)
  const events = writeScans(readStoredScans(told, 'open'))
  const life = { registeredAt: world.clock.now(), bookedAt: null, countsFrom: null }
  const read = readRow({ ...life, events, api: 'open' }, { now: world.clock.now(), rules: world.config.tracking })
  const { status, substatus } = read
  const shown = { trackingNumber, courier: payload.courier, estimatedDelivery: null, status, substatus }
  const { document, version } = renderDocument({ ...shown, ...read.milestones, events: read.events, isDemo: false })
  await world.query(
    `update tracking_cache set attention_reason = $2, requires_attention = $2::text is not null, changed_at = $3, events = $4, status = $5,
            document = $6, document_version = $7, collected_at = $8, substatus = $9 where id = $1`,
    [id, reason, world.clock.now(), events, status, document, version, read.milestones.collectedAt, substatus],
  )
  return id
}
const scans = (...told: [at: string, code: number, text: string][]) =>
  JSON.stringify(
    told.map(([at, code, text], position) => ({
      ...{ at, rawAt: at, zoneGuessed: false, code, text, location: null, source: 'open', position },
      toldAt: '2026-03-01T00:00:00.000Z',
    })),
  )
const underWay = scans(['2026-02-27T02:00:00.000Z', 3, ''], ['2026-02-28T02:00:00.000Z', 4, 'Departed'])
/** All that is stored of a parcel but when it was changed. */
const rowsOf = async (id: string) => {
  const [parcel] = await world.query<{ row: Record<string, unknown> }>(
    `select to_jsonb(t) - 'changed_at' - 'document_changed_at' as row from tracking_cache t where id = $1`,
    [id],
  )
  const [schedule] = await world.query(`select to_jsonb(s) as row from tracking_schedule s where tracking_id = $1`, [
    id,
  ])
  const [one] = await world.query(`select to_jsonb(a) as row from attention_cases a where tracking_id = $1`, [id])
  return { parcel: parcel?.row, schedule, attentionCase: one }
}
const view = async (id: string) => (await send('GET', `/v1/trackings/${id}`)).json()
const changed = (id: string, events = underWay) =>
  world.query(`update tracking_cache set changed_at = $2, events = $3 where id = $1`, [id, world.clock.now(), events])
const soon = (ms: number) => new Date(world.clock.now().getTime() + ms).toISOString()

describe('what needs a person', () => {
  test('is counted by reason, with the oldest, what it means and what can be done about it', async () => {
    const first = await needing('never_found')
    await needing('never_found')
    await needing('damaged')
    await needing(null)
    const { open, reasons } = await attention()
    expect(open).toBe(3)
    expect(reasons.map(({ reason, open }) => [reason, open])).toEqual([
      ['never_found', 2],
      ['damaged', 1],
    ])
    expect(reasons[0]).toMatchObject({
      meaning: 'EasyParcel has never known this number.',
      silent: 0,
      oldestAt: (await cases())[0]!.openedAt,
      choices: [
        { how: 'fix', needs: 'fix', canUndo: true },
        { how: 'retry', canUndo: false },
        { how: 'seen', canUndo: true },
        { how: 'mute', needs: 'until' },
      ],
    })
    expect((await cases())[0]).toMatchObject({
      id: first,
      reason: 'never_found',
      courier: 'J&T Express',
      orderNumber: expect.stringMatching(/^SO-/),
    })
  })

  test('is listed page by page, the longest open first, and another shop sees nothing of it', async () => {
    const ids = [await needing('damaged'), await needing('never_found'), await needing('damaged')]
    const first = (await send('GET', '/v1/admin/attention/cases?limit=2')).json()
    const second = (await send('GET', `/v1/admin/attention/cases?limit=2&cursor=${first.nextCursor}`)).json()
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids)
    expect(second.nextCursor).toBeNull()
    expect((await cases('?reason=damaged')).map(({ id }) => id)).toEqual([ids[0], ids[2]])
    const other = await world.addShop('kedai-lain')
    const theirs = await send('GET', '/v1/admin/attention/cases', undefined, other.key)
    expect(theirs.json().data).toEqual([])
    expect(await post('settle', { ids, how: 'seen' }, other.key)).toMatchObject({
      done: 0,
      left: [{ why: 'not_open', amount: 3 }],
    })
    expect((await send('GET', '/v1/admin/attention/cases?cursor=x')).statusCode).toBe(400)
  })

  test('a reason that goes by itself closes the case, and one that comes back opens it anew', async () => {
    const id = await needing('no_longer_found')
    const since = (await cases())[0]!.openedAt
    world.clock.advance(minute)
    await world.query(
      `update tracking_cache set attention_reason = null, requires_attention = false, changed_at = $2 where id = $1`,
      [id, world.clock.now()],
    )
    expect(await cases()).toEqual([])
    world.clock.advance(minute)
    await world.query(
      `update tracking_cache set attention_reason = 'lost', requires_attention = true, changed_at = $2 where id = $1`,
      [id, world.clock.now()],
    )
    const [again] = await cases()
    expect(again).toMatchObject({ id, reason: 'lost' })
    expect(again!.openedAt > since).toBe(true)
  })
})

describe('settling', () => {
  test('closes the case, says who and when, and what the courier told until then raises it no more', async () => {
    const id = await needing('damaged', underWay)
    expect(await post('settle', { ids: [id, '999999'], how: 'seen' })).toMatchObject({
      done: 1,
      left: [{ why: 'not_open', amount: 1, sentence: 'These parcels need no one now.' }],
      isComplete: true,
      undo: { id: expect.any(String) },
    })
    expect(await cases()).toEqual([])
    const { open, lastSettledAt } = await attention()
    expect([open, lastSettledAt]).toEqual([0, world.clock.now().toISOString()])
    const { parcel, attentionCase } = await rowsOf(id)
    expect(parcel).toMatchObject({ attention_reason: null, attention_seen_at: expect.stringContaining('2026-02-28') })
    expect(attentionCase).toMatchObject({ row: { settled_how: 'seen', settled_by: expect.stringMatching(/^key:/) } })
  })

  test('all cases of a reason as of a time are settled, those that came later and silent ones are not', async () => {
    const ids = [await needing('damaged'), await needing('damaged'), await needing('damaged')]
    await post('snooze', { ids: [ids[2]], until: soon(day) })
    const asOf = world.clock.now().toISOString()
    const later = await needing('damaged')
    expect(await post('settle', { reason: 'damaged', asOf, how: 'seen' })).toMatchObject({ done: 2, isComplete: true })
    expect((await cases()).map(({ id }) => id)).toEqual([later])
    expect((await cases('?snoozed=true')).map(({ id }) => id)).toEqual([ids[2]])
  })

  test('what is not offered for a reason stays as it is', async () => {
    const id = await needing('never_found')
    expect(await post('settle', { ids: [id], how: 'lost' })).toMatchObject({
      done: 0,
      left: [{ why: 'not_offered' }],
      undo: null,
    })
    expect(await cases()).toHaveLength(1)
  })

  test('a parcel that the shop says is lost shows that to customers, is checked no more, and undoing it restores all', async () => {
    const id = await needing('no_longer_found', underWay)
    // As its check has left it.
    await world.query(
      `update tracking_schedule set next_update_due = $2, due_because = 'in transit 120' where tracking_id = $1`,
      [id, soon(day)],
    )
    const { trackingNumber } = await view(id)
    const before = await rowsOf(id)
    const answer = await post('settle', { ids: [id], how: 'lost' })
    const after = await view(id)
    expect(after).toMatchObject({
      status: 'exception',
      substatus: 'lost',
      requiresAttention: false,
      freshness: { state: 'final' },
      schedule: { nextCheckAt: null, explanation: 'exception, as the shop says: never' },
    })
    expect(after.events[0]).toMatchObject({
      status: 'exception',
      substatus: 'lost',
      source: 'staff',
      text: 'Marked as lost by the shop',
    })
    const seen = (await world.app.inject({ url: `/v1/track/${trackingNumber}` })).json()
    expect(seen).toMatchObject({ status: 'exception', substatus: 'lost' })
    expect(seen.events[0]).toMatchObject({ source: 'staff' })
    expect((await undo(answer.undo!.id)).json()).toMatchObject({ act: 'attention.settled', restored: 1, kept: 0 })
    const restored = await rowsOf(id)
    expect(restored).toEqual(before)
    expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
  })

  test('a parcel that came back is returned, and may be stated for several at once', async () => {
    const ids = [await needing('failed_twice', underWay), await needing('damaged', underWay)]
    expect(await post('settle', { ids, how: 'returned' })).toMatchObject({ done: 2 })
    for (const id of ids) expect(await view(id)).toMatchObject({ status: 'returned', requiresAttention: false })
    expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
  })

  test('trying again makes the parcel due now, in one job for each account, and cannot be undone', async () => {
    const ids = [await needing('unreadable', underWay), await needing('no_longer_found', underWay)]
    await world.query(`delete from pgboss.job`)
    await world.query(`update tracking_schedule set next_update_due = $1`, [soon(day)])
    expect(await post('settle', { ids, how: 'retry' })).toMatchObject({ done: 2, undo: null })
    for (const id of ids)
      expect((await view(id)).schedule).toMatchObject({ priority: 50, nextCheckAt: world.clock.now().toISOString() })
    expect(await world.query(`select from pgboss.job where name = 'check-due'`)).toHaveLength(1)
    expect(await cases()).toEqual([])
  })

  test('of several, those that EasyParcel may fail on are not tried again; one of them alone is', async () => {
    const ids = [await needing('upstream_fails_on_it', underWay), await needing('upstream_fails_on_it', underWay)]
    const innocent = await needing('upstream_fails_on_it', underWay)
    await world.query(
      `update tracking_schedule set next_update_due = $1, strikes = 2, update_priority = 120, batch_limit = 7, struck_at = $1 where tracking_id = any ($2)`,
      [soon(day), ids],
    )
    const all = { reason: 'upstream_fails_on_it', asOf: soon(0), how: 'retry' }
    expect(await post('settle', all)).toMatchObject({
      done: 1,
      left: [{ why: 'needs_own_call', amount: 2, sentence: expect.stringContaining('one at a time') }],
    })
    expect((await cases()).map(({ id }) => id)).toEqual(ids)
    expect((await view(innocent)).schedule.priority).toBe(50)
    expect(await post('settle', { ids, how: 'retry' })).toMatchObject({ done: 0, left: [{ amount: 2 }] })
    expect(await post('settle', { ids: [ids[0], ids[0]], how: 'retry' })).toMatchObject({ done: 1, left: [] })
    expect((await view(ids[0]!)).schedule.priority).toBe(50)
  })

  test('who may not have many checked tries one parcel again, not several; each time counts as a check asked for by hand', async () => {
    const ids = [await needing('unreadable', underWay), await needing('unreadable', underWay)]
    const headers = { origin: 'http://localhost:3000' }
    const payload = { email: 'siti@kedai.example', password: 'three cups of teh tarik' }
    const signedIn = await world.app.inject({ method: 'POST', url: '/v1/session', headers, payload })
    const siti = { ...headers, cookie: String(signedIn.headers['set-cookie']).split(';')[0]! }
    const settle = (which: object) =>
      world.app.inject({
        method: 'POST',
        url: '/v1/admin/attention/settle',
        headers: siti,
        payload: { ...which, how: 'retry' },
      })
    for (const many of [{ ids }, { reason: 'unreadable', asOf: soon(0) }]) {
      const refused = await settle(many)
      expect([refused.statusCode, refused.json().detail]).toEqual([403, expect.stringContaining('checks:bulk')])
    }
    const tried = await settle({ ids: [ids[0]] })
    expect(tried.json()).toMatchObject({ done: 1 })
    expect(tried.headers.ratelimit).toMatch(/^"refreshes"/)
    expect((await cases()).map(({ id }) => id)).toEqual([ids[1]])
  })

  test('with the right number the parcel keeps its order, finds its history and is asked about soon', async () => {
    const id = await needing('never_found')
    const { trackingNumber, orderNumber } = await view(id)
    const fixed = { trackingNumber: `RIGHT${registered}` }
    expect(await post('settle', { ids: [id], how: 'fix', fix: fixed })).toMatchObject({ done: 1 })
    expect(await view(id)).toMatchObject({
      ...{ id, ...fixed, orderNumber, requiresAttention: false },
      schedule: { nextCheckAt: world.clock.now().toISOString(), explanation: 'registered with another number' },
    })
    expect((await world.app.inject({ url: `/v1/track/${trackingNumber}` })).statusCode).toBe(404)
    expect((await world.app.inject({ url: `/v1/track/${fixed.trackingNumber}` })).json()).toMatchObject(fixed)
    expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
  })

  test('a number that the shop has already, or for which something was found, is refused', async () => {
    const [one, other, known] = [await needing('never_found'), await needing(null), await needing(null, underWay)]
    const patch = (id: string, trackingNumber: string) => send('PATCH', `/v1/trackings/${id}`, { trackingNumber })
    const taken = await patch(one, (await view(other)).trackingNumber)
    expect([taken.statusCode, taken.json().detail]).toEqual([409, 'The shop has a parcel with this number already.'])
    const found = await patch(known, 'SOMETHING01')
    expect([found.statusCode, found.json().detail]).toEqual([409, expect.stringContaining('register the right number')])
    const racing = await Promise.all([patch(one, 'SAMENUMBER1'), patch(other, 'SAMENUMBER1')])
    expect(racing.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 409])
  })

  test('settling wants to know what it needs, and no time that has passed', async () => {
    const id = await needing('damaged')
    for (const payload of [
      { ids: [id], how: 'tell_later' },
      { ids: [id], how: 'seen', until: soon(day) },
      { ids: [id], how: 'fix' },
      { ids: [id], how: 'mute', until: soon(-day) },
      { ids: [id], how: 'mute', until: soon(400 * day) },
      { how: 'seen' },
      { reason: 'damage', asOf: soon(0), how: 'seen' },
      { ids: [id], reason: 'damaged', asOf: soon(0), how: 'seen' },
      { ids: Array.from({ length: 1001 }, (_, place) => String(place)), how: 'seen' },
    ])
      expect([payload, (await send('POST', '/v1/admin/attention/settle', payload)).statusCode]).toEqual([payload, 400])
    expect((await send('GET', '/v1/admin/attention/cases?reason=damage')).statusCode).toBe(400)
  })
})

describe('silence', () => {
  test('a snoozed case is silent until its time', async () => {
    const id = await needing('damaged')
    await post('snooze', { ids: [id], until: soon(day) })
    expect(await cases()).toEqual([])
    expect((await attention()).reasons).toMatchObject([{ open: 1, silent: 1, oldestAt: null }])
    expect(await cases('?snoozed=true')).toMatchObject([{ id, snoozedUntil: soon(day), snoozedFor: 'later' }])
    world.clock.advance(day + 1)
    expect(await cases()).toMatchObject([{ id, snoozedFor: null }])
  })

  test('news ends a snooze, an edit by the shop does not', async () => {
    const id = await needing('damaged')
    await post('settle', { ids: [id], how: 'tell_later', until: soon(day) })
    expect(await cases('?snoozed=true')).toMatchObject([{ snoozedFor: 'tell_customer' }])
    world.clock.advance(minute)
    await send('PATCH', `/v1/trackings/${id}`, { courier: 'Pos Laju' })
    expect(await cases()).toEqual([])
    world.clock.advance(minute)
    await changed(id)
    expect(await cases()).toMatchObject([{ id }])
  })

  test('a case that was to remind of the customer says so when its time has come', async () => {
    const id = await needing('damaged')
    await post('settle', { ids: [id], how: 'tell_later', until: soon(day) })
    world.clock.advance(day + 1)
    expect(await cases()).toMatchObject([{ id, snoozedFor: 'tell_customer' }])
  })

  test('a muted reason stays silent whatever comes; another reason asks all the same', async () => {
    const id = await needing('no_longer_found')
    await post('settle', { ids: [id], how: 'mute', until: soon(day) })
    world.clock.advance(minute)
    await changed(id)
    expect(await cases()).toEqual([])
    const becomes = (reason: string | null) =>
      world.query(
        `update tracking_cache set attention_reason = $2, requires_attention = $2::text is not null, changed_at = $3 where id = $1`,
        [id, reason, world.clock.now()],
      )
    await becomes(null)
    await becomes('no_longer_found')
    expect(await cases()).toEqual([])
    await becomes('damaged')
    expect(await cases()).toMatchObject([{ id, reason: 'damaged', mutedUntil: null }])
    await post('snooze', { ids: [id], until: null })
    await becomes('no_longer_found')
    expect(await cases()).toMatchObject([{ id, reason: 'no_longer_found' }])
  })
})

describe('whose case it is', () => {
  test('members of the shop have cases; whoever has left has none', async () => {
    const [mine, other] = [await needing('damaged'), await needing('damaged')]
    await post('assign', { ids: [mine], userId })
    expect(await cases(`?assignee=${userId}`)).toMatchObject([{ id: mine, assignee: { id: userId, name: 'Siti' } }])
    expect((await cases('?assignee=none')).map(({ id }) => id)).toEqual([other])
    const stranger = await send('POST', '/v1/admin/attention/assign', { ids: [mine], userId: '999' })
    expect([stranger.statusCode, stranger.json().detail]).toEqual([400, 'userId: The shop has no member with this id.'])
    await world.query('update attention_cases set assignee_id = 4711 where tracking_id = $1', [mine])
    expect(await cases('?assignee=none')).toHaveLength(2)
    expect((await send('GET', '/v1/admin/attention/cases?assignee=me')).statusCode).toBe(400)
  })
})

describe('notes', () => {
  const notes = async (id: string) =>
    noteList.strict().parse((await send('GET', `/v1/admin/trackings/${id}/notes`)).json()).data

  test('are kept with who wrote them and when, seen beside the case, removed, and go with the parcel', async () => {
    const id = await needing('damaged')
    const added = await send('POST', `/v1/admin/trackings/${id}/notes`, { text: 'Box was wet.\nPhotos asked for.' })
    expect(added.statusCode).toBe(201)
    await post('note', { ids: [id], text: 'Photos came.' })
    expect((await notes(id)).map(({ text }) => text)).toEqual(['Photos came.', 'Box was wet.\nPhotos asked for.'])
    expect(await cases()).toMatchObject([{ note: { text: 'Photos came.', by: expect.stringMatching(/^key:/) } }])
    expect((await send('DELETE', `/v1/admin/trackings/${id}/notes/${added.json().id}`)).statusCode).toBe(204)
    expect((await send('DELETE', `/v1/admin/trackings/${id}/notes/${added.json().id}`)).statusCode).toBe(404)
    expect(await notes(id)).toHaveLength(1)
    expect((await send('DELETE', `/v1/trackings/${id}`)).statusCode).toBe(204)
    expect(await world.query('select from parcel_notes')).toEqual([])
    expect((await send('GET', `/v1/admin/trackings/${id}/notes`)).statusCode).toBe(404)
  })

  test('are at most fifty a parcel and a thousand characters long', async () => {
    const id = await needing('damaged')
    await world.query(
      `insert into parcel_notes (organization_id, tracking_id, at, author, text) select $1, $2, now(), 'user:1', 'n' from generate_series(1, 50)`,
      [shop.organizationId, id],
    )
    expect((await send('POST', `/v1/admin/trackings/${id}/notes`, { text: 'one more' })).statusCode).toBe(409)
    expect(await post('note', { ids: [id], text: 'one more' })).toMatchObject({ done: 0, left: [{ why: 'full' }] })
    expect((await send('POST', `/v1/admin/trackings/${id}/notes`, { text: 'n'.repeat(1001) })).statusCode).toBe(400)
  })
})

describe('undo', () => {
  test('restores exactly what was, once, and the day’s list no longer shows it', async () => {
    const ids = [await needing('damaged', underWay), await needing('never_found')]
    const before = [await rowsOf(ids[0]!), await rowsOf(ids[1]!)]
    for (const [what, payload] of [
      ['settle', { ids, how: 'seen' }],
      ['snooze', { ids, until: soon(day) }],
      ['assign', { ids, userId }],
      ['settle', { ids, how: 'mute', until: soon(day) }],
    ] as const) {
      const { undo: ref } = await post(what, payload)
      expect(undoList.strict().parse((await send('GET', '/v1/admin/undo')).json()).data).toMatchObject([
        { id: ref!.id, amount: 2, mayUndo: true },
      ])
      world.clock.advance(minute)
      expect((await undo(ref!.id)).json()).toMatchObject({ restored: 2, kept: 0 })
      expect([await rowsOf(ids[0]!), await rowsOf(ids[1]!)]).toEqual(before)
      const twice = await undo(ref!.id)
      expect([twice.statusCode, twice.json().detail]).toEqual([409, 'This has been undone already.'])
      expect((await send('GET', '/v1/admin/undo')).json().data).toEqual([])
    }
    expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
  })

  test('leaves what checks have found out since then: when EasyParcel answered, how often it failed, whether it knows the number', async () => {
    const [checked, failed] = [await needing('no_longer_found', underWay), await needing('no_longer_found', underWay)]
    const due = soon(day)
    await world.query(
      `update tracking_schedule set next_update_due = $1, update_priority = 100, checked_at = $2, due_because = 'in transit 120'`,
      [due, soon(-day)],
    )
    const { undo: ref } = await post('settle', { ids: [checked, failed], how: 'lost' })
    world.clock.advance(minute)
    const now = soon(0)
    await world.query(`update tracking_schedule set checked_at = $2, checked_by = 'manual' where tracking_id = $1`, [
      checked,
      now,
    ])
    await world.query(`update tracking_cache set confirmed_at = $2 where id = $1`, [checked, now])
    await world.query(
      `update tracking_schedule set consecutive_failures = 3, strikes = 2, struck_at = $2, batch_limit = 7, update_priority = 120, last_failure = 'server' where tracking_id = $1`,
      [failed, now],
    )
    expect((await undo(ref!.id)).json()).toMatchObject({ restored: 2, kept: 0 })
    const facts = async (id: string) => {
      const { parcel, schedule } = await rowsOf(id)
      return {
        ...(schedule as { row: Record<string, unknown> }).row,
        confirmed: parcel!.confirmed_at,
        status: parcel!.status,
      }
    }
    const at = (iso: string) => expect.stringContaining(iso.slice(0, 19))
    const back = { status: 'in_transit', next_update_due: at(due), due_because: 'in transit 120' }
    expect(await facts(checked)).toMatchObject({
      ...{ ...back, checked_at: at(now), checked_by: 'manual', confirmed: at(now), update_priority: 100 },
    })
    expect(await facts(failed)).toMatchObject({
      ...{ ...back, consecutive_failures: 3, strikes: 2, last_failure: 'server', update_priority: 120, batch_limit: 7 },
    })
    expect(await findBrokenRules(world.db.sql, world.clock.now())).toEqual([])
  })

  test('leaves what has changed since, and refuses where that is all', async () => {
    const ids = [await needing('damaged'), await needing('damaged')]
    const { undo: ref } = await post('settle', { ids, how: 'seen' })
    world.clock.advance(minute)
    await changed(ids[0]!)
    expect((await undo(ref!.id)).json()).toMatchObject({ restored: 1, kept: 1 })
    expect((await cases()).map(({ id }) => id)).toEqual([ids[1]])
    const one = await post('snooze', { ids: [ids[1]], until: soon(day) })
    await post('assign', { ids: [ids[1]], userId })
    const refused = await undo(one.undo!.id)
    expect([refused.statusCode, refused.json().detail]).toEqual([409, expect.stringContaining('has changed since')])
  })

  test('is over after ten minutes, and no other shop’s', async () => {
    const id = await needing('damaged')
    const { undo: ref } = await post('settle', { ids: [id], how: 'seen' })
    const other = await world.addShop('kedai-jauh')
    expect((await undo(ref!.id, other.key)).statusCode).toBe(404)
    world.clock.advance(10 * minute)
    const late = await undo(ref!.id)
    expect([late.statusCode, late.json().detail]).toEqual([
      409,
      'This can no longer be undone: ten minutes have passed.',
    ])
  })

  test('takes an edit back, with the order’s number', async () => {
    const id = await needing(null)
    const before = await rowsOf(id)
    const order = await view(id)
    const patch = { courier: null, estimatedDelivery: '2026-03-09', orderNumber: 'SO-OTHER' }
    const edited = (await send('PATCH', `/v1/trackings/${id}`, patch)).json()
    expect(edited).toMatchObject({ ...patch, undo: { id: expect.any(String) } })
    expect((await undo(edited.undo.id)).json()).toMatchObject({ act: 'parcels.changed', restored: 1 })
    expect(await rowsOf(id)).toEqual(before)
    expect(await view(id)).toMatchObject({ orderNumber: order.orderNumber, courier: 'J&T Express' })
  })

  test('takes a note back', async () => {
    const id = await needing('damaged')
    const added = (await send('POST', `/v1/admin/trackings/${id}/notes`, { text: 'wrong parcel' })).json()
    expect((await undo(added.undo.id)).statusCode).toBe(200)
    expect((await send('GET', `/v1/admin/trackings/${id}/notes`)).json().data).toEqual([])
  })

  test('two who undo at the same moment undo it once', async () => {
    const { undo: ref } = await post('settle', { ids: [await needing('damaged')], how: 'seen' })
    const answers = await Promise.all([undo(ref!.id), undo(ref!.id), undo(ref!.id)])
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 409, 409])
  })
})

import { listUnreadTexts } from '@jejak/db'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { reRead } from '../checking/index.ts'
import { useOwnTexts } from '../easyparcel/texts/own-texts.ts'
import { type CheckWorld, createCheckWorld, trackingNumbers } from '../testing/check-world.ts'
import { exportTexts, mapText, previewText, refreshOwnTexts, unmapText } from './index.ts'

const never = new AbortController().signal
const unread = 'Kad Zzyzx kabinet Ali 42'
const masked = 'kad … kabinet … 99'
const meant = { text: masked, status: 'in_transit', substatus: 'arrived' } as const
const actor = { kind: 'system' } as const

let world: CheckWorld
let id: string
beforeAll(async () => {
  world = await createCheckWorld()
})
afterAll(() => world.close())
afterEach(() => useOwnTexts([]))
beforeEach(async () => {
  await world.query('delete from tracking_cache')
  await world.query('delete from own_texts')
  id = [...(await world.register(trackingNumbers(1))).values()][0]!
  const at = world.clock.now().toISOString()
  const scan = {
    at,
    rawAt: at,
    zoneGuessed: false,
    code: null,
    text: unread,
    location: null,
    status: 'unknown',
    substatus: null,
  }
  await world.query('update tracking_cache set events = $2 where id = $1', [id, JSON.stringify([scan])])
  await world.query(
    `insert into unread_values (connection_id, organization_id, kind, value, times, first_seen_at, last_seen_at, examples)
     select id, organization_id, 'text', $1, 7, $2, $2, array[$3::bigint, 999999] from connections
     on conflict (connection_id, kind, value) do update set examples = excluded.examples`,
    [masked, at, id],
  )
})

const deps = () => ({ db: world.db, boss: sentJobs, clock: async () => world.clock.now() })
const jobs: string[] = []
const sentJobs = {
  send: async (name: string) => {
    jobs.push(name)
    return 'job'
  },
} as unknown as Parameters<typeof mapText>[0]['boss']
const status = async () =>
  (await world.query<{ status: string }>('select status from tracking_cache where id = $1', [id]))[0]?.status
const readAgain = async () => {
  await refreshOwnTexts(world.db.sql)
  await reRead(world.process(), never)
}

test('a text that no one could read is listed, tried, explained, and then stored scans mean what was said', async () => {
  expect(await listUnreadTexts(world.db.sql, 10)).toMatchObject([{ text: masked, times: 7, shops: 1, examples: [id] }])
  const expected = {
    text: masked,
    scans: 1,
    parcels: 1,
    moves: { 'unknown → in_transit': 1 },
    examples: [id],
    lookedAt: 1,
  }
  expect(await previewText(world.db.sql, meant)).toEqual(expected)
  expect(await world.query('select from own_texts')).toEqual([])

  const saved = await mapText(deps(), { ...meant, actor })
  expect(jobs.at(-1)).toBe('re-read')
  expect(await listUnreadTexts(world.db.sql, 10)).toEqual([])
  await readAgain()
  expect(await status()).toBe('in_transit')

  await unmapText(deps(), { actor, id: saved.id })
  await readAgain()
  expect(await status()).toBe('unknown')
  const acts = await world.query(`select act, detail from audit_log where act like 'text.%' order by id`)
  expect(acts).toEqual([
    { act: 'text.mapped', detail: 'in_transit arrived' },
    { act: 'text.unmapped', detail: 'in_transit' },
  ])
})

test('a text that Jejak reads by itself is tried on stored scans too, before it is said to mean something else', async () => {
  await world.query(
    `update tracking_cache set events = replace(events::text, $1, 'Arrived at sorting hub')::jsonb::text where id = $2`,
    [unread, id],
  )
  expect(await previewText(world.db.sql, { ...meant, text: 'Arrived at sorting hub' })).toMatchObject({
    ...{ scans: 1, parcels: 1, examples: [id], lookedAt: 1 },
  })
})

test('what differs only in names and numbers is recognised, and what the courier wrote may be given as it is', async () => {
  await mapText(deps(), { ...meant, text: unread, actor })
  expect(await world.query('select text from own_texts')).toEqual([{ text: masked }])
})

test.each([
  ['Ali 0123456789', 'in_transit', null, 'Nothing of this text is left'],
  [masked, 'delivered', null, 'something may deny it'],
  [masked, 'in_transit', 'refused', 'refused is not of in_transit'],
  ['Parcel shelved', 'lapsed', null, 'lapsed is what silence means'],
] as const)('that "%s" means %s %s is refused', async (text, status, substatus, says) => {
  await expect(mapText(deps(), { text, status, substatus, actor })).rejects.toThrow(says)
})

test('there is an end to what an installation explains by itself, and a text can always be explained differently', async () => {
  await world.query(
    `insert into own_texts (text, status, set_at, set_by) select 'text ' || n, 'in_transit', now(), 'console' from generate_series(1, 500) n`,
  )
  await expect(mapText(deps(), { ...meant, actor })).rejects.toThrow('There are 500 such texts already')
  await world.query(`update own_texts set text = 'shelved' where text = 'text 7'`)
  expect(await mapText(deps(), { text: 'Shelved', status: 'on_hold', substatus: null, actor })).toMatchObject({
    status: 'on_hold',
  })
})

test('what is handed in has the form of the collection of texts', async () => {
  const saved = await mapText(deps(), { ...meant, actor })
  expect(exportTexts([saved])).toEqual({
    corpusRows: [`${masked}\ten\tother\tin_transit\tan installation of Jejak\tjudgement`],
    readingLines: [`['in_transit arrived', '…', '', "${masked}"],`],
  })
})

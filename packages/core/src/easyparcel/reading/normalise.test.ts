import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BatchAnswer, ItemAnswer } from '../client/easyparcel-client.ts'
import { EasyParcelError } from '../client/easyparcel-error.ts'
import { type Fixture, loadFixture } from '../testing/fixtures.ts'
import { meaningOf } from './meaning.ts'
import { type NormaliseOptions, normaliseClassic, normaliseOpen } from './normalise.ts'

const optionsOf = ({ asked, now }: Pick<Fixture, 'asked' | 'now'>): NormaliseOptions => ({
  asked,
  now,
  defaultZone: '+08:00',
  httpStatus: 200,
  requestId: null,
})

const normalise = (name: string, body?: unknown): Promise<BatchAnswer> => {
  const fixture = loadFixture(name)
  const read = fixture.api === 'open' ? normaliseOpen : normaliseClassic
  return read(body ?? fixture.body, optionsOf(fixture))
}

const dhl = '7028021894371796'
const cityLink = '960301021837659'
const skynet = '238725129086'

const found = (answer: BatchAnswer, number: string) => {
  const item = answer.items.get(number)
  if (item?.kind !== 'found') throw new Error(`${number} is ${item?.kind}`)
  const events = item.scans.map((scan) => ({ ...scan, ...meaningOf(scan) }))
  return { ...item, events, flags: [...new Set(events.flatMap(({ flags }) => flags))] }
}
const kinds = (answer: BatchAnswer) =>
  Object.fromEntries([...answer.items].map(([number, item]) => [number, item.kind]))
const instants = (answer: BatchAnswer, number: string) => found(answer, number).events.map((event) => event.at)

test("in one log, EasyParcel's own times are read as UTC and the courier's as Malaysian time", async () => {
  const answer = await normalise('mixed-zones')
  expect(found(answer, dhl).events).toMatchObject([
    { at: '2026-01-23T04:29:47Z', rawAt: '2026-01-23 12:29:47', zoneGuessed: true, code: 7, status: 'info_received' },
    { at: '2026-01-23T04:28:52.494Z', rawAt: '2026-01-23T04:28:52.494Z', zoneGuessed: false, location: null },
  ])
  expect(found(answer, cityLink).events).toMatchObject([
    { at: '2026-01-20T08:20:00Z', zoneGuessed: true, location: 'Shah Alam Hub' },
    { at: '2026-01-20T08:13:00Z', zoneGuessed: true },
    { at: '2026-01-20T08:13:12Z', zoneGuessed: true, text: 'Schedule In Arrangement' },
  ])
})

test('an unsorted log keeps its order, and a cancellation that would lie in the future as UTC is read as local time', async () => {
  expect(instants(await normalise('unsorted-log'), dhl)).toEqual([
    '2026-01-29T10:10:00Z',
    '2026-01-28T01:00:00Z',
    '2026-01-30T02:04:18Z',
  ])
})

test.each(['omitted-number', 'not-found-object'])(
  'a number EasyParcel does not know is not found (%s)',
  async (name) => {
    expect(kinds(await normalise(name))).toEqual({ [dhl]: 'found', '1234567890': 'not_found' })
  },
)

test('latest_* that steps back between two checks changes nothing', async () => {
  const [first, second] = loadFixture('latest-steps-back').body as unknown[]
  const events = found(await normalise('latest-steps-back', first), cityLink).events
  expect(events).toHaveLength(2)
  expect(found(await normalise('latest-steps-back', second), cityLink).events).toEqual(events)
})

test('latest_* that repeats a logged scan in another zone adds no event', async () => {
  expect(instants(await normalise('latest-in-utc-twin'), dhl)).toEqual([
    '2026-01-23T04:28:52.494Z',
    '2026-01-23T04:29:47Z',
  ])
})

test('latest_* counts as a scan when the log is empty or lacks it', async () => {
  expect(found(await normalise('latest-without-log'), dhl).events).toMatchObject([
    { code: 4, text: 'Arrived at hub', location: null },
  ])
  expect(found(await normalise('latest-not-in-log'), dhl).events).toMatchObject([
    { code: 7 },
    { code: 7 },
    { code: 5, status: 'delivered' },
  ])
})

test('a missing latest_* adds no event', async () => {
  const answer = await normalise('latest-absent')
  expect(found(answer, dhl).events).toHaveLength(2)
  expect(found(answer, cityLink).events).toHaveLength(1)
})

test('a number that EasyParcel knows and has no news of is found without events', async () => {
  expect((await normalise('success-without-news')).items.get(dhl)).toEqual({ kind: 'found', scans: [], isWhole: false })
})

test('where code and text disagree the code stands, a hub scan does not deliver a parcel, and only a cancellation ends its life', async () => {
  const { events, flags } = found(await normalise('code-and-text-disagree'), dhl)
  expect(events.map((event) => [event.code, event.status])).toEqual([
    [4, 'collected'],
    [5, 'in_transit'],
    [8, 'cancelled'],
  ])
  expect(flags).toEqual(['kept_alive_against_code'])
})

test('a code written as text is a code, and 0 is a code', async () => {
  const { events } = found(await normalise('code-as-text'), dhl)
  expect(events.map((event) => event.code)).toEqual([7, 4, 0, 0])
  expect(events.slice(-2).map((event) => event.status)).toEqual(['cancelled', 'cancelled'])
})

test('a code of no table is kept, counted and never guessed; a code that is no number is counted and its text decides', async () => {
  const answer = await normalise('unknown-codes')
  const { events, flags } = found(answer, dhl)
  expect(events.map((event) => [event.code, event.status])).toEqual([
    [99, 'unknown'],
    [10, 'unknown'],
    [null, 'in_transit'],
    [null, 'in_transit'],
    [null, 'in_transit'],
  ])
  expect(flags).toContain('unknown_code')
  const codes = answer.unread.filter((value) => value.kind === 'code').map((value) => value.value)
  expect(codes).toEqual(['99', '10', 'DEL', '4.5'])
  expect(answer.unread).toContainEqual({ kind: 'text', value: 'Zorbing' })
})

test('lists written as objects with numeric keys are lists, and every way to write an empty one is empty', async () => {
  const answer = await normalise('numeric-keyed-lists')
  expect(found(answer, dhl).events).toHaveLength(2)
  expect(found(answer, cityLink).events).toHaveLength(1)
  expect([...(await normalise('empty-lists')).items.values()]).toEqual(
    Array(4).fill({ kind: 'found', scans: [], isWhole: false }),
  )
})

test('a number that is answered three times is one parcel with the scans of all', async () => {
  const answer = await normalise('duplicate-items')
  expect(instants(answer, dhl)).toEqual(['2026-01-23T04:29:47Z', '2026-01-23T04:28:52.494Z', '2026-01-24T01:00:00Z'])
})

test('items no one asked for and entries that are no items are ignored', async () => {
  const answer = await normalise('items-not-asked-for')
  expect(kinds(answer)).toEqual({ [dhl]: 'found' })
  expect(found(answer, dhl).events).toHaveLength(2)
})

test('a number echoed with spaces, in another case or as a JSON number is the one that was asked for', async () => {
  expect(kinds(await normalise('number-echoed-differently'))).toEqual({ SPXMY043978601057: 'found', [dhl]: 'found' })
})

test('a scan whose date cannot be read keeps its place beside its neighbours, and the shape of the date is reported', async () => {
  const answer = await normalise('undated-scans')
  expect(found(answer, dhl).events).toMatchObject([
    { at: '2026-01-23T04:29:47Z', rawAt: '2026-01-23 12:29:47', position: 0 },
    { at: '2026-01-23T04:29:00Z', rawAt: '23/01/2026 12:29', position: 1 },
    { at: '2026-01-23T04:29:00Z', rawAt: '0000-00-00 00:00:00', zoneGuessed: true, position: 2 },
    { at: '2026-01-23T04:29:00Z', rawAt: '2026-02-30 09:00:00', zoneGuessed: true, position: 3 },
    { at: '2026-01-25T01:00:00Z', text: 'In transit', position: 4 },
  ])
  expect(found(answer, dhl).isWhole).toBe(false)
  expect(answer.unread.filter((value) => value.kind === 'status').map((value) => value.value)).toEqual([
    'unreadable date: 9999-99-99 99:99:99',
    'unreadable date: none',
  ])
  expect((await normalise('only-undated-scans')).items.get(dhl)).toEqual({
    kind: 'unreadable',
    problem: 'None of the 1 scans has a usable date.',
  })
})

test('a scan dated years ahead does not deliver the parcel, until its day has come', async () => {
  const answer = await normalise('future-scans')
  expect(instants(answer, dhl)).toEqual(['2026-01-23T04:29:47Z'])
  expect(answer.unread).toEqual([{ kind: 'status', value: 'future date: 9999-99-99 99:99:99' }])
  const fixture = loadFixture('future-scans')
  const later = await normaliseOpen(fixture.body, { ...optionsOf(fixture), now: new Date('2062-01-24T00:00:00Z') })
  expect(found(later, dhl).events).toHaveLength(2)
})

test('an item status of no document is counted; its scans stand, and without scans nothing is guessed', async () => {
  const answer = await normalise('unknown-item-status')
  expect(kinds(answer)).toEqual({ [dhl]: 'found', [cityLink]: 'unreadable' })
  expect(answer.unread).toContainEqual({ kind: 'status', value: 'processing' })
})

test('a log that is no list makes the item unreadable, not unknown to EasyParcel', async () => {
  expect([...(await normalise('log-is-no-list')).items.values()]).toEqual(
    Array(2).fill({ kind: 'unreadable', problem: 'The scan log is not a list.' }),
  )
})

test('texts are stored without control characters and halves of characters, cut to 500, and exact copies once', async () => {
  const { events } = found(await normalise('dirty-texts'), dhl)
  expect(events.map((event) => [event.text, event.location])).toEqual([
    ['Arrived at hub', 'Shah Alam'],
    ['x'.repeat(499), null],
  ])
})

test.each(['html-instead-of-json', 'truncated-json', 'no-results', 'classic-html'])('%s is no answer', async (name) => {
  await expect(normalise(name)).rejects.toThrow(expect.objectContaining({ name: 'EasyParcelError', kind: 'malformed' }))
})

test('a log of thousands of scans gives the newest 500, in its own order', async () => {
  const scan = (minute: number) => ({
    event_date: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString(),
    shipment_status_code: 4,
    tracking_status: 'In transit',
    location: null,
  })
  const log = Array.from({ length: 5000 }, (_, place) => scan((place * 7919) % 5000))
  const body = { data: { results: [{ awb_number: dhl, status: 'success', status_log: log }] } }
  const { events } = found(await normaliseOpen(body, optionsOf(loadFixture('mixed-zones'))), dhl)
  expect(events).toHaveLength(500)
  expect(events[0]?.at).toBe(log.find((one) => one.event_date >= '2026-01-04T03:00')?.event_date)
  expect(events.every((event) => event.at >= '2026-01-04T03:00')).toBe(true)
})

test('a classic list with numeric keys is read newest first as it comes, in Malaysian time', async () => {
  expect(found(await normalise('classic-numeric-keyed'), skynet).events).toMatchObject([
    { at: '2017-10-28T03:40:00Z', rawAt: '2017-10-28 11:40:00', zoneGuessed: true, location: 'Suntech' },
    { at: '2017-06-28T04:00:00Z', location: 'Penang' },
  ])
})

test("a classic event's time is read from whichever field holds it, and no classic time counts as UTC", async () => {
  expect(instants(await normalise('classic-time-fields'), skynet)).toEqual([
    '2017-10-28T03:40:00Z',
    '2017-10-28T04:40:00Z',
    '2017-10-28T05:40:00Z',
    '2017-10-28T06:40:00Z',
  ])
})

test('a classic code on the item belongs to its latest scan', async () => {
  expect(found(await normalise('classic-code-on-item'), skynet).events).toMatchObject([
    { code: 3, status: 'collected', location: 'Penang' },
  ])
  expect(found(await normalise('classic-latest-only'), skynet).events).toMatchObject([
    { code: null, status: 'in_transit' },
  ])
})

test('classic: a refusal, an echo without news and an omitted number are all not found', async () => {
  expect(Object.values(kinds(await normalise('classic-nothing-known')))).toEqual(Array(3).fill('not_found'))
})

test.each(['text', 'null', 'array'])('classic: an empty result written as %s finds nothing', async (how) => {
  expect(kinds(await normalise(`classic-empty-result-${how}`))).toEqual({ [skynet]: 'not_found' })
})

/** Arbitrary JSON, with the fields of both APIs as likely keys, so that it reaches every branch. */
const likelyKeys = [
  'data',
  'results',
  'result',
  'status',
  'awb',
  'awb_number',
  'status_log',
  'status_list',
  'event_date',
  'latest_event_date',
  'latest_status',
  'shipment_status_code',
  '0',
  '1',
  '__proto__',
]
const oneLog = (...scans: [at: string, code: number, text: string][]) => ({
  data: {
    results: [
      {
        awb_number: dhl,
        status: 'success',
        status_log: scans.map(([at, code, text]) => ({
          event_date: at,
          shipment_status_code: code,
          tracking_status: text,
        })),
      },
    ],
  },
})
const read = (body: unknown) => normaliseOpen(body, optionsOf(loadFixture('mixed-zones')))

test('a log told newest first and one told oldest first put the same scan last', async () => {
  const scans: [string, number, string][] = [
    ['2026-01-20 09:00', 3, 'Collected'],
    ['2026-01-21 09:00', 8, 'On hold by customs'],
    ['2026-01-21 09:00', 4, 'Released by customs'],
  ]
  const lastOf = async (body: unknown) =>
    found(await read(body), dhl).events.toSorted((a, b) => b.position - a.position)[0]?.text
  expect(await lastOf(oneLog(...scans))).toBe('Released by customs')
  expect(await lastOf(oneLog(...scans.toReversed()))).toBe('Released by customs')
})

test('an undated end comes after the scan told before it', async () => {
  const { events } = found(
    await read(oneLog(['2026-01-20 09:00', 4, 'Out for delivery'], ['soon', 5, 'Delivered'])),
    dhl,
  )
  expect(events).toMatchObject([
    { position: 0 },
    { at: '2026-01-20T01:00:00Z', rawAt: 'soon', position: 1, status: 'delivered' },
  ])
})

test('only a whole log may take scans back: not an empty one, not the latest scan alone, not one cut at 500', async () => {
  const one: [string, number, string] = ['2026-01-20 09:00', 4, 'Arrived']
  const many = Array.from({ length: 501 }, (_, n): [string, number, string] => ['2026-01-20 09:00', 4, `Arrived ${n}`])
  expect(found(await read(oneLog(one)), dhl).isWhole).toBe(true)
  expect(found(await read(oneLog()), dhl).isWhole).toBe(false)
  expect(found(await read(oneLog(...many)), dhl).isWhole).toBe(false)
  expect(found(await read(oneLog(one, ['soon', 4, 'Arrived'])), dhl).isWhole).toBe(false)
  expect(found(await normalise('latest-without-log'), dhl).isWhole).toBe(false)
})

test('a number that came back as a JSON number is matched without its leading zeros, if only one of the batch fits', async () => {
  const answered = async (asked: string[], echoed: unknown[]) =>
    kinds(
      await normaliseOpen(
        { data: { results: echoed.map((awb_number) => ({ awb_number, status: 'success', status_log: [] })) } },
        { ...optionsOf(loadFixture('mixed-zones')), asked },
      ),
    )
  expect(await answered(['079579448803'], [79579448803])).toEqual({ '079579448803': 'found' })
  expect(await answered(['12345678901234567890'], [JSON.parse('12345678901234567890')])).toEqual({
    '12345678901234567890': 'found',
  })
  expect(await answered(['9007199254740993000111'], [JSON.parse('9007199254740993000111')])).toEqual({
    '9007199254740993000111': 'found',
  })
  expect(await answered(['079579448803', '79579448803'], [79579448803])).toEqual({
    '079579448803': 'not_found',
    '79579448803': 'found',
  })
  expect(await answered(['0079579448803', '079579448803'], [79579448803])).toEqual({
    '0079579448803': 'not_found',
    '079579448803': 'not_found',
  })
})

const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(null, '', dhl, cityLink, 'success', 'not_found', '2026-01-23 12:29:47', '\u0000', '\ud800'),
    fc.jsonValue(),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...likelyKeys), tie('json')),
  ),
}))
const wrappings = fc.oneof(
  json,
  json.map((results) => ({ data: { results } })),
  json.map((result) => ({ api_status: 'Success', result })),
  json.map((log) => ({
    data: { results: [{ awb_number: dhl, status: 'success', status_log: log }] },
    result: [{ awb: dhl, status_list: log }],
  })),
)

test.each([normaliseOpen, normaliseClassic])(
  'whatever JSON comes, every number asked for has an entry that can be stored, or the whole answer is malformed',
  async (read) => {
    const options = optionsOf(loadFixture('mixed-zones'))
    const attempt = async (body: unknown): Promise<BatchAnswer | null> => {
      try {
        return await read(body, options)
      } catch (error) {
        expect(error).toBeInstanceOf(EasyParcelError)
        expect(error).toMatchObject({ kind: 'malformed' })
        return null
      }
    }
    const storable = (item: ItemAnswer) => {
      expect(JSON.stringify(item)).not.toMatch(/\\u0000|\\ud[89a-f]/)
      if (item.kind === 'found') for (const scan of item.scans) expect(Date.parse(scan.at)).not.toBeNaN()
    }
    await fc.assert(
      fc.asyncProperty(wrappings, async (body) => {
        const answer = await attempt(body)
        if (!answer) return
        expect([...answer.items.keys()]).toEqual(options.asked)
        answer.items.forEach(storable)
        for (const value of answer.unread) expect(value.value.length).toBeLessThanOrEqual(500)
      }),
      { numRuns: 500 },
    )
  },
)

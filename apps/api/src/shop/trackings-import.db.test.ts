import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld({ IMPORT_BODY_LIMIT: '3' })
  await world.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => world.close())

const importFile = (payload: string | Buffer | Readable, type = 'text/csv', key = world.shop.key) =>
  world.app.inject({
    method: 'POST',
    url: '/v1/trackings/import',
    headers: { ...withKey(key), 'content-type': type },
    payload,
  })

const countOf = async (prefix: string): Promise<number> => {
  const [row] = await world.query<{ count: number }>(
    `select count(*)::int from tracking_cache where tracking_number like $1`,
    [`${prefix}%`],
  )
  return row!.count
}

const rowOf = async (trackingNumber: string) =>
  (
    await world.query<Record<string, unknown>>(
      `select courier, o.order_number, estimated_delivery, o.contact_email_hmac is not null as email, o.contact_phone_hmac is not null as phone
         from tracking_cache t left join tracking_orders o on o.tracking_id = t.id where tracking_number = $1 order by o.id`,
      [trackingNumber],
    )
  )[0]

test('a file as a Malaysian spreadsheet writes it is imported, and every bad line is named with its reason', async () => {
  const file = [
    '\uFEFFNo Tracking;Kurier;No Pesanan;Emel;Telefon;ETA;Warna',
    'SHOP000001;J&T Express;1001;Aisyah@Example.com;012-345 6789;2026-03-05;merah',
    '"SHOP000002";"Pos; Laju";;;;;',
    '7.02802E+15;;;;;;',
    'SHOP000003;;;not-an-address;12;;',
    '',
    'shop0000 01;;9999;;;;',
    ';;;;;;',
    'SHOP000004;;;;;05/03/2026;',
  ].join('\r\n')
  const response = await importFile(file)
  expect(response.statusCode).toBe(200)
  const report = response.json()
  expect(report).toMatchObject({
    lines: 6,
    created: 4,
    exists: 0,
    orderAdded: 1,
    invalid: 1,
    ignoredColumns: ['Warna'],
  })
  expect(report.problems).toEqual([
    { line: 4, problem: expect.stringContaining('A spreadsheet has shortened this tracking number') },
  ])
  expect(report.warnings).toEqual([
    { line: 5, warning: expect.stringContaining('contact.email: Left out: Write an e-mail address') },
    { line: 5, warning: expect.stringContaining('contact.phone: Left out: Write a phone number') },
  ])
  expect(await rowOf('SHOP000001')).toEqual({
    courier: 'J&T Express',
    order_number: '1001',
    estimated_delivery: '2026-03-05',
    email: true,
    phone: true,
  })
  expect(await rowOf('SHOP000002')).toMatchObject({ courier: 'Pos; Laju', order_number: null, email: false })
})

test('a form with the file in it does the same', async () => {
  const form = [
    '--cut',
    'content-disposition: form-data; name="note"',
    '',
    'ours',
    '--cut',
    'content-disposition: form-data; name="file"; filename="parcels.csv"',
    'content-type: text/csv',
    '',
    'awb,order_number',
    'FORM000001,1',
    '--cut--',
    '',
  ].join('\r\n')
  const response = await importFile(form, 'multipart/form-data; boundary=cut')
  expect([response.statusCode, response.json()]).toEqual([200, expect.objectContaining({ created: 1, invalid: 0 })])
  const empty = await importFile('--cut--\r\n', 'multipart/form-data; boundary=cut')
  expect([empty.statusCode, empty.json().code]).toEqual([400, 'validation'])
})

const filePart = (name: string, content: string) =>
  `--cut\r\ncontent-disposition: form-data; name="${name}"; filename="${name}.csv"\r\ncontent-type: text/csv\r\n\r\n${content}\r\n`

test.each([
  ['short', 2, 'Nothing was saved.'],
  ['long', 700, 'Saved before that: 698 new parcels'],
])(
  'a form with two %s files is refused, and the answer says what was saved of the first',
  async (name, lines, saved) => {
    const numbers = Array.from({ length: lines }, (_, index) => `${name}1${String(index).padStart(6, '0')}`)
    const both = filePart('file', `awb\n${numbers.join('\n')}`) + filePart('file', `awb\n${name}2000000`)
    const response = await importFile(`${both}--cut--\r\n`, 'multipart/form-data; boundary=cut')
    expect([response.statusCode, response.json().code]).toEqual([400, 'validation'])
    expect(response.json().detail).toContain(`The form holds more than one file; send one at a time. ${saved}`)
    expect(await countOf(`${name.toUpperCase()}2`)).toBe(0)
  },
)

test('what stands behind the file of a form changes nothing', async () => {
  const note = '--cut\r\ncontent-disposition: form-data; name="note"\r\n\r\nours\r\n'
  const response = await importFile(
    `${filePart('file', 'awb\nBEHIND0001')}${note}--cut--\r\n`,
    'multipart/form-data; boundary=cut',
  )
  expect([response.statusCode, response.json().created]).toEqual([200, 1])
})

test('an import whose key is revoked while the file arrives ends there, and says what was saved', async () => {
  const key = await world.addKey(world.shop.organizationId, ['trackings:write'])
  const lines = (from: number) => Array.from({ length: 700 }, (_, index) => `REVK${from + index + 100_000}\n`).join('')
  const body = Readable.from(
    (async function* () {
      yield `awb\n${lines(0)}`
      await expect.poll(() => countOf('REVK')).toBe(500)
      await world.query('update api_keys set revoked_at = now() where prefix = $1', [key.slice(0, 11)])
      world.clock.advance(1_000)
      yield lines(700)
    })(),
  )
  const response = await importFile(body, 'text/csv', key)
  expect([response.statusCode, response.json()]).toEqual([
    401,
    expect.objectContaining({
      code: 'unauthenticated',
      detail: expect.stringMatching(/revoked or expired\. The import was cut off\. Saved before that: 500 new parcels/),
    }),
  ])
  expect(await countOf('REVK')).toBe(500)
})

test.each([
  ['an empty file', '', 'The file is empty. Nothing was saved.'],
  ['no column for the number', 'name,colour\nAli,red\n', 'Its columns are: name, colour.'],
])('%s is refused with the reason', async (_name, file, reason) => {
  const response = await importFile(file)
  expect(response.statusCode).toBe(400)
  expect(response.json()).toMatchObject({ code: 'validation', detail: expect.stringContaining(reason) })
})

test('a file of another type is 415, and without the right to write nothing is read', async () => {
  expect((await importFile('{}', 'application/json')).statusCode).not.toBe(200)
  expect((await importFile('awb\nX1234567\n', 'application/x-tar')).statusCode).toBe(415)
  const reader = await world.addKey(world.shop.organizationId, ['trackings:read'])
  expect((await importFile('awb\nX1234567\n', 'text/csv', reader)).statusCode).toBe(403)
})

const form = (content: string) =>
  `--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\ncontent-type: text/csv\r\n\r\n${content}`

test.each([
  ['nothing at all', undefined, undefined, 400],
  ['JSON', 'application/json', '{"trackings":[]}', 415],
  ['plain text', 'text/plain', 'tracking_number\nBROKEN0001\n', 415],
  ['a form without its boundary', 'multipart/form-data', form('awb\nBROKEN0002\n\r\n--x--\r\n'), 400],
  ['a form with another boundary', 'multipart/form-data; boundary=y', form('awb\nBROKEN0003\n\r\n--x--\r\n'), 400],
  ['a form that is cut off', 'multipart/form-data; boundary=x', form('awb\nBROKEN0004\n'), 400],
  ['a form that is none', 'multipart/form-data; boundary=x', 'hello', 400],
  [
    'a form without a file',
    'multipart/form-data; boundary=x',
    '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
    400,
  ],
])('%s is no file, and no fault of ours', async (_what, type, payload, status) => {
  const answer = await world.app.inject({
    method: 'POST',
    url: '/v1/trackings/import',
    headers: { ...withKey(world.shop.key), ...(type && { 'content-type': type }) },
    ...(payload !== undefined && { payload }),
  })
  expect([answer.statusCode, answer.json().code]).toEqual([status, 'validation'])
  expect(world.logLines().filter(({ level }) => Number(level) >= 50)).toEqual([])
})

test('a file of another type is told that a CSV is wanted', async () => {
  expect((await importFile('x', 'application/x-tar')).json().detail).toContain('text/csv')
})

test('a file that breaks in the middle keeps what came before, and the answer says so', async () => {
  const good = Array.from({ length: 700 }, (_, index) => `BRKN${String(index).padStart(6, '0')},x\n`).join('')
  const response = await importFile(`awb,order\n${good}"open quote,\n${'x,y\n'.repeat(9_000)}`)
  expect(response.statusCode).toBe(400)
  expect(response.json().detail).toMatch(
    /cannot be read on from line 702: a quotation mark.*Saved before that: 700 new parcels/,
  )
  expect(await countOf('BRKN')).toBe(700)
})

/** Lines of a file as they would arrive from a slow client; nothing of it is ever whole in memory. */
const manyLines = (prefix: string, amount: number, rest = '') =>
  Readable.from(
    (function* () {
      yield 'tracking_number,order_number\n'
      for (let from = 0; from < amount; from += 1_000)
        yield Array.from(
          { length: 1_000 },
          (_, index) => `${prefix}${from + index + 1_000_000},${from + index}${rest}\n`,
        ).join('')
    })(),
  )

const upload = (body: Readable) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { port } = world.app.server.address() as AddressInfo
    const headers = { ...withKey(world.shop.key), 'content-type': 'text/csv' }
    const request = httpRequest({ port, method: 'POST', path: '/v1/trackings/import', headers }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode!, body: text })
    })
    request.on('error', reject)
    body.pipe(request)
  })

test('a file that is too large is stopped at the limit, and the client gets to read what was saved', {
  timeout: 180_000,
}, async () => {
  const answer = await upload(manyLines('HUGE', 100_000, 'x'.repeat(80)))
  expect(answer.status).toBe(413)
  const { detail } = JSON.parse(answer.body)
  const saved = Number(/The file is larger than 3 MiB\. Saved before that: (\d+) new parcels/.exec(detail)?.[1])
  expect(saved).toBeGreaterThan(10_000)
  expect(await countOf('HUGE')).toBe(saved)
})

test('100,000 lines are imported in bounded memory', {
  timeout: 180_000,
}, async () => {
  const before = process.memoryUsage().rss
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss - before)
  }, 20)
  const startedAt = performance.now()
  const answer = await upload(manyLines('BULK', 100_000))
  clearInterval(watch)
  console.log(
    `import of 100,000 lines: ${Math.round(performance.now() - startedAt)} ms, peak +${Math.round(peak / 1e6)} MB`,
  )
  expect(JSON.parse(answer.body)).toMatchObject({
    lines: 100_000,
    created: 100_000,
    exists: 0,
    invalid: 0,
    problems: [],
  })
  expect(peak).toBeLessThan(150e6)
  expect(await countOf('BULK')).toBe(100_000)
})

test('one line more than the limit is one too many', { timeout: 180_000 }, async () => {
  const answer = await upload(manyLines('BULK', 101_000))
  expect(answer.status).toBe(413)
  expect(JSON.parse(answer.body).detail).toMatch(
    /more than 100000 lines; split it\. Saved before that: 0 new parcels; 100000 were there already/,
  )
})

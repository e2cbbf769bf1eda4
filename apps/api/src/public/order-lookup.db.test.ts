import { orderAnswer, readContact } from '@jejak/contract'
import { hashForLog, lookUpOrder } from '@jejak/core/buyers'
import { hashesOfContact } from '@jejak/core/registering'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildApp } from '../app.ts'
import { type ApiWorld, createApiWorld, withKey } from '../testing/api-world.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await createApiWorld()
})
afterAll(() => world.close())

let last = 0
const nextNumber = () => `JT${String(++last).padStart(10, '0')}`
const nextOrder = () => `ORDER-${++last}`
const aisyah = { email: 'aisyah@example.com', phone: '012-345 6789' }
const minute = 60_000

// Each test begins in a window of its own.
let begin = Date.parse('2026-03-02T04:00:00Z')
beforeEach(async () => {
  begin += 24 * 60 * minute
  world.clock.set(new Date(begin).toISOString())
  await world.query('truncate lookup_locks, security_log')
})

const register = async (payload: object, key = world.shop.key): Promise<string> => {
  const response = await world.app.inject({ method: 'POST', url: '/v1/trackings', headers: withKey(key), payload })
  expect(response.statusCode).toBe(201)
  return response.json().id
}
const anOrder = async (contact: object = aisyah) => {
  const orderNumber = nextOrder()
  const trackingNumber = nextNumber()
  const id = await register({ trackingNumber, orderNumber, contact })
  return { orderNumber, trackingNumber, id }
}

/** So many parcels of one order, registered at once; their numbers. */
const registerMany = async (
  amount: number,
  orderNumber: string,
  { contact = aisyah as object, key = world.shop.key } = {},
) => {
  const trackings = Array.from({ length: amount }, () => ({ trackingNumber: nextNumber(), orderNumber, contact }))
  const response = await world.app.inject({
    method: 'POST',
    url: '/v1/trackings/bulk',
    headers: withKey(key),
    payload: { trackings },
  })
  expect(response.statusCode).toBe(200)
  return trackings.map(({ trackingNumber }) => trackingNumber)
}

type Asking = { app?: ApiWorld['app']; url?: string; address?: string }
const ask = (
  orderNumber: string,
  contact: string,
  { app = world.app, url = '/v1/track', address = '203.0.113.7' }: Asking = {},
) =>
  app.inject({
    method: 'POST',
    url,
    remoteAddress: address,
    headers: { 'x-request-id': 'the-same-in-all' },
    payload: { orderNumber, contact },
  })
/** All that a client can see of an answer, but for the clock and for what is counted whatever the outcome. */
const seen = async (answering: ReturnType<typeof ask>) => {
  const { statusCode, body, headers } = await answering
  const shown = Object.entries(headers).filter(([name]) => name !== 'date' && !name.startsWith('ratelimit'))
  return JSON.stringify([statusCode, shown, body])
}
/** What the log says of this test: notes are written behind the answers, so one of the test before may come late. */
const logged = () =>
  world.query<{ kind: string; subject: string; address: string; detail: string | null }>(
    'select kind, subject_hmac as subject, address_hmac as address, detail from security_log where at >= $1 order by id',
    [new Date(begin)],
  )

describe('a buyer who knows order number and contact', () => {
  test('sees all parcels of the order with what only the buyer may see', async () => {
    const { orderNumber, trackingNumber, id } = await anOrder()
    const second = nextNumber()
    world.clock.advance(1000)
    await register({ trackingNumber: second, orderNumber, contact: { email: aisyah.email } })
    const event = {
      at: '2026-03-01T10:00:00Z',
      rawAt: '2026-03-01 18:00:00',
      zoneGuessed: true,
      code: 4,
      text: 'Left with Puan Aisyah',
      status: 'in_transit',
      substatus: 'departed',
      location: 'Gate 3, Shah Alam',
    }
    await world.query('update tracking_cache set events = $2 where id = $1', [id, JSON.stringify([event])])
    const response = await ask(orderNumber, ' Aisyah@EXAMPLE.com ')
    expect(response.statusCode).toBe(200)
    expect(response.headers['cache-control']).toBe('private, no-store')
    expect(response.headers.etag).toBeUndefined()
    const answer = orderAnswer.parse(response.json())
    expect(answer.orderNumber).toBe(orderNumber)
    expect(answer.trackings.map((tracking) => tracking.trackingNumber)).toEqual([second, trackingNumber])
    expect(answer.trackings[1]).toMatchObject({
      orderNumber,
      shop: { name: null },
      freshness: { state: 'stale' },
      events: [{ text: 'Left with Puan Aisyah', rawLocation: 'Gate 3, Shah Alam', location: 'Shah Alam' }],
    })
    expect(response.body).not.toMatch(/hmac|example\.com|3456789/)
  })

  test.each(['012-345 6789', '+60 (0)12 345 6789', '60123456789', '12-345 6789', 'AISYAH@example.com'])(
    'may type the contact as %s',
    async (typed) => {
      const { orderNumber } = await anOrder()
      expect((await ask(orderNumber, typed)).statusCode).toBe(200)
    },
  )

  test('may leave out the # of the order number, and its capitals', async () => {
    const trackingNumber = nextNumber()
    await register({ trackingNumber, orderNumber: '#KL-77', contact: aisyah })
    for (const typed of ['#KL-77', 'KL-77', 'kl-77', ' #kl-77 ', '##Kl-77', '# kl-77'])
      expect((await ask(typed, aisyah.email)).json()).toMatchObject({
        orderNumber: '#KL-77',
        trackings: [{ trackingNumber }],
      })
  })

  test('finds an order that its shop wrote in small and capital letters', async () => {
    await register({ trackingNumber: nextNumber(), orderNumber: 'Kedai-12', contact: aisyah })
    for (const typed of ['Kedai-12', 'kedai-12', 'KEDAI-12', '#kEDAI-12'])
      expect((await ask(typed, aisyah.email)).json()).toMatchObject({ orderNumber: 'Kedai-12' })
  })

  test('is found by each of 60 shops that have an order of this number, whether it asks at that shop or not', async () => {
    const orderNumber = nextOrder()
    const buyers = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const trackingNumber = nextNumber()
        const contact = { email: `buyer${index}@example.com` }
        const shop = await world.addShop(`many-${++last}`)
        await register({ trackingNumber, orderNumber, contact }, shop.key)
        return { trackingNumber, email: contact.email }
      }),
    )
    for (const { trackingNumber, email } of buyers)
      expect((await ask(orderNumber, email)).json()).toMatchObject({ trackings: [{ trackingNumber }] })
  })

  test('sees all 45 parcels of a large order', async () => {
    const orderNumber = nextOrder()
    const numbers = await registerMany(45, orderNumber)
    const { trackings } = (await ask(orderNumber, aisyah.email)).json()
    const shown = trackings.map(({ trackingNumber }: { trackingNumber: string }) => trackingNumber)
    expect(shown.toSorted()).toEqual(numbers.toSorted())
  })

  test('gets no parcel of another buyer with the same order number at another shop', async () => {
    const { orderNumber, trackingNumber } = await anOrder()
    const other = await world.addShop(`other-${++last}`)
    await register({ trackingNumber: nextNumber(), orderNumber, contact: { email: 'bala@example.com' } }, other.key)
    const { trackings } = (await ask(orderNumber, aisyah.email)).json()
    expect(trackings.map((tracking: { trackingNumber: string }) => tracking.trackingNumber)).toEqual([trackingNumber])
  })

  test('who asks at one shop sees that shop’s parcels only', async () => {
    const slug = `shop-${++last}`
    const other = await world.addShop(slug)
    const { orderNumber, trackingNumber } = await anOrder()
    const elsewhere = nextNumber()
    await register({ trackingNumber: elsewhere, orderNumber, contact: aisyah }, other.key)
    const numbers = async (url: string) =>
      (await ask(orderNumber, aisyah.email, { url }))
        .json()
        .trackings.map((row: { trackingNumber: string }) => row.trackingNumber)
    expect((await numbers('/v1/track')).toSorted()).toEqual([trackingNumber, elsewhere].toSorted())
    expect(await numbers(`/v1/track?shop=${slug}`)).toEqual([elsewhere])
    expect((await ask(orderNumber, aisyah.email, { url: '/v1/track?shop=nobody' })).statusCode).toBe(404)
  })

  test('is not crowded out by another shop’s many parcels of the same order number', async () => {
    const orderNumber = nextOrder()
    const contact = { email: 'bala@example.com' }
    await registerMany(1_000, orderNumber, { contact })
    await registerMany(100, orderNumber, { contact })
    const small = await world.addShop(`small-${++last}`)
    await register({ trackingNumber: nextNumber(), orderNumber, contact: aisyah }, small.key)
    expect((await ask(orderNumber, aisyah.email)).statusCode).toBe(200)
  })

  test('never counts as failing, however often', async () => {
    const { orderNumber } = await anOrder()
    for (let round = 0; round < 100; round += 1) expect((await ask(orderNumber, aisyah.email)).statusCode).toBe(200)
    expect(await logged()).toEqual([])
  })
})

describe('a guess', () => {
  test('learns nothing: wrong order, wrong contact, both, no contact kept and a locked pair look the same', async () => {
    const { orderNumber } = await anOrder()
    const several = await anOrder()
    await register({ trackingNumber: nextNumber(), orderNumber: several.orderNumber, contact: aisyah })
    const uncontactable = nextOrder()
    await register({ trackingNumber: nextNumber(), orderNumber: uncontactable })
    const answers = [
      await seen(ask('NO-SUCH-ORDER', aisyah.email)),
      await seen(ask(orderNumber, 'wrong@example.com')),
      await seen(ask(orderNumber, '019-876 5432')),
      await seen(ask(several.orderNumber, 'wrong@example.com')),
      await seen(ask('NO-SUCH-ORDER', 'wrong@example.com')),
      await seen(ask(uncontactable, aisyah.email)),
    ]
    for (let round = 0; round < 7; round += 1) answers.push(await seen(ask(orderNumber, 'wrong@example.com')))
    expect(new Set(answers)).toHaveLength(1)
    expect(answers[0]).toContain('not_found')
    expect((await logged()).map(({ kind }) => kind)).toContain('lookup_locked')
  })

  test('costs as many statements, hashes and compared parcels, whatever is wrong with it', async () => {
    const { orderNumber } = await anOrder()
    const several = await anOrder()
    for (let more = 0; more < 3; more += 1)
      await register({ trackingNumber: nextNumber(), orderNumber: several.orderNumber, contact: aisyah })
    const { lookupDb: db, config, contactKeys, lookupKey } = world.deps
    const workOf = async (order: string, typed: string) => {
      const work = { statements: 0, hashes: 0, contactHashes: 0, rows: [] as number[] }
      const query = async (text: string, values: unknown[]) => {
        work.statements += 1
        const result = await db.sql.query(text, values)
        work.rows.push(result.rows.length)
        return result
      }
      const found = await lookUpOrder(
        {
          sql: { query } as unknown as typeof db.sql,
          hash: ({ kind, text }) => {
            work.hashes += 1
            return hashForLog(lookupKey, { kind, text })
          },
          hashesOf: (contact) => {
            work.contactHashes += 1
            return hashesOfContact(contactKeys, contact)
          },
          settings: config.customers,
        },
        { orderNumber: order, contact: readContact(typed)!, shop: null, address: 'x', now: world.clock.now() },
      )
      expect(found).toBeNull()
      return work
    }
    const same = { statements: 2, hashes: 3, contactHashes: 1, rows: [50, 0] }
    expect(await workOf('NO-SUCH-ORDER', aisyah.email)).toEqual(same)
    expect(await workOf('NO-SUCH-ORDER', 'wrong@example.com')).toEqual(same)
    expect(await workOf(orderNumber, '019-876 5432')).toEqual(same)
    for (let round = 0; round < 7; round += 1)
      expect(await workOf(several.orderNumber, 'wrong@example.com')).toEqual(same)
  })

  test('10,000 guesses from one address: all answers but 429 are the same bytes and status', async () => {
    const orders = await Promise.all(Array.from({ length: 10 }, () => anOrder()))
    const answers = new Map<string, number>()
    const guess = async (index: number): Promise<string> => {
      const { orderNumber } = orders[index % 10]!
      if (index % 3 === 0) return seen(ask(`NO-${index}`, aisyah.email))
      return seen(ask(index % 3 === 1 ? orderNumber : `NO-${index}`, `guess${index % 50}@example.com`))
    }
    for (let done = 0; done < 10_000; done += 100)
      for (const answer of await Promise.all(Array.from({ length: 100 }, (_, index) => guess(done + index)))) {
        const kind = answer.startsWith('[429') ? '429' : answer
        answers.set(kind, (answers.get(kind) ?? 0) + 1)
      }
    expect([...answers.values()].toSorted((a, b) => a - b)).toEqual([60, 9940])
    expect([...answers.keys()].find((kind) => kind !== '429')).toMatch(/^\[404/)
    const kinds = (await logged()).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'lookup_failed')).toHaveLength(60)
    expect(kinds.filter((kind) => kind === 'limit_hit')).toHaveLength(1)
  })
})

describe('a pair of order number and contact', () => {
  test('is locked after five failures, for processes that saw none of them too, and opens again after five minutes', async () => {
    const orderNumber = nextOrder()
    const other = await buildApp(world.deps)
    for (let round = 0; round < 5; round += 1)
      await ask(orderNumber, aisyah.email, { app: round % 2 === 0 ? other : world.app })
    await register({ trackingNumber: nextNumber(), orderNumber, contact: aisyah })
    const third = await buildApp(world.deps)
    expect((await ask(orderNumber, aisyah.email, { app: third })).statusCode).toBe(404)
    expect((await ask(orderNumber, aisyah.phone, { app: third })).statusCode).toBe(200)
    world.clock.advance(5 * minute - 1)
    expect((await ask(orderNumber, aisyah.email, { app: third })).statusCode).toBe(404)
    world.clock.advance(1)
    expect((await ask(orderNumber, aisyah.email, { app: third })).statusCode).toBe(200)
    expect((await logged()).map(({ kind, detail }) => detail ?? kind)).toEqual([
      ...Array<string>(4).fill('lookup_failed'),
      'lookup_locked',
      'while locked',
      'while locked',
    ])
    await other.close()
    await third.close()
  })

  test('is locked exactly once by many failures at once', async () => {
    const orderNumber = nextOrder()
    await Promise.all(Array.from({ length: 12 }, () => ask(orderNumber, aisyah.email)))
    expect(await world.query('select failures, locked_until as until from lookup_locks')).toEqual([
      { failures: 5, until: new Date(world.clock.now().getTime() + 5 * minute) },
    ])
    expect((await logged()).filter(({ kind }) => kind === 'lookup_locked')).toHaveLength(1)
  })

  test('is locked, and written down, by the database’s clock, also where a machine’s own is a year ahead', async () => {
    const orderNumber = nextOrder()
    const ahead = () => new Date(world.clock.now().getTime() + 365 * 24 * 60 * minute)
    const app = await buildApp({ ...world.deps, now: ahead })
    for (let round = 0; round < 21; round += 1)
      await ask(orderNumber, aisyah.email, { app, address: `198.51.100.${round}` })
    expect(await world.query('select failed_at as failed, locked_until as until from lookup_locks')).toEqual([
      { failed: world.clock.now(), until: new Date(world.clock.now().getTime() + 5 * minute) },
    ])
    const times = () =>
      world.query('select distinct kind, at from security_log where at >= $1 order by kind', [new Date(begin)])
    await expect
      .poll(times)
      .toEqual(['limit_hit', 'lookup_failed', 'lookup_locked'].map((kind) => ({ kind, at: world.clock.now() })))
    await app.close()
  })

  test('is not kept locked by what a wrong clock wrote, and its failures count again', async () => {
    const { orderNumber } = await anOrder()
    for (let round = 0; round < 5; round += 1) await ask(orderNumber, 'wrong@example.com')
    const locks = () => world.query('select failures, locked_until as until from lookup_locks')
    await world.query(
      `update lookup_locks set failed_at = failed_at + interval '1 year', locked_until = locked_until + interval '1 year'`,
    )
    await ask(orderNumber, 'wrong@example.com')
    expect(await locks()).toEqual([{ failures: 1, until: null }])
    await world.query(`update lookup_locks set failures = 4, failed_at = failed_at + interval '1 year'`)
    await ask(orderNumber, 'wrong@example.com')
    expect(await locks()).toEqual([{ failures: 1, until: null }])
  })

  test('that a wrong clock locked for a year is open to its buyer at once', async () => {
    const orderNumber = nextOrder()
    for (let round = 0; round < 5; round += 1) await ask(orderNumber, aisyah.email)
    await register({ trackingNumber: nextNumber(), orderNumber, contact: aisyah })
    expect((await ask(orderNumber, aisyah.email)).statusCode).toBe(404)
    await world.query(`update lookup_locks set locked_until = locked_until + interval '1 year'`)
    expect((await ask(orderNumber, aisyah.email)).statusCode).toBe(200)
  })

  test('is forgiven failures that lie long back', async () => {
    const orderNumber = nextOrder()
    for (let round = 0; round < 8; round += 1) {
      await ask(orderNumber, aisyah.email)
      world.clock.advance(16 * minute)
    }
    expect((await logged()).map(({ kind }) => kind)).toEqual(Array(8).fill('lookup_failed'))
  })
})

describe('limits', () => {
  test('an address that failed 60 times has to wait and is told how long; others do not', async () => {
    for (let round = 0; round < 60; round += 1)
      expect((await ask(`NO-${round}`, aisyah.email, { address: '2001:db8::1' })).statusCode).toBe(404)
    const { orderNumber } = await anOrder()
    world.clock.advance(minute)
    const refused = await ask(orderNumber, aisyah.email, { address: '2001:db8::ffff' })
    expect([refused.statusCode, refused.headers['retry-after'], refused.json().code]).toEqual([
      429,
      '840',
      'rate_limited',
    ])
    expect(refused.headers['access-control-allow-origin']).toBe('*')
    expect((await ask(orderNumber, aisyah.email, { address: '2001:db8:0:1::1' })).statusCode).toBe(200)
    world.clock.advance(14 * minute)
    expect((await ask(orderNumber, aisyah.email, { address: '2001:db8::1' })).statusCode).toBe(200)
  })

  test('an order number that failed 20 times from everywhere has to wait, whether it exists or not', async () => {
    const { orderNumber } = await anOrder()
    const fail = (order: string, round: number) =>
      ask(order, `guess${round}@example.com`, { address: `198.51.100.${round}` })
    for (const order of [orderNumber, 'NO-SUCH-ORDER']) {
      for (let round = 0; round < 20; round += 1) expect((await fail(order, round)).statusCode).toBe(404)
      const spellings = [order, `#${order.toLowerCase()}`, `##${order}`, `# ${order}`]
      for (const spelling of spellings) expect((await fail(spelling, 21)).statusCode).toBe(429)
    }
    await expect
      .poll(async () => (await logged()).filter(({ kind }) => kind === 'limit_hit'))
      .toMatchObject([{ detail: 'look-ups of an order' }])
  })

  test('an address that asks for an order which has to wait does not count as failing', async () => {
    for (let round = 0; round < 20; round += 1)
      await ask('SOUGHT', `guess${round}@example.com`, { address: `198.51.100.${round}` })
    const carrier = '203.0.113.50'
    for (let round = 0; round < 100; round += 1)
      expect((await ask('SOUGHT', aisyah.email, { address: carrier })).statusCode).toBe(429)
    const { orderNumber } = await anOrder()
    expect((await ask(orderNumber, aisyah.email, { address: carrier })).statusCode).toBe(200)
  })
})

describe('while the database is away', () => {
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  /** An app whose statements fail from the `first` on, until `isAway` says otherwise; `statements` counts those of a look-up. */
  const anOutage = async (first = 1) => {
    const state = { isAway: true, statements: 0 }
    const { lookupDb } = world.deps
    const { sql } = lookupDb
    const query = (...args: Parameters<typeof sql.query>) => {
      state.statements += 1
      return state.isAway && state.statements >= first ? Promise.reject(away) : sql.query(...args)
    }
    const outage = { ...lookupDb, sql: { query } as unknown as typeof sql }
    return { app: await buildApp({ ...world.deps, lookupDb: outage }), state }
  }

  test('a look-up is no failure: when it is back, its buyer and everyone behind that address are let in', async () => {
    const { orderNumber } = await anOrder()
    const { app, state } = await anOutage()
    for (let round = 0; round < 70; round += 1)
      expect((await ask(orderNumber, aisyah.email, { app })).statusCode).toBe(503)
    state.isAway = false
    expect((await ask(orderNumber, aisyah.email, { app })).statusCode).toBe(200)
    await app.close()
  })

  test('a guess that is known to be wrong counts even if that cannot be written down', async () => {
    const { orderNumber } = await anOrder()
    const { app, state } = await anOutage(2)
    for (let round = 0; round < 20; round += 1) {
      state.statements = 0
      expect((await ask(orderNumber, `guess${round}@example.com`, { app })).statusCode).toBe(503)
    }
    state.isAway = false
    expect((await ask(orderNumber, aisyah.email, { app })).statusCode).toBe(429)
    await app.close()
  })
})

test('what is neither an e-mail address nor a phone number is refused with a sentence, and counts as no failure', async () => {
  const refused = await ask('ORDER-1', 'Aisyah')
  expect(refused.statusCode).toBe(400)
  expect(refused.json().errors).toEqual([
    { path: 'contact', message: 'Write the e-mail address or the phone number that you gave to the shop.' },
  ])
  expect((await ask('', aisyah.email)).statusCode).toBe(400)
  expect(await logged()).toEqual([])
})

test('the widget may ask from any page', async () => {
  const preflight = await world.app.inject({ method: 'OPTIONS', url: '/v1/track' })
  expect([preflight.statusCode, preflight.body]).toEqual([204, ''])
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD, POST',
    'access-control-allow-headers': expect.stringContaining('content-type'),
  })
  for (const answer of [await ask('NO-1', aisyah.email), await ask('NO-1', 'x')])
    expect(answer.headers['access-control-allow-origin']).toBe('*')
})

test('neither the log nor the security log nor the locks hold an order number, a contact or an address', async () => {
  const { orderNumber } = await anOrder()
  const before = world.logLines().length
  for (let round = 0; round < 6; round += 1) await ask(orderNumber, 'wrong@example.com', { address: '203.0.113.99' })
  await ask(orderNumber, '019-876 5432', { address: '203.0.113.99' })
  await ask(orderNumber, aisyah.email, { address: '203.0.113.99' })
  const lines = world.logLines().slice(before)
  const kept = JSON.stringify([
    lines,
    await world.query('select * from security_log'),
    await world.query('select * from lookup_locks'),
  ])
  expect(lines).toHaveLength(8)
  expect(kept).toContain('lookup_locked')
  for (const secret of [orderNumber, 'example.com', 'aisyah', '876 5432', '198765432', '203.0.113'])
    expect(kept.toLowerCase()).not.toContain(secret.toLowerCase())
})

import { createUser, inviteUser, type Permission, permissionsOfUser } from '@jejak/core/access'
import { consoleActor, recordAct, sealAudit } from '@jejak/core/audit'
import { codeShown } from '@jejak/core/testing'
import { type ShopRole, shopRoles } from '@jejak/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from './testing/api-world.ts'

const own = 'http://localhost:3000'
const password = 'three cups of teh tarik'
const buyer = { email: 'nurul.buyer@example.com', phone: '+60123456789' }

type Headers = Record<string, string>
type Call = { url?: string; payload?: object | string; headers?: Headers; status?: number }
type Answer = { statusCode: number; json: () => { detail?: string } }

let world: ApiWorld
let operations: { name: string; method: string; path: string; permission: string | undefined; isDoneOnce: boolean }[]
const headersOf: Record<string, Headers> = {}
const changes: Record<string, () => Promise<Call>> = {}

const ask = (method: string, url: string, { payload, headers = headersOf.owner! }: Call = {}) =>
  world.app.inject({ method: method as 'POST', url, headers, ...(payload !== undefined && { payload }) })
const signIn = async (email: string, given = password): Promise<Headers> => {
  const answer = await ask('POST', '/v1/session', { headers: { origin: own }, payload: { email, password: given } })
  return { cookie: String(answer.headers['set-cookie']).split(';')[0]!, origin: own }
}
const addUser = async (email: string, role: ShopRole | null, isOperator = false) => {
  const membership = role && { organizationId: world.shop.organizationId, role }
  await createUser(
    { ...world.deps, db: world.db, actor: consoleActor },
    { email, name: 'Siti binti Ali', password, isOperator, membership },
  )
  return signIn(email)
}
let registered = 0
const register = async (): Promise<string> => {
  registered += 1
  const trackingNumber = `JT${String(registered).padStart(10, '0')}`
  const payload = { trackingNumber, orderNumber: `SO-${registered}`, contact: buyer }
  const answer = await ask('POST', '/v1/trackings', { headers: withKey(world.shop.key), payload })
  return answer.json().id
}
const entries = () =>
  world.query<{
    act: string
    actor: string
    result: string
    request_id: string
    address_hmac: string
    detail: string | null
  }>('select * from audit_log order by id')

beforeAll(async () => {
  world = await createApiWorld({
    ...{ LIMIT_PUBLIC_MISSES: '10000', DATABASE_READ_TIMEOUT: '20000' },
    ...{ EASYPARCEL_CLIENT_ID: 'demo', EASYPARCEL_CLIENT_SECRET: 'demo-secret' },
  })
  const { paths } = (await world.app.inject({ url: '/openapi.json' })).json()
  operations = Object.entries<Record<string, { description?: string; parameters?: { name: string }[] }>>(paths).flatMap(
    ([path, item]) =>
      Object.entries(item).flatMap(([method, { description, parameters = [] }]) =>
        method === 'get'
          ? []
          : [
              {
                ...{ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path },
                permission: /permission `([\w:]+)`/.exec(description ?? '')?.[1],
                isDoneOnce: parameters.some(({ name }) => name === 'idempotency-key'),
              },
            ],
      ),
  )
  for (const role of shopRoles) headersOf[role] = await addUser(`${role}@kedai.example`, role)
  headersOf.boss = await addUser('boss@kedai.example', 'owner', true)
})
afterAll(() => world.close())
beforeEach(() => world.query('delete from audit_log'))

/** Visitors, who have no account, leave entries of other logs; looks, and a secret that no code has confirmed, change nothing. */
const withoutEntry = new Set([
  ...['POST /v1/track', 'POST /v1/track/{trackingNumber}/report', 'POST /v1/links/look', 'POST /v1/session/totp'],
  'POST /v1/admin/privacy/find',
  'POST /v1/admin/search',
])
const totpBegun = async () => {
  const headers = await signIn('support@kedai.example')
  const { uri } = (await ask('POST', '/v1/session/totp', { headers, payload: { password } })).json()
  return { headers, code: () => codeShown(uri, world.clock.now()) }
}
const addMember = async (email: string): Promise<string> => {
  await addUser(email, 'viewer')
  const [user] = await world.query<{ id: string }>('select id from users where email = $1', [email])
  return `/v1/team/${user!.id}`
}
/** A run that may be paused, resumed or cancelled. */
const refreshRunFor = async (turn: string): Promise<Call> => {
  await world.query(`update refresh_runs set ended_at = now()`)
  const answer = await ask('POST', '/v1/admin/refreshes', { payload: { ids: [await register()] } })
  const url = `${answer.headers.location}/`
  if (turn === 'resume') await ask('POST', `${url}pause`)
  return { url: url + turn }
}
/** Signed in anew only where the last call ended the session: one address signs in a hundred times an hour at most. */
const bossAgain = async (): Promise<Headers> => {
  const { statusCode } = await ask('GET', '/v1/session', { headers: headersOf.boss! })
  if (statusCode !== 200) headersOf.boss = await signIn('boss@kedai.example')
  return headersOf.boss!
}
/** A job of its own in this state. */
const jobThat = async (state: string): Promise<string> => {
  registered += 1
  const id = await world.deps.boss.send('clean-up', {}, { singletonKey: `job ${registered}` })
  await world.query('update pgboss.job set state = $2::pgboss.job_state where id = $1', [id, state])
  return id!
}
const connection = () => `/v1/admin/connections/${world.shop.connectionId}`
let totp: Awaited<ReturnType<typeof totpBegun>>
/** How each route that changes something is called so that it does. */
const needing = async (): Promise<string> => {
  const id = await register()
  await world.query(`update tracking_cache set requires_attention = true, attention_reason = 'stuck' where id = $1`, [
    id,
  ])
  return id
}
const aView = () => {
  registered += 1
  return { name: `View ${registered}`, filter: { status: 'on_hold' } }
}
const viewMade = async (): Promise<string> => {
  const { id } = (await ask('POST', '/v1/admin/views', { headers: await bossAgain(), payload: aView() })).json()
  return `/v1/admin/views/${id}`
}
const at = (path: string) => async (): Promise<Call> => ({ url: path.replace('{id}', await register()) })
Object.assign(changes, {
  'POST /v1/trackings': async () => ({ payload: { trackingNumber: 'JT9900000001' } }),
  'POST /v1/trackings/bulk': async () => ({ payload: { trackings: [{ trackingNumber: 'JT9900000002' }] } }),
  'POST /v1/trackings/import': async () => ({
    headers: { ...headersOf.boss, 'content-type': 'text/csv' },
    payload: 'tracking_number,email\nJT9900000003,nurul.buyer@example.com\n',
  }),
  'PATCH /v1/trackings/{id}': async () => ({
    ...(await at('/v1/trackings/{id}')()),
    payload: { courier: 'J&T Express' },
  }),
  'DELETE /v1/trackings/{id}': at('/v1/trackings/{id}'),
  'POST /v1/trackings/{id}/link': at('/v1/trackings/{id}/link'),
  'POST /v1/admin/trackings/{id}/refresh': at('/v1/admin/trackings/{id}/refresh'),
  'POST /v1/admin/refreshes': async () => {
    const { url = '' } = await at('{id}')()
    return { payload: { ids: [url] } }
  },
  ...Object.fromEntries(
    ['pause', 'resume', 'cancel'].map((turn) => [`POST /v1/admin/refreshes/{id}/${turn}`, () => refreshRunFor(turn)]),
  ),
  'POST /v1/admin/trackings/{id}/attention/resolve': async () => {
    const call = await at('/v1/admin/trackings/{id}/attention/resolve')()
    await world.query(`update tracking_cache set requires_attention = true, attention_reason = 'stuck'`)
    return call
  },
  'POST /v1/admin/connections/authorise': async () => ({ payload: { environment: 'live' } }),
  'PATCH /v1/admin/connections/{id}': async () => ({ url: connection(), payload: { name: 'Main' } }),
  'POST /v1/admin/connections/{id}/pause': async () => {
    await world.query('update connections set disconnected_at = null')
    return { url: `${connection()}/pause`, payload: { reason: 'Raya' } }
  },
  'POST /v1/admin/connections/{id}/resume': async () => {
    await world.query('update connections set held_since = now()')
    return { url: `${connection()}/resume` }
  },
  'POST /v1/admin/connections/{id}/disconnect': async () => {
    await world.query(`update connections set sealed_access_token = 'sealed'`)
    return { url: `${connection()}/disconnect`, payload: { confirm: true } }
  },
  'POST /v1/admin/connections/{id}/sync': async () => {
    await world.query(`update connections set sealed_access_token = 'sealed'`)
    return { url: `${connection()}/sync` }
  },
  'POST /v1/admin/connections/{id}/budget': async () => ({
    url: `${connection()}/budget`,
    payload: { extraCalls: 10 },
  }),
  'POST /v1/admin/attention/settle': async () => ({ payload: { ids: [await needing()], how: 'seen' } }),
  'POST /v1/admin/attention/snooze': async () => ({ payload: { ids: [await needing()], until: null } }),
  'POST /v1/admin/attention/assign': async () => ({ payload: { ids: [await needing()], userId: null } }),
  'POST /v1/admin/attention/note': async () => ({ payload: { ids: [await needing()], text: 'asked the courier' } }),
  'POST /v1/admin/trackings/{id}/notes': async () => ({
    ...(await at('/v1/admin/trackings/{id}/notes')()),
    payload: { text: 'asked the courier' },
  }),
  'DELETE /v1/admin/trackings/{id}/notes/{noteId}': async () => {
    const url = `/v1/admin/trackings/${await register()}/notes`
    return { url: `${url}/${(await ask('POST', url, { payload: { text: 'asked the courier' } })).json().id}` }
  },
  'POST /v1/admin/undo/{id}': async () => {
    const payload = { ids: [await needing()], how: 'seen' }
    const { undo } = (await ask('POST', '/v1/admin/attention/settle', { payload })).json()
    return { url: `/v1/admin/undo/${undo.id}` }
  },
  'POST /v1/admin/views': async () => ({ payload: aView() }),
  'PATCH /v1/admin/views/{id}': async () => ({ url: await viewMade(), payload: { sort: 'registered' } }),
  'DELETE /v1/admin/views/{id}': async () => ({ url: await viewMade() }),
  'PATCH /v1/shop': async () => ({ payload: { name: 'Kedai Siti', email: 'siti@kedai.example' } }),
  'PATCH /v1/admin/settings': async () => ({ payload: { in_transit_freq: 90 } }),
  'POST /v1/operator/ticks/{name}': async () => ({ url: '/v1/operator/ticks/maintenance' }),
  'POST /v1/admin/ticks/{name}': async () => ({ url: '/v1/admin/ticks/clean-up' }),
  'POST /v1/operator/texts': async () => ({ payload: { text: 'Kad kabinet', status: 'in_transit' } }),
  'DELETE /v1/operator/texts/{id}': async () => {
    const payload = { text: 'Shelved kabinet', status: 'in_transit' }
    const { text } = (await ask('POST', '/v1/operator/texts', { headers: headersOf.boss!, payload })).json()
    return { url: `/v1/operator/texts/${text.id}` }
  },
  'POST /v1/operator/jobs/retry': async () => ({ payload: {} }),
  'POST /v1/operator/jobs/{id}/retry': async () => ({ url: `/v1/operator/jobs/${await jobThat('failed')}/retry` }),
  'POST /v1/operator/jobs/{id}/cancel': async () => ({ url: `/v1/operator/jobs/${await jobThat('created')}/cancel` }),
  'POST /v1/session': async () => ({ headers: { origin: own }, payload: { email: 'admin@kedai.example', password } }),
  'DELETE /v1/session': async () => ({ headers: await signIn('admin@kedai.example') }),
  'DELETE /v1/session/others': async () => {
    await signIn('admin@kedai.example')
    return { headers: await signIn('admin@kedai.example') }
  },
  'DELETE /v1/session/all/{id}': async () => {
    const headers = await signIn('admin@kedai.example')
    const [{ id } = { id: '' }] = (await ask('GET', '/v1/session/all', { headers })).json().data
    return { url: `/v1/session/all/${id}`, headers }
  },
  'POST /v1/session/password': async () => ({
    headers: await signIn('biller@kedai.example'),
    payload: { current: password, password: 'another good one, 12' },
  }),
  'POST /v1/admin/privacy/export': async () => ({ payload: { contact: buyer.email } }),
  'POST /v1/admin/privacy/erase': async () => ({ payload: { contact: 'no.one@example.com' } }),
  'POST /v1/session/email': async () => ({
    headers: await signIn('dispatcher@kedai.example'),
    payload: { password, email: 'dispatch@kedai.example' },
  }),
  'POST /v1/session/totp/confirm': async () => {
    totp = await totpBegun()
    return { headers: totp.headers, payload: { code: totp.code() } }
  },
  'POST /v1/session/totp/off': async () => {
    world.clock.advance(60_000)
    return { headers: totp.headers, payload: { password, code: totp.code() } }
  },
  'POST /v1/links/use': async () => {
    const { organizationId } = world.shop
    const invited = { email: 'invited@kedai.example', organizationId, role: 'viewer' } as const
    const { token } = await inviteUser({ ...world.deps, db: world.db, actor: consoleActor }, invited)
    return { headers: { origin: own }, payload: { token, name: 'Invited', password: 'another good one, 12' } }
  },
  'POST /v1/session/shop': async () => ({ payload: { shop: 'default' } }),
  'POST /v1/team/invitations': async () => ({ payload: { email: 'asked@kedai.example', role: 'viewer' } }),
  'DELETE /v1/team/invitations/{id}': async () => {
    const payload = { email: 'withdrawn@kedai.example', role: 'viewer' }
    return { url: `/v1/team/invitations/${(await ask('POST', '/v1/team/invitations', { payload })).json().id}` }
  },
  'PATCH /v1/team/{id}': async () => ({ url: await addMember('moved@kedai.example'), payload: { role: 'biller' } }),
  'DELETE /v1/team/{id}': async () => ({ url: await addMember('removed@kedai.example') }),
  'POST /v1/keys': async () => ({ payload: { name: 'till', scopes: ['trackings:read'] } }),
  'DELETE /v1/keys/{id}': async () => {
    const payload = { name: 'till', scopes: ['trackings:read'] }
    return { url: `/v1/keys/${(await ask('POST', '/v1/keys', { payload })).json().id}` }
  },
})

describe('every route that changes something', () => {
  test('leaves an entry with who asked, from where, when an owner or operator has it done', async () => {
    for (const { name, method, path } of operations) {
      if (withoutEntry.has(name)) continue
      expect([name, name in changes]).toEqual([name, true])
      const call = await changes[name]!()
      await world.query('delete from audit_log')
      const answer: Answer = await ask(method, call.url ?? path, {
        ...call,
        headers: call.headers ?? (await bossAgain()),
      })
      expect([name, answer.statusCode < 300 ? 'done' : answer.json().detail]).toEqual([name, 'done'])
      const left = (await entries()).filter(({ act }) => act !== 'session.started' || name === 'POST /v1/session')
      expect([name, left.length]).toEqual([name, 1])
      expect(left[0]).toMatchObject({
        actor: expect.stringMatching(/^user:\d+$/),
        result: 'done',
        address_hmac: expect.stringMatching(/^[\da-f]{64}$/),
        request_id: expect.stringMatching(/^[\w-]{8,}$/),
      })
    }
  })

  test('leaves an entry when a user or a key without the permission is refused', async () => {
    const key = withKey(await world.addKey(world.shop.organizationId, ['trackings:read']))
    for (const { name, method, path, permission } of operations) {
      if (!permission || permissionsOfUser({ role: 'viewer', isOperator: false }).has(permission as Permission))
        continue
      for (const headers of [headersOf.viewer!, key]) {
        await world.query('delete from audit_log')
        const url = path.replace('{id}', '1').replace('{noteId}', '1').replace('{name}', 'maintenance')
        const { statusCode } = await ask(method, url, { headers })
        expect([name, statusCode]).toEqual([name, 403])
        expect([name, await entries()]).toEqual([
          name,
          [
            expect.objectContaining({
              act: 'request.refused',
              result: 'refused',
              detail: expect.stringContaining(permission),
            }),
          ],
        ])
      }
    }
  })
})

describe('a POST that is sent again with its Idempotency-Key', () => {
  /** Those that ignore it, and why. */
  const ignoring = {
    'a visitor sends it, without key or session': [
      ...['POST /v1/track', 'POST /v1/track/{trackingNumber}/report', 'POST /v1/links/look', 'POST /v1/links/use'],
      'POST /v1/session',
    ],
    'it is about the session, or proven by a password and codes that count once': [
      ...['POST /v1/session/shop', 'POST /v1/session/password', 'POST /v1/session/email', 'POST /v1/session/totp'],
      ...['POST /v1/session/totp/confirm', 'POST /v1/session/totp/off'],
    ],
    'sent again, it registers nothing twice': ['POST /v1/trackings/import'],
    'sent again, it makes a link that is as good': ['POST /v1/trackings/{id}/link'],
    'it changes nothing, or answers what no one may keep': [
      ...['POST /v1/admin/privacy/find', 'POST /v1/admin/privacy/export', 'POST /v1/admin/search'],
    ],
  }
  const secretFields = /^(?:key|link|url|uri)$|secret|token|password|codes/i
  const sendOnce = async ({ name, method, path }: (typeof operations)[number], key: string) => {
    const call = { ...(await changes[name]!()) }
    const headers = { ...(call.headers ?? (await bossAgain())), 'idempotency-key': key }
    await world.query('delete from audit_log')
    return () => ask(method, call.url ?? path, { ...call, headers })
  }
  const acts = async () => (await entries()).filter(({ act }) => act !== 'session.started').length
  const named = (body: string, field: RegExp) => [...body.matchAll(field)].map(([, name = '']) => name)
  const fieldsIn = (body: string) => named(body, /"(\w+)":/g)
  const textsIn = (body: string) => named(body, /"(\w+)":\[?"/g)

  test('is done once, unless it is one of those that need no key', () => {
    const others = operations.filter(({ method, isDoneOnce }) => method === 'POST' && !isDoneOnce)
    expect(others.map(({ name }) => name).sort()).toEqual(Object.values(ignoring).flat().sort())
  })

  test('is answered as the first time, without secrets and without another entry', async () => {
    for (const operation of operations.filter(({ isDoneOnce }) => isDoneOnce)) {
      const { name } = operation
      const send = await sendOnce(operation, `again ${name}`.replaceAll(' ', '-'))
      const [first, again] = [await send(), await send()]
      expect([name, first.statusCode < 300, again.statusCode]).toEqual([name, true, first.statusCode])
      expect([name, again.headers['idempotency-replayed']]).toEqual([name, 'true'])
      const leftOut = String(again.headers['idempotency-left-out'] ?? '').split(', ')
      const fields = fieldsIn(first.body).filter((field) => !leftOut.includes(field))
      expect([name, fieldsIn(again.body)]).toEqual([name, fields])
      // What is shown once stands in `secrets` of its route.
      expect([name, textsIn(again.body).filter((field) => secretFields.test(field))]).toEqual([name, []])
      expect([name, await acts()]).toEqual([name, 1])
    }
  })

  test('does nothing that outlives an answer that could not be kept', async () => {
    await world.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'not kept'; end $$;
       create constraint trigger refuse after insert on kept_answers deferrable initially deferred for each row execute function refuse()`,
    )
    for (const operation of operations.filter(({ isDoneOnce }) => isDoneOnce)) {
      const { name } = operation
      const send = await sendOnce(operation, `lost ${name}`.replaceAll(' ', '-'))
      // Where an entry is left, the act was not in the transaction of its answer: `by` of the route says whose that is.
      expect([name, (await send()).statusCode, await acts()]).toEqual([name, 500, 0])
    }
    await world.query('drop function refuse() cascade')
  })
})

test('whoever tries made-up e-mail addresses leaves one line a minute in the security log, and nothing in the audit log', async () => {
  const attempt = (email: string) =>
    ask('POST', '/v1/session', { headers: { origin: own }, payload: { email, password: 'wrong, surely' } })
  for (let time = 0; time < 6; time++) await attempt(`nobody-${time}@kedai.example`)
  for (let time = 0; time < 6; time++) await attempt('nobody@kedai.example')
  expect(await entries()).toEqual([])
  const lines = () => world.query(`select kind from security_log where kind like 'sign_in%' order by kind`)
  await expect.poll(lines).toEqual([{ kind: 'sign_in_locked' }, { kind: 'sign_in_refused' }])
})

test('a wrong password for a user leaves an entry that names them by id', async () => {
  const payload = { email: 'viewer@kedai.example', password: 'wrong, surely' }
  await ask('POST', '/v1/session', { headers: { origin: own }, payload })
  const refused = await entries()
  const object = expect.stringMatching(/^user:\d+$/)
  expect(refused).toMatchObject([{ act: 'session.refused', actor: 'anonymous', result: 'refused', object }])
  expect(JSON.stringify(refused)).not.toContain('viewer')
})

test('a key that no one has leaves one line a minute in the security log, whatever it asks', async () => {
  for (let time = 0; time < 3; time++)
    await ask('GET', '/v1/trackings', { headers: withKey('jejak_a_key_that_no_one_has') })
  await expect.poll(() => world.query(`select kind from security_log where kind = 'key_refused'`)).toHaveLength(1)
  expect(await entries()).toEqual([])
})

test('someone who is refused again and again fills no log', async () => {
  world.clock.advance(60_000)
  for (let time = 0; time < 70; time++) await ask('PATCH', '/v1/shop', { headers: headersOf.viewer!, payload: {} })
  expect(await entries()).toHaveLength(60)
})

test('neither e-mail addresses, phone numbers and names nor tracking and order numbers stand in the audit log', async () => {
  const id = await register()
  const contact = { email: 'another.buyer@example.com', phone: '+60198765432' }
  await ask('PATCH', `/v1/trackings/${id}`, { headers: headersOf.owner!, payload: { contact, orderNumber: 'SO-77' } })
  await ask('PATCH', '/v1/shop', {
    headers: headersOf.owner!,
    payload: { phone: '+60312345678', email: 'help@kedai.example' },
  })
  await ask('POST', `/v1/trackings/${id}/link`, { headers: headersOf.owner!, payload: { orderNumber: 'SO-77' } })
  await addUser('new.person@kedai.example', 'viewer')
  await ask('DELETE', `/v1/trackings/${id}`, { headers: headersOf.owner! })
  const log = JSON.stringify(await entries())
  expect(log).toContain('parcels.removed')
  for (const personal of ['buyer', 'example', '6012', '6019', '6031', 'new.person', 'Siti', 'SO-', 'JT00', '127.0.0.1'])
    expect([personal, log.includes(personal)]).toEqual([personal, false])
})

describe('reading the audit log', () => {
  const read = async (url: string, headers: Headers = headersOf.owner!) => (await ask('GET', url, { headers })).json()
  const enter = (detail: string, told: { organizationId?: string | null; id?: string; object?: string } = {}) =>
    recordAct(world.db.sql, {
      ...{
        act: 'parcels.changed',
        actor: { kind: 'user', id: told.id ?? '7' },
        detail,
        object: told.object ?? 'parcel:1',
      },
      ...{ organizationId: told.organizationId === undefined ? world.shop.organizationId : told.organizationId },
      now: world.clock.now(),
    })
  const details = (page: { data: { detail: string }[] }) => page.data.map(({ detail }) => detail)

  test('goes by who, what and when, newest first, in pages', async () => {
    for (const detail of ['a', 'b', 'c']) await enter(detail)
    world.clock.advance(60_000)
    await enter('d', { id: '8', object: 'parcel:2' })
    const first = await read('/v1/admin/audit?limit=3')
    expect(details(first)).toEqual(['d', 'c', 'b'])
    expect(details(await read(`/v1/admin/audit?limit=3&cursor=${first.nextCursor}`))).toEqual(['a'])
    expect(details(await read('/v1/admin/audit?actor=user:8'))).toEqual(['d'])
    expect(details(await read('/v1/admin/audit?object=parcel:2&act=parcels.changed'))).toEqual(['d'])
    const since = encodeURIComponent(world.clock.now().toISOString())
    expect(details(await read(`/v1/admin/audit?since=${since}`))).toEqual(['d'])
    expect(details(await read(`/v1/admin/audit?until=${since}`))).toEqual(['c', 'b', 'a'])
    const file = await ask('GET', '/v1/admin/audit?format=csv&actor=user:8')
    expect(file.headers['content-disposition']).toBe('attachment; filename="audit.csv"')
    expect(file.body).toMatch(
      /^id,at,actor,act,object,result,detail,requestId,sealedAs\r\n\d+,[^,]+Z,user:8,[^\r]+,d,[^\r]*\r\n$/,
    )
    expect(details(await read('/v1/admin/audit?act=key.created'))).toEqual([])
  })

  test('shows managers their own shop, and operators the whole installation', async () => {
    const other = await world.addShop('other')
    await world.query('delete from audit_log')
    await enter('mine')
    await enter('theirs', { organizationId: other.organizationId })
    await enter('everyone’s', { organizationId: null })
    expect(details(await read('/v1/admin/audit'))).toEqual(['mine'])
    expect(details(await read('/v1/admin/audit', withKey(other.key)))).toEqual(['theirs'])
    expect(details(await read('/v1/operator/audit', headersOf.boss!))).toEqual(['everyone’s', 'theirs', 'mine'])
    expect((await ask('GET', '/v1/operator/audit')).statusCode).toBe(403)
    expect((await ask('GET', '/v1/admin/audit', { headers: headersOf.viewer! })).statusCode).toBe(403)
  })

  test('says which entries are sealed already', async () => {
    await enter('sealed')
    await sealAudit({ ...world.deps, db: world.db })
    await enter('waits')
    expect((await read('/v1/admin/audit')).data).toMatchObject([
      { sealedAs: null },
      { sealedAs: expect.stringMatching(/^\d+$/) },
    ])
  })
})

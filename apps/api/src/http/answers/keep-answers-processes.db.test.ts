import { freePort } from '@jejak/db/embedded'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from '../../testing/api-world.ts'
import { type RealProcess, startProcess } from '../../testing/real-process.ts'

type Api = RealProcess & { url: string }

let world: ApiWorld
let apis: Api[] = []
let holder: { letGo: () => Promise<void> } | undefined

const startApi = async (): Promise<Api> => {
  const port = await freePort()
  const { database } = world.config
  const process = await startProcess(new URL('../../main.ts', import.meta.url), 'api started', {
    ...{ DATABASE_URL: database.url!.reveal(), SECRET_KEY: 'a secret that only tests know, 32 bytes' },
    ...{ HOST: '127.0.0.1', PORT: String(port), OVERLOAD_DELAY_MAX: '60000' },
  })
  return { ...process, url: `http://127.0.0.1:${port}` }
}

beforeAll(async () => {
  world = await createApiWorld()
  apis = await Promise.all([startApi(), startApi()])
})
afterEach(async () => {
  await holder?.letGo()
  await world.query('drop function if exists wait_there cascade')
})
afterAll(async () => {
  await Promise.all(apis.map((api) => api.kill()))
  await world.close()
})

const send = async ({ url }: Api, key: string, trackingNumber: string, signal?: AbortSignal) => {
  const answer = await fetch(`${url}/v1/trackings`, {
    method: 'POST',
    headers: { ...withKey(world.shop.key), 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ trackingNumber }),
    ...(signal && { signal }),
  })
  const isReplay = answer.headers.get('idempotency-replayed') === 'true'
  return { status: answer.status, isReplay, retryAfter: answer.headers.get('retry-after'), body: await answer.text() }
}
type Answer = Awaited<ReturnType<typeof send>>
const registered = async (trackingNumber: string) =>
  (await world.query('select from tracking_cache where tracking_number = $1', [trackingNumber])).length
const acts = async () => (await world.query(`select from audit_log where act = 'parcels.registered'`)).length
const kept = async () => (await world.query('select from kept_answers')).length

/** Makes whoever keeps an answer wait, before it is written or within the commit, until `letGo`. */
const hold = async (when: 'before it is written' | 'within the commit') => {
  const trigger =
    when === 'within the commit'
      ? 'create constraint trigger wait_there after insert on kept_answers deferrable initially deferred'
      : 'create trigger wait_there before insert on kept_answers'
  await world.query(
    `create function wait_there() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(42); return new; end $$;
     ${trigger} for each row execute function wait_there()`,
  )
  const { promise: end, resolve } = Promise.withResolvers<void>()
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const held = world.db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(42)')
    begin()
    await end
  })
  await begun
  holder = {
    letGo: async () => {
      resolve()
      await held
    },
  }
  return holder
}
const waiting = async () =>
  (
    await world.query(
      `select from pg_stat_activity where datname = current_database() and wait_event = 'advisory' and application_name = 'jejak-api'`,
    )
  ).length

test('the same request fifty times at once on two processes is done once: one is told so, the others to wait or the same', async () => {
  const all = await Promise.all(Array.from({ length: 50 }, (_, i) => send(apis[i % 2]!, 'fifty', 'JT5000000001')))
  const done = all.filter(({ status, isReplay }) => status === 201 && !isReplay)
  const inFlight = all.filter(({ status }) => status === 409)
  const replayed = all.filter(({ isReplay }) => isReplay)
  expect([done.length, inFlight.length + replayed.length]).toEqual([1, 49])
  expect(inFlight.every(({ retryAfter }) => retryAfter === '1')).toBe(true)
  const later = await send(apis[0]!, 'fifty', 'JT5000000001')
  for (const { status, body } of [...replayed, later]) expect([status, body]).toEqual([201, done[0]!.body])
  expect(later.isReplay).toBe(true)
  expect([await registered('JT5000000001'), await acts()]).toEqual([1, 1])
})

test('while one process is still at work, the other says so', async () => {
  const { letGo } = await hold('before it is written')
  const slow = send(apis[0]!, 'in-flight', 'JT5000000002')
  await expect.poll(waiting).toBe(1)
  expect(await send(apis[1]!, 'in-flight', 'JT5000000002')).toMatchObject({ status: 409, retryAfter: '1' })
  expect(await world.query(`select from audit_log where act = 'request.refused'`)).toEqual([])
  await letGo()
  expect(await slow).toMatchObject({ status: 201, isReplay: false })
  expect(await send(apis[1]!, 'in-flight', 'JT5000000002')).toMatchObject({ status: 201, isReplay: true })
})

test('a client that hangs up while its request is at work, and sends it again, gets the answer that it would have got', async () => {
  const { letGo } = await hold('before it is written')
  const hangUp = new AbortController()
  const lost = send(apis[0]!, 'hung-up', 'JT5000000005', hangUp.signal).catch(() => null)
  await expect.poll(waiting).toBe(1)
  hangUp.abort()
  expect(await lost).toBeNull()
  await letGo()
  await expect.poll(async () => (await send(apis[1]!, 'hung-up', 'JT5000000005')).status).toBe(201)
  expect(await send(apis[1]!, 'hung-up', 'JT5000000005')).toMatchObject({ status: 201, isReplay: true })
  expect(await registered('JT5000000005')).toBe(1)
})

/** Kills the process that a request is at, once `ready`; the request is never answered. */
const killAt = async (ready: () => Promise<unknown>, trackingNumber: string) => {
  const victim = await startApi()
  const lost = send(victim, trackingNumber, trackingNumber).catch((): Answer | null => null)
  await ready()
  await victim.kill()
  expect(await lost).toBeNull()
}

test('a process that is killed after it has done what was asked and before that is committed leaves nothing; sent again, it is done once', async () => {
  const { letGo } = await hold('before it is written')
  const before = await kept()
  await killAt(() => expect.poll(waiting).toBe(1), 'JT5000000003')
  await letGo()
  await expect.poll(waiting).toBe(0)
  expect([await registered('JT5000000003'), await kept()]).toEqual([0, before])
  const again = () => send(apis[0]!, 'JT5000000003', 'JT5000000003')
  await expect.poll(async () => (await again()).status).toBe(201)
  expect((await again()).isReplay).toBe(true)
  expect(await registered('JT5000000003')).toBe(1)
})

test('a process that is killed between the commit and the answer has done it: sent again, the answer is the one that was lost', async () => {
  const { letGo } = await hold('within the commit')
  const [before, actsBefore] = [await kept(), await acts()]
  const victim = await startApi()
  const lost = send(victim, 'lost', 'JT5000000004').catch((): Answer | null => null)
  await expect.poll(waiting).toBe(1)
  // It stands still while the database commits, so that no answer leaves it.
  process.kill(victim.pid, 'SIGSTOP')
  await letGo()
  await expect.poll(kept).toBe(before + 1)
  await victim.kill()
  expect(await lost).toBeNull()
  expect(await send(apis[0]!, 'lost', 'JT5000000004')).toMatchObject({ status: 201, isReplay: true })
  expect([await registered('JT5000000004'), await acts()]).toEqual([1, actsBefore + 1])
})

import { createUser, deriveAccessKeys } from '@jejak/core/access'
import { consoleActor } from '@jejak/core/audit'
import { deriveLinkKeys, deriveLookupKey } from '@jejak/core/buyers'
import { prepareInstallation } from '@jejak/core/installing'
import { deriveContactKeys } from '@jejak/core/registering'
import type { SecretKeys } from '@jejak/core/secrets'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from './app.ts'
import { type ApiWorld, createApiWorld, withKey } from './testing/api-world.ts'

const oldKey = 'a secret that only tests know, 32 bytes'
const newKey = 'the secret that comes after it, 32 bytes'

let world: ApiWorld
/** A process that was started with the old key only, with the new one beside it, with both the other way round, and with the new one only. */
let processes: Record<'before' | 'told' | 'turned' | 'after', FastifyInstance>

const appWith = (secretKeys: SecretKeys) =>
  buildApp({
    ...world.deps,
    contactKeys: deriveContactKeys(secretKeys),
    lookupKey: deriveLookupKey(secretKeys),
    accessKeys: deriveAccessKeys(secretKeys),
    linkKeys: deriveLinkKeys(secretKeys),
  })

beforeAll(async () => {
  world = await createApiWorld()
  processes = {
    before: world.app,
    told: await appWith([oldKey, newKey]),
    turned: await appWith([newKey, oldKey]),
    after: await appWith([newKey]),
  }
  const user = { email: 'siti@kedai.example', name: 'Siti', password: 'three cups of teh tarik', isOperator: false }
  await createUser(
    { ...world.deps, db: world.db, actor: consoleActor },
    { ...user, membership: { organizationId: world.shop.organizationId, role: 'owner' } },
  )
})
afterAll(async () => {
  await Promise.all([processes.told, processes.turned, processes.after].map((app) => app.close()))
  await world.close()
})

const contact = { email: 'aisyah@example.com', phone: '012-345 6789' }
let last = 0

const register = async (app: FastifyInstance) => {
  const place = ++last
  const order = { trackingNumber: `JT000000000${place}`, orderNumber: `ROLL-${place}` }
  const headers = withKey(world.shop.key)
  const payload = { ...order, contact }
  const { id } = (await app.inject({ method: 'POST', url: '/v1/trackings', headers, payload })).json()
  return { ...order, id: id as string }
}
type Registered = Awaited<ReturnType<typeof register>>
const lookUp = async (app: FastifyInstance, { orderNumber }: Registered, typed = contact.email) =>
  (await app.inject({ method: 'POST', url: '/v1/track', payload: { orderNumber, contact: typed } })).statusCode
const makeLink = async (app: FastifyInstance, { id }: Registered) => {
  const headers = withKey(world.shop.key)
  const { url } = (await app.inject({ method: 'POST', url: `/v1/trackings/${id}/link`, headers })).json()
  return new URL(url).searchParams.get('k') ?? ''
}
const open = async (app: FastifyInstance, { trackingNumber }: Registered, k: string) =>
  (await app.inject({ url: `/v1/track/${trackingNumber}?k=${k}` })).statusCode
const signIn = async (app: FastifyInstance) => {
  const payload = { email: 'siti@kedai.example', password: 'three cups of teh tarik' }
  const headers = { origin: 'http://localhost:3000' }
  const answer = await app.inject({ method: 'POST', url: '/v1/session', headers, payload })
  return String(answer.headers['set-cookie']).split(';')[0]!
}
const isIn = async (app: FastifyInstance, cookie: string) =>
  (await app.inject({ url: '/v1/session', headers: { cookie } })).statusCode

test.each([
  ['old', 'before', 'told'],
  ['told', 'told', 'turned'],
  ['turned', 'turned', 'after'],
] as const)(
  'round by round, processes that run side by side accept what the other made (%s)',
  async (_, one, other) => {
    for (const [maker, reader] of [
      [processes[one], processes[other]],
      [processes[other], processes[one]],
    ] as const) {
      const parcel = await register(maker)
      expect(await lookUp(reader, parcel)).toBe(200)
      expect(await lookUp(reader, parcel, contact.phone)).toBe(200)
      expect(await lookUp(reader, parcel, 'wrong@example.com')).toBe(404)
      expect(await open(reader, parcel, await makeLink(maker, parcel))).toBe(200)
      expect(await isIn(reader, await signIn(maker))).toBe(200)
    }
  },
)

test('links and look-ups from before go on as long as the old key is there, and end with it', async () => {
  const parcel = await register(processes.before)
  const k = await makeLink(processes.before, parcel)
  const cookie = await signIn(processes.before)
  expect(await open(processes.turned, parcel, k)).toBe(200)
  expect(await open(processes.after, parcel, k)).toBe(403)
  expect(await lookUp(processes.after, parcel)).toBe(404)
  expect(await isIn(processes.after, cookie)).toBe(401)
})

test('the same contact, sent again under the new key, leaves the links of its order alone', async () => {
  const parcel = await register(processes.before)
  const k = await makeLink(processes.before, parcel)
  const patch = (sent: object) =>
    processes.turned.inject({
      ...{ method: 'PATCH', url: `/v1/trackings/${parcel.id}`, headers: withKey(world.shop.key) },
      payload: { contact: sent },
    })
  expect((await patch(contact)).statusCode).toBe(200)
  expect(await open(processes.turned, parcel, k)).toBe(200)
  expect((await patch({ email: 'bala@example.com' })).statusCode).toBe(200)
  expect(await open(processes.turned, parcel, k)).toBe(403)
  expect(await lookUp(processes.after, parcel, 'bala@example.com')).toBe(200)
})

test('a process without a key that the database was used with does not start, and says which one is missing', async () => {
  const start = (secretKeys: SecretKeys) => {
    const [secretKey, otherSecretKey] = secretKeys.map((key) => ({
      ...world.config.keys.secretKey!,
      reveal: () => key,
    }))
    const keys = { ...world.config.keys, secretKey, otherSecretKey }
    return prepareInstallation(world.db, { ...world.config, keys })
  }
  await expect(start([newKey])).rejects.toThrow(
    /used with another SECRET_KEY \(key id [0-9a-f]{8}\): give that key as SECRET_KEY_OTHER/,
  )
  await start([oldKey, newKey])
  await start([newKey, oldKey])
  await expect(start([oldKey])).rejects.toThrow('used with another SECRET_KEY')
})

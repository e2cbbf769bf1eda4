import { Agent, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tickNames } from '@jejak/core/checking/overview'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type ApiWorld, createApiWorld, withKey } from './testing/api-world.ts'
import { marker, type Schemas } from './testing/fuzz/arbitraries.ts'
import { type FuzzRequest, type Known, type Operation, operationsOf, requestTo } from './testing/fuzz/requests.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** How many requests are sent in all: `FUZZ_REQUESTS`. */
    fuzzRequests: number
  }
}

const many = '1000000000'
const atOnce = 8
const perRound = 25
const errorBytesMax = 8_000
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
let world: ApiWorld
let port: number
let operations: Operation[]
let schemas: Schemas
let known: Known
let bodyFits: (schema: unknown, body: unknown) => string | null

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

const send = ({ method, path, headers, body }: FuzzRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({ agent, port, host: '127.0.0.1', method, path, headers }, (response) => {
      const answer = { status: response.statusCode!, headers: response.headers, body: '' }
      response.setEncoding('utf8').on('data', (text: string) => {
        answer.body += text
        // A live stream goes on for as long as someone listens.
        if (response.headers['content-type'] === 'text/event-stream') response.destroy()
      })
      response.on('close', () => resolve(answer))
    })
    request.on('error', reject)
    request.end(body)
  })

/** Compiled once a schema. */
const createJudge = (document: object) => {
  const ajv = addFormats.default(new Ajv.default({ strict: false, schemas: [{ ...document, $id: 'openapi' }] }))
  const compiled = new Map<unknown, ReturnType<typeof ajv.compile>>()
  return (schema: unknown, body: unknown): string | null => {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')
    const validate = compiled.get(schema) ?? ajv.compile(JSON.parse(text))
    compiled.set(schema, validate)
    return validate(body) ? null : ajv.errorsText(validate.errors)
  }
}

const post = (url: string, payload: object, key = world.shop.key) =>
  world.app.inject({ method: 'POST', url, headers: withKey(key), payload })

/** Parcels of two shops, a signed link, a job: what right requests are about. */
const prepare = async (): Promise<Known> => {
  const other = await world.addShop('kopi')
  const parcel = { trackingNumber: 'SPXMY0000000001', orderNumber: '1001', contact: { email: 'aisyah@example.com' } }
  const ids = await Promise.all(
    ['SPXMY0000000001', 'SPXMY0000000002', 'SPXMY0000000003'].map(
      async (trackingNumber) => (await post('/v1/trackings', { ...parcel, trackingNumber })).json().id as string,
    ),
  )
  await post('/v1/trackings', parcel, other.key)
  const link = (await post(`/v1/trackings/${ids[0]}/link`, {})).json().url as string
  const job = (await post(`/v1/admin/trackings/${ids[1]}/refresh`, {})).json().job.id as string
  return {
    keys: [
      world.shop.key,
      world.shop.key,
      world.shop.key,
      other.key,
      await world.addKey(world.shop.organizationId, ['trackings:read']),
    ],
    values: {
      id: [...ids, job],
      trackingNumber: ['SPXMY0000000001', 'spxmy 0000 0000 02'],
      shop: ['default', 'kopi', 'nowhere'],
      k: [new URL(link).searchParams.get('k')!],
      name: [...tickNames],
      status: ['pending', 'pending,delivered'],
      orderNumber: ['1001'],
    },
  }
}

beforeAll(async () => {
  world = await createApiWorld({
    LIMIT_PUBLIC_VISITS: many,
    LIMIT_PUBLIC_MISSES: many,
    LIMIT_SHOP_READS: many,
    LIMIT_SHOP_WRITES: many,
    LIMIT_IMPORTS: many,
    LIMIT_REFRESHES: many,
    LOOKUP_ADDRESS_FAILURES: many,
    LOOKUP_ORDER_FAILURES: many,
    REPORT_ADDRESS_LIMIT: many,
    DATABASE_READ_TIMEOUT: '30000',
  })
  await world.app.listen({ port: 0, host: '127.0.0.1' })
  port = (world.app.server.address() as AddressInfo).port
  const document = (await world.app.inject({ url: '/openapi.json' })).json()
  operations = operationsOf(document)
  schemas = document.components.schemas
  bodyFits = createJudge(document)
  known = await prepare()
})
afterAll(async () => {
  agent.destroy()
  await world.close()
})

/** What is wrong with an answer, in one sentence; null if nothing is. */
const problemWith = ({ responses }: Operation, { status, headers, body }: Answer): string | null => {
  const declared = responses[status]
  if (status >= 500) return `answered with ${status}`
  if (!declared) return `${status} is not declared`
  const type = headers['content-type']?.toString().split(';')[0]
  const content = declared.content?.[type ?? '']
  if (declared.content ? !content : body !== '')
    return `${status} comes as ${type}, declared are ${Object.keys(declared.content ?? {})}`
  if (status >= 400 && body.length > errorBytesMax) return `a refusal of ${body.length} characters`
  if (body.includes(marker.repeat(status >= 400 ? 30 : 75))) return 'gives back more than a line of what was sent'
  if (!/^[A-Za-z0-9][\w.-]{7,63}$/.test(String(headers['x-request-id']))) return 'has no clean request id'
  return content && type?.endsWith('json') ? bodyFits(content.schema, JSON.parse(body)) : null
}

test('whatever is sent to any operation, the answer is one that the description declares, and no fault of ours', async () => {
  const requests = fc.oneof(
    ...operations.map((operation) => requestTo(operation, schemas, known).map((request) => ({ operation, request }))),
  )
  const seed = Math.floor(Math.random() * 2 ** 31)
  const statuses: Record<number, number> = {}
  const found = new Map<string, string>()
  const attack = async ({ operation, request }: { operation: Operation; request: FuzzRequest }) => {
    const answer = await send(request)
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
    const problem = problemWith(operation, answer)
    if (problem) found.set(`${operation.id} ${problem}`, JSON.stringify({ request, answer }).slice(0, 3_000))
  }
  const rounds = Math.ceil(inject('fuzzRequests') / (atOnce * perRound))
  console.info(`fuzz: ${rounds * atOnce * perRound} requests from seed ${seed}`)
  for (let round = 0; round < rounds; round++) {
    const sample = fc.sample(requests, { numRuns: atOnce * perRound, seed: seed + round })
    await Promise.all(
      Array.from({ length: atOnce }, async (_, lane) => {
        for (const each of sample.slice(lane * perRound, (lane + 1) * perRound)) await attack(each)
      }),
    )
  }
  console.info(`fuzz: answers by status ${JSON.stringify(statuses)}`)
  expect([...found]).toEqual([])
  expect(world.logLines().filter(({ level }) => Number(level) >= 50)).toEqual([])
  expect((await send({ method: 'GET', path: '/health/ready', headers: {}, body: undefined })).status).toBe(200)
  expect((await post('/v1/trackings', { trackingNumber: 'SPXMY0000000009' })).statusCode).toBeLessThan(202)
  expect((await world.app.inject({ url: '/v1/track/SPXMY0000000009' })).statusCode).toBe(200)
}, 600_000)

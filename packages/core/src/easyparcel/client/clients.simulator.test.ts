import { readTrackingNumbers } from '@jejak/contract'
import { type FaultName, type Simulator, startSimulator } from '@jejak/easyparcel-simulator'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createClassicClient } from './classic-client.ts'
import type { EasyParcelClient } from './easyparcel-client.ts'
import { createOAuth, type Tokens } from './oauth.ts'
import { createOpenClient } from './open-client.ts'
import { createTokenKeeper, type StoredTokens, type TokenKeeper, type TokenStore } from './token-keeper.ts'

const now = () => new Date('2026-02-10T00:00:00Z')
const bookedAt = '2026-02-01T01:30:15.250Z'
const scenarios = ['normal', 'failed_attempt', 'drop_off'] as const
const asked = scenarios.map((_, place) => `70280218943717${place}6`)
const unknown = '1234567890'
const never = new AbortController().signal
const limits = { timeoutMs: 3000, responseLimitBytes: 1_000_000 }

let simulator: Simulator
beforeAll(async () => {
  const bookings = scenarios.map((scenario, place) => ({ awb: asked[place] ?? '', scenario, bookedAt }))
  simulator = await startSimulator({ now, bookings, slowMs: [400, 400], retryAfterSeconds: 7 })
})
beforeEach(() => simulator.resetStats())
afterAll(() => simulator.close())

const fixedToken: TokenKeeper = { accessToken: async () => 'demo-access-token', refresh: async () => 'refreshed' }
const clientOf = (api: 'open' | 'classic', timeoutMs = limits.timeoutMs, tokens = fixedToken): EasyParcelClient => {
  const options = {
    ...limits,
    timeoutMs,
    baseUrl: simulator.url,
    batchMax: 50,
    concurrencyMax: 3,
    defaultZone: '+08:00',
  }
  return api === 'open'
    ? createOpenClient({ ...options, version: '2026-06', tokens })
    : createClassicClient({ ...options, apiKey: 'demo-key' })
}
const track = (source: EasyParcelClient) => source.trackMany([...asked, unknown], { signal: never, now: now() })

test('the fixed test numbers can be registered like any parcel’s', () => {
  const numbers = simulator.truth({ testNumbers: true }).map(({ awb }) => awb)
  expect(numbers).toContain('EPTEST-DELIVERED1')
  for (const number of numbers) expect(readTrackingNumbers(number)).toEqual({ numbers: [number] })
})

/** Events as the merge compares them: to the second, whatever the order and the copies. */
const essence = (events: readonly { at: string; code?: number | null; text: string }[], withCode: boolean) =>
  [...new Set(events.map((event) => `${event.at.slice(0, 19)} ${withCode ? event.code : ''} ${event.text}`))].sort()

const expectTruth = async (api: 'open' | 'classic') => {
  const { items } = await track(clientOf(api))
  expect(items.get(unknown)).toEqual({ kind: 'not_found' })
  for (const awb of asked) {
    const item = items.get(awb)
    const truth = simulator.truth({ awb })[0]?.events ?? []
    expect(truth.length).toBeGreaterThan(3)
    expect(item?.kind === 'found' && essence(item.scans, api === 'open')).toEqual(essence(truth, api === 'open'))
  }
}

const kinds = {
  '429_json': 'rate-limited',
  '429_retry_after': 'rate-limited',
  html_403: 'server',
  html_429: 'rate-limited',
  html_502: 'server',
  html_520: 'server',
  body_401: 'unauthorised',
  body_404: 'server',
  body_500: 'server',
  not_found_all: 'server',
  unauthorised: 'unauthorised',
  server_500: 'server',
  reset_mid_body: 'network',
  truncated_json: 'malformed',
  wrong_content_type: 'malformed',
} satisfies Partial<Record<FaultName, string>>

/** The classic API reports its own errors with a code no one documented, and may label JSON as HTML. */
const classicKinds = { ...kinds, body_404: 'rejected', body_500: 'rejected', wrong_content_type: 'truth' }
const failures = [
  ...Object.entries(kinds).map(([name, kind]) => ['open', name as FaultName, kind] as const),
  ...Object.entries(classicKinds).map(([name, kind]) => ['classic', name as FaultName, kind] as const),
]

test.each(failures)('%s, fault %s: the call fails once, as %s', async (api, name, kind) => {
  simulator.forceFault({ name })
  if (kind === 'truth') await expectTruth(api)
  else await expect(track(clientOf(api))).rejects.toMatchObject({ name: 'EasyParcelError', kind })
  expect(simulator.stats()).toMatchObject({ calls: { started: 1 }, faults: { [name]: 1 } })
})

test.each(['a', 'b', 'c', 'd'] as const)('a refused token in shape %s is unauthorised', async (variant) => {
  simulator.forceFault({ name: 'unauthorised', variant })
  await expect(track(clientOf('open'))).rejects.toMatchObject({ kind: 'unauthorised', httpStatus: 401 })
})

test('Retry-After is passed on, and an answer slower than the limit is a timeout', async () => {
  simulator.forceFault({ name: '429_retry_after' })
  await expect(track(clientOf('open'))).rejects.toMatchObject({ retryAfterMs: 7000 })
  simulator.forceFault({ name: 'slow', times: 2 })
  await expect(track(clientOf('open', 100))).rejects.toMatchObject({ kind: 'timeout' })
  await expect(track(clientOf('classic', 100))).rejects.toMatchObject({ kind: 'timeout' })
})

const oddities: FaultName[] = [
  'omit_not_found',
  'shuffled_results',
  'no_request_id',
  'message_variant',
  'mixed_zones',
  'unsorted_log',
  'latest_steps_back',
  'code_type',
  'numeric_keys',
  'duplicate_events',
]

test.each(oddities)('an answer with the oddity %s tells the same parcels in both APIs', async (name) => {
  for (const api of ['open', 'classic'] as const) {
    simulator.forceFault({ name })
    await expectTruth(api)
  }
  expect(simulator.stats().faults[name]).toBeGreaterThan(0)
})

test('all oddities at once tell the same parcels', async () => {
  for (const name of oddities) simulator.forceFault({ name, times: 2 })
  await expectTruth('open')
  await expectTruth('classic')
})

const aStore = (first: Tokens): TokenStore => {
  const untold = { savedAt: null, refusedAt: null }
  let row: StoredTokens = { ...first, ...untold, revision: '0' }
  let isClaimed = false
  return {
    read: async () => row,
    claimRefresh: async () => {
      const isMine = !isClaimed
      isClaimed = true
      return isMine
    },
    save: async (tokens) => {
      row = { ...tokens, ...untold, revision: tokens.accessToken }
      return true
    },
    noteRefusal: async () => undefined,
    releaseRefresh: async () => {
      isClaimed = false
    },
  }
}
const keeperOf = (store: TokenStore) => {
  const app = { clientId: 'demo', clientSecret: 'demo-secret', redirectUri: 'http://localhost:3910/callback' }
  const oauth = createOAuth({ ...limits, ...app, baseUrl: simulator.url, now })
  return createTokenKeeper({ store, oauth, now, leaseMs: 30_000, waitMs: 5000, pollMs: 5 })
}
const ended: Tokens = { accessToken: 'ended', refreshToken: 'demo-refresh-token', expiresAt: new Date(0) }

test.each([[], ['token_wrapped' as const]])(
  'an ended token is refreshed before the call, which then succeeds (%s)',
  async (...faults) => {
    for (const name of faults) if (name) simulator.forceFault({ name })
    const tokens = keeperOf(aStore(ended))
    const source = clientOf('open', limits.timeoutMs, tokens)
    const answers = await Promise.all([track(source), track(source), track(source)])
    expect(answers.map((answer) => answer.items.get(asked[0] ?? '')?.kind)).toEqual(['found', 'found', 'found'])
    expect(simulator.stats()).toMatchObject({ tokenCalls: 1, calls: { started: 3 } })
  },
)

test('a token refused before its end is renewed once, and the next call succeeds', async () => {
  const tokens = keeperOf(aStore({ ...ended, accessToken: 'revoked', expiresAt: null }))
  const source = clientOf('open', limits.timeoutMs, tokens)
  const refusal = await track(source).catch((error) => error)
  expect(refusal).toMatchObject({ kind: 'unauthorised' })
  await source.renewAccess?.(refusal, never)
  expect((await track(source)).items.get(unknown)?.kind).toBe('not_found')
  expect(simulator.stats()).toMatchObject({ tokenCalls: 1, calls: { started: 2 } })
})

test.each(['token_500', 'token_html'] as const)(
  'a token endpoint with %s is a passing failure and no tracking call is made',
  async (name) => {
    simulator.forceFault({ name })
    const source = clientOf('open', limits.timeoutMs, keeperOf(aStore(ended)))
    await expect(track(source)).rejects.toMatchObject({ kind: 'server' })
    expect(simulator.stats().calls.started).toBe(0)
    expect((await track(source)).items.size).toBe(4)
  },
)

test('a revoked refresh token says what to do', async () => {
  const source = clientOf('open', limits.timeoutMs, keeperOf(aStore({ ...ended, refreshToken: 'revoked' })))
  await expect(track(source)).rejects.toThrow('jejak easyparcel:connect')
})

test('a wrong classic key is unauthorised', async () => {
  const options = { ...limits, baseUrl: simulator.url, batchMax: 50, concurrencyMax: 1, defaultZone: '+08:00' }
  await expect(track(createClassicClient({ ...options, apiKey: 'wrong' }))).rejects.toMatchObject({
    kind: 'unauthorised',
  })
})

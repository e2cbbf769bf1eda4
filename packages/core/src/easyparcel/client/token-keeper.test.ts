import { expect, test } from 'vitest'
import { EasyParcelError } from './easyparcel-error.ts'
import type { Tokens } from './oauth.ts'
import { createTokenKeeper, type StoredTokens, type TokenStore } from './token-keeper.ts'

const start = new Date('2026-02-01T00:00:00Z')
const never = new AbortController().signal
const tick = () => new Promise((resolve) => setImmediate(resolve))

/** A clock that only sleeping moves. */
const aClock = () => {
  let at = start.getTime()
  return {
    now: () => new Date(at),
    sleep: async (ms: number) => {
      at += ms
      await tick()
    },
    pass: (ms: number) => {
      at += ms
    },
  }
}

const untold = { savedAt: null, refusedAt: null }

/** What the connection's row does: each step is one statement, with other processes in between. */
const aStore = (first: Tokens | null) => {
  let row: StoredTokens | null = first && { ...first, ...untold, revision: 'r0' }
  let leaseUntil: Date | null = null
  let saves = 0
  const store: TokenStore = {
    read: async () => {
      await tick()
      return row
    },
    claimRefresh: async (lease) => {
      await tick()
      if (leaseUntil && leaseUntil > lease.now) return false
      leaseUntil = lease.leaseUntil
      return true
    },
    save: async (tokens, { replacing, now }) => {
      await tick()
      if (row?.revision !== replacing) return false
      saves += 1
      row = { ...tokens, savedAt: now, refusedAt: null, revision: `r${saves}` }
      leaseUntil = null
      return true
    },
    noteRefusal: async ({ refusing, now }) => {
      await tick()
      if (row?.revision === refusing) row = { ...row, refusedAt: now }
    },
    releaseRefresh: async (lease) => {
      await tick()
      if (leaseUntil?.getTime() === lease.leaseUntil.getTime()) leaseUntil = null
    },
  }
  return {
    store,
    row: () => row,
    leaseUntil: () => leaseUntil,
    put: (tokens: Tokens, told: { savedAt?: Date } = {}) => {
      row = { ...tokens, ...untold, ...told, revision: 'put' }
    },
  }
}

/** A token endpoint whose refresh tokens work once. */
const aTokenEndpoint = (clock: ReturnType<typeof aClock>) => {
  let good = 'refresh-0'
  let asked = 0
  return {
    asked: () => asked,
    refreshTokens: async (refreshToken: string): Promise<Tokens> => {
      asked += 1
      await tick()
      if (refreshToken !== good) throw new EasyParcelError({ kind: 'rejected' }, 'refused', { httpStatus: 400 })
      good = `refresh-${asked}`
      return {
        accessToken: `access-${asked}`,
        refreshToken: good,
        expiresAt: new Date(clock.now().getTime() + 36_000_000),
      }
    },
  }
}

const tokens = (lifeMs: number | null): Tokens => ({
  accessToken: 'access-0',
  refreshToken: 'refresh-0',
  expiresAt: lifeMs === null ? null : new Date(start.getTime() + lifeMs),
})

const setUp = (first: Tokens | null) => {
  const clock = aClock()
  const stored = aStore(first)
  const endpoint = aTokenEndpoint(clock)
  const keeper = (change: Partial<Parameters<typeof createTokenKeeper>[0]> = {}) =>
    createTokenKeeper({
      store: stored.store,
      oauth: endpoint,
      now: clock.now,
      sleep: clock.sleep,
      leaseMs: 30_000,
      waitMs: 10_000,
      ...change,
    })
  return { clock, stored, endpoint, keeper }
}

test('a token that is good for a while, or whose end is unknown, is used as it is', async () => {
  for (const life of [31_000, null]) {
    const { keeper, endpoint } = setUp(tokens(life))
    expect(await keeper().accessToken(never)).toBe('access-0')
    expect(endpoint.asked()).toBe(0)
  }
})

test('a token is renewed 30 s before its end, and the rotated refresh token is kept', async () => {
  const { keeper, stored } = setUp(tokens(29_000))
  expect(await keeper().accessToken(never)).toBe('access-1')
  expect(stored.row()).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
  expect(stored.leaseUntil()).toBeNull()
})

test('a token is refreshed in the last quarter of its life, and a refusal then stops nothing while it is still good', async () => {
  const { keeper, stored, endpoint, clock } = setUp(null)
  stored.put(tokens(4_000_000), { savedAt: start })
  const one = keeper()
  expect(await one.accessToken(never)).toBe('access-0')
  clock.pass(3_000_001)
  expect(await one.accessToken(never, 0)).toBe('access-0')
  expect(await one.accessToken(never)).toBe('access-1')
  expect(stored.row()).toMatchObject({ refreshToken: 'refresh-1', savedAt: clock.now(), refusedAt: null })
  clock.pass(27_000_001)
  stored.put({ ...stored.row()!, refreshToken: 'revoked' }, { savedAt: new Date(start.getTime() + 3_000_001) })
  expect(await one.accessToken(never)).toBe('access-1')
  expect(stored.row()?.refusedAt).toEqual(clock.now())
  expect(stored.leaseUntil()).toBeNull()
  const asked = endpoint.asked()
  clock.pass(600_000)
  expect(await one.accessToken(never)).toBe('access-1')
  expect(endpoint.asked()).toBe(asked)
})

test('a token endpoint that is in trouble is asked ahead of time once a minute, and holds up no call', async () => {
  const { keeper, stored, clock } = setUp(null)
  stored.put(tokens(4_000_000), { savedAt: start })
  clock.pass(3_500_000)
  let asked = 0
  const one = keeper({
    oauth: {
      refreshTokens: () => {
        asked += 1
        return Promise.reject(new EasyParcelError({ kind: 'server' }, 'down'))
      },
    },
  })
  for (const ms of [0, 1_000, 59_000]) {
    clock.pass(ms)
    expect(await one.accessToken(never)).toBe('access-0')
  }
  expect(asked).toBe(2)
  expect(stored.row()?.refusedAt).toBeNull()
})

test('a call that is charged already goes out with a token that is about to end, rather than not at all', async () => {
  const { keeper, endpoint } = setUp(tokens(1_000))
  expect(await keeper().accessToken(never, 0)).toBe('access-0')
  expect(endpoint.asked()).toBe(0)
})

test('many processes that find the same token expired ask for one refresh and all get its result', async () => {
  const { keeper, endpoint } = setUp(tokens(0))
  const keepers = Array.from({ length: 8 }, () => keeper())
  const got = await Promise.all(keepers.flatMap((one) => [one.accessToken(never), one.accessToken(never)]))
  expect(new Set(got)).toEqual(new Set(['access-1']))
  expect(endpoint.asked()).toBe(1)
})

test('many calls refused with the same token ask for one refresh; a call refused with an older one for none', async () => {
  const { keeper, endpoint } = setUp(tokens(null))
  const [one, other] = [keeper(), keeper()]
  await Promise.all([one.refresh('access-0', never), other.refresh('access-0', never), one.refresh('access-0', never)])
  expect(endpoint.asked()).toBe(1)
  expect(await other.refresh('access-0', never)).toBe('already_refreshed')
  expect(await one.refresh('access-1', never)).toBe('refreshed')
  expect(endpoint.asked()).toBe(2)
})

test('a process killed between claim and save holds the others up only until its lease ends', async () => {
  const { keeper, stored, clock, endpoint } = setUp(tokens(0))
  await stored.store.claimRefresh({ now: clock.now(), leaseUntil: new Date(start.getTime() + 30_000) })
  const waiting = keeper().accessToken(never)
  await expect(waiting).rejects.toMatchObject({ kind: 'timeout' })
  expect(endpoint.asked()).toBe(0)
  clock.pass(30_000)
  expect(await keeper().accessToken(never)).toBe('access-1')
})

test('a process that may wait longer than the lease takes the refresh over by itself', async () => {
  const { keeper, stored, clock } = setUp(tokens(0))
  await stored.store.claimRefresh({ now: clock.now(), leaseUntil: new Date(start.getTime() + 5_000) })
  expect(await keeper().accessToken(never)).toBe('access-1')
})

test('a refused refresh says what the shop must do, and frees the way for the next try', async () => {
  const { keeper, stored } = setUp({ ...tokens(0), refreshToken: 'revoked' })
  await expect(keeper().accessToken(never)).rejects.toMatchObject({
    name: 'EasyParcelError',
    kind: 'unauthorised',
    message: expect.stringContaining('jejak easyparcel:connect'),
  })
  expect(stored.leaseUntil()).toBeNull()
})

test('a refusal does not count when another process has stored new tokens meanwhile', async () => {
  const { keeper, stored, endpoint } = setUp({ ...tokens(0), refreshToken: 'used before' })
  const oauth = {
    refreshTokens: async (refreshToken: string) => {
      stored.put({ accessToken: 'access-late', refreshToken: 'refresh-late', expiresAt: null })
      return endpoint.refreshTokens(refreshToken)
    },
  }
  expect(await keeper({ oauth }).accessToken(never)).toBe('access-late')
})

test('no tokens, or an ended token without a refresh token, is for a person to solve', async () => {
  const connect = { kind: 'unauthorised', message: expect.stringContaining('jejak easyparcel:connect') }
  await expect(setUp(null).keeper().accessToken(never)).rejects.toMatchObject(connect)
  const { keeper, stored } = setUp({ ...tokens(0), refreshToken: null })
  await expect(keeper().accessToken(never)).rejects.toMatchObject(connect)
  await expect(keeper().refresh('access-0', never)).rejects.toMatchObject(connect)
  expect(stored.leaseUntil()).toBeNull()
})

test('a token endpoint in trouble is a passing failure: nothing is lost and the next call tries again', async () => {
  const { keeper, stored } = setUp(tokens(0))
  const oauth = { refreshTokens: () => Promise.reject(new EasyParcelError({ kind: 'server' }, 'down')) }
  await expect(keeper({ oauth }).accessToken(never)).rejects.toMatchObject({ kind: 'server' })
  expect(stored.row()).toMatchObject(tokens(0))
  expect(await keeper().accessToken(never)).toBe('access-1')
})

test('new tokens survive a database that fails for a moment', async () => {
  const { keeper, stored } = setUp(tokens(0))
  let failures = 2
  const store: TokenStore = {
    ...stored.store,
    save: (...args) => (failures-- > 0 ? Promise.reject(new Error('connection lost')) : stored.store.save(...args)),
  }
  expect(await keeper({ store }).accessToken(never)).toBe('access-1')
  expect(stored.row()).toMatchObject({ refreshToken: 'refresh-1' })
})

test('a stopped worker does not wait for another process', async () => {
  const { keeper, stored, clock } = setUp(tokens(0))
  await stored.store.claimRefresh({ now: clock.now(), leaseUntil: new Date(start.getTime() + 30_000) })
  await expect(keeper().accessToken(AbortSignal.abort())).rejects.toMatchObject({ kind: 'network' })
})

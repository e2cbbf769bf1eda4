import { createHmac } from 'node:crypto'
import { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { type Counter, settle, type Tally } from './counter.ts'
import type { Limits } from './limits.ts'
import type { LimitName } from './rules.ts'

type SharingOptions = {
  limits: Limits
  url: string
  /** Addresses leave this process only as hashes keyed with it. */
  hashKey: Buffer
  everyMs: number
  log: Logger
  now: () => Date
}

export type Sharing = { exchange: () => Promise<void>; close: () => Promise<void> }

const batchMax = 500
const answerWithinMs = 1_000
const retryMaxMs = 2_000

// One round trip for many counters: adds ours, and answers each one's sum with the time left of its window, which is never longer than ours.
const addAll = `
  local answers = {}
  for i, key in ipairs(KEYS) do
    answers[2 * i - 1] = redis.call('incrby', key, ARGV[2 * i - 1])
    local left = redis.call('pttl', key)
    local window = tonumber(ARGV[2 * i])
    if left < 0 or left > window then
      left = window
      redis.call('pexpire', key, left)
    end
    answers[2 * i] = left
  end
  return answers`

const connect = (url: string): Redis =>
  new Redis(url, {
    connectTimeout: answerWithinMs,
    // A silent connection is given up as a whole, with what was sent on it: nothing piles up.
    socketTimeout: answerWithinMs,
    // No queue of commands grows while Redis is away: the counters keep what it has not heard.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(retryMaxMs, attempt * 100),
  })

type Unsent = { name: LimitName; tally: Tally; counter: Counter }

const takeUnsent = ({ counters }: Limits): Unsent[] =>
  [...counters].flatMap(([name, counter]) => counter.takeUnsent().map((tally) => ({ name, tally, counter })))

const tell = async (redis: Redis, unsent: readonly Unsent[], { hashKey, now }: SharingOptions): Promise<void> => {
  const hashOf = (text: string) => createHmac('sha256', hashKey).update(text).digest('base64url')
  const keys = unsent.map(({ name, tally }) => `jejak:limit:${hashOf(`${name} ${tally.who}`)}`)
  const amounts = unsent.flatMap(({ tally, counter }) => [tally.sending, counter.windowMs])
  const answers = (await redis.eval(addAll, keys.length, ...keys, ...amounts)) as number[]
  const nowMs = now().getTime()
  for (const [index, { tally }] of unsent.entries())
    settle(tally, { total: answers[2 * index]!, resetAtMs: nowMs + answers[2 * index + 1]! })
}

/**
 * Lets processes know what the others counted, through Redis and beside the requests: each decides by its own memory at once, and is
 * behind the others by one interval at most. Without Redis each goes on counting alone; that is logged once.
 */
export const shareCounts = (options: SharingOptions): Sharing => {
  const { limits, url, everyMs, log } = options
  const redis = connect(url)
  let isAway = false
  let exchanging: Promise<void> | undefined
  const note = (err: Error | undefined): void => {
    if (err && !isAway) log.warn({ err }, 'Redis does not answer: each process counts its limits alone until it does')
    if (!err && isAway) log.info('Redis answers again: the processes share their limits')
    isAway = err !== undefined
  }
  redis.on('error', note)

  // What was sent is never sent again: a Redis that is only slow counts it late, and would count it twice.
  const tellOnce = async (batch: readonly Unsent[]): Promise<void> => {
    try {
      await tell(redis, batch, options)
      note(undefined)
    } catch (error) {
      for (const { tally } of batch) settle(tally, { total: tally.known + tally.sending, resetAtMs: tally.resetAtMs })
      note(error as Error)
    }
  }
  const exchangeAll = async (): Promise<void> => {
    if (redis.status !== 'ready') return
    const unsent = takeUnsent(limits)
    for (let at = 0; at < unsent.length; at += batchMax) {
      const batch = unsent.slice(at, at + batchMax)
      if (redis.status === 'ready') await tellOnce(batch)
      else for (const { tally, counter } of batch) counter.keep(tally)
    }
  }
  const exchange = (): Promise<void> => {
    exchanging ??= exchangeAll().finally(() => {
      exchanging = undefined
    })
    return exchanging
  }
  const timer = setInterval(exchange, everyMs).unref()
  return {
    exchange,
    close: async () => {
      clearInterval(timer)
      await exchanging
      redis.disconnect()
    },
  }
}

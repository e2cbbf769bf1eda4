import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { loadConfig } from '@jejak/config'
import { Redis } from 'ioredis'
import pino from 'pino'
import { expect, test } from 'vitest'
import { createLimits } from './limits.ts'
import { shareCounts } from './share-counts.ts'

const url = process.env.TEST_REDIS_URL
const now = () => new Date()

/** One API process as far as limits go; `exchange` is called by hand. */
const aProcess = (redisUrl: string, hashKey: Buffer) => {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line).msg) })
  const env = { SECRET_KEY: 'a secret that only tests know, 32 bytes', REDIS_URL: redisUrl, LIMIT_PUBLIC_MISSES: '100' }
  const limits = createLimits(loadConfig(env), now)
  const { exchange, close } = shareCounts({ limits, url: redisUrl, hashKey, everyMs: 60_000, log, now })
  const miss = (amount: number, who = '203.0.113.1') => limits.takeMany('misses', { who, amount })
  const isRefused = (who = '203.0.113.1') => {
    try {
      limits.check('misses', who)
      return false
    } catch {
      return true
    }
  }
  return { miss, isRefused, exchange, close, lines }
}

const withRedis = async (redisUrl: string): Promise<void> => {
  const hashKey = Buffer.from(`of one test run ${Math.random()}`)
  const [one, other, third] = [aProcess(redisUrl, hashKey), aProcess(redisUrl, hashKey), aProcess(redisUrl, hashKey)]
  one.miss(60)
  other.miss(40)
  third.miss(0)
  third.miss(100, '203.0.113.2')
  await expect
    .poll(async () => {
      for (const { exchange } of [one, other, third]) await exchange()
      return third.isRefused()
    })
    .toBe(true)
  one.miss(0)
  await one.exchange()
  expect(one.isRefused()).toBe(true)
  expect(one.isRefused('203.0.113.2')).toBe(false)
  expect([...one.lines, ...other.lines, ...third.lines]).toEqual([])

  const redis = new Redis(redisUrl)
  const keys = await redis.keys('jejak:limit:*')
  expect(keys.length).toBeGreaterThan(0)
  expect(keys.join()).not.toContain('203.0.113')
  for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0)
  await Promise.all([one.close(), other.close(), third.close()])
  redis.disconnect()
}

test('what one process counts, the others know after the next exchange through Redis; addresses leave only as hashes that expire', async () => {
  if (url === undefined) return void console.log('DID NOT RUN: sharing limits through Redis needs TEST_REDIS_URL.')
  await withRedis(url)
})

test('while Redis is away every process goes on counting alone, and says so once', async () => {
  let knocks = 0
  const server = createServer((socket) => {
    knocks += 1
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { miss, isRefused, exchange, close, lines } = aProcess(`redis://127.0.0.1:${port}`, Buffer.from('a key'))
  miss(100)
  await expect.poll(() => lines.length).toBe(1)
  await exchange()
  expect(isRefused()).toBe(true)
  await expect.poll(() => knocks).toBeGreaterThan(3)
  expect(lines).toEqual(['Redis does not answer: each process counts its limits alone until it does'])
  await close()
  server.close()
})

/** As much of Redis as the exchange needs: keeps what it is asked to count, and says nothing to that while it is `stalled`. */
const aSlowRedis = async () => {
  const redis = { stalled: true, heard: '', url: '', close: () => void server.close() }
  const answer = (command: string) => {
    if (command === 'info') return '$19\r\nredis_version:7.0.0\r\n'
    if (command !== 'eval') return '+OK\r\n'
    return redis.stalled ? '' : '*2\r\n:9\r\n:900000\r\n'
  }
  const server = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .on('data', (chunk) => {
        redis.heard += chunk
        for (const [, command] of String(chunk).matchAll(/^\*\d+\r\n\$\d+\r\n(\w+)/gm))
          socket.write(answer(command!.toLowerCase()))
      }),
  ).listen(0, '127.0.0.1')
  await once(server, 'listening')
  redis.url = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`
  return redis
}

test('what Redis was told and did not answer in time is not told again: no one pays for a slow Redis with more than they used', async () => {
  const redis = await aSlowRedis()
  const { miss, isRefused, exchange, close, lines } = aProcess(redis.url, Buffer.from('a key'))
  const untilSaid = (words: string) =>
    expect
      .poll(async () => {
        await exchange()
        return lines.join()
      })
      .toContain(words)
  miss(8)
  await untilSaid('does not answer')
  redis.stalled = false
  miss(4)
  await untilSaid('answers again')
  expect(redis.heard.split('\r\n$1\r\n8\r\n')).toHaveLength(2)
  expect(redis.heard.split('\r\n$1\r\n4\r\n')).toHaveLength(2)
  miss(91)
  expect(isRefused()).toBe(true)
  await close()
  redis.close()
})

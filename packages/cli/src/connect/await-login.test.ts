import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { awaitLogin } from './await-login.ts'

const waiting = (input: PassThrough, overrides: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  awaitLogin({
    redirectUri: new URL('https://shop.example/callback'),
    state: 'ours',
    pasteOnly: false,
    timeoutMs: 60_000,
    input,
    announce: () => {},
    say: () => {},
    signal: new AbortController().signal,
    ...overrides,
  })

test('the address of our login may be pasted, also after a wrong one', async () => {
  const input = new PassThrough()
  input.write('hello\n\nhttps://shop.example/callback?code=x&state=theirs\n')
  input.write('https://shop.example/callback?code=right&state=ours\n')
  await expect(waiting(input)).resolves.toBe('right')
})

test('no one is waited for who cannot come: the input ends, the time is over, or Ctrl-C', async () => {
  const ended = new PassThrough()
  ended.end()
  await expect(waiting(ended)).rejects.toThrow('No address was pasted')
  await expect(waiting(new PassThrough(), { timeoutMs: 1 })).rejects.toThrow('No one logged in within')
  const stop = new AbortController()
  const stopped = waiting(new PassThrough(), { signal: stop.signal })
  stop.abort(new Error('stopped'))
  await expect(stopped).rejects.toThrow('stopped')
})

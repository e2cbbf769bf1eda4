import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { program } from './program.ts'

const jejak = (env: Record<string, string> = {}) => program({ env, now: () => new Date(0) })
const argv = (...args: string[]) => ['node', 'jejak', ...args]

beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})
afterEach(() => vi.restoreAllMocks())

test('an unknown command or option is a usage error', async () => {
  for (const wrong of [argv('nope'), argv('start', '--nope')]) {
    const error = await jejak()
      .run(wrong)
      .catch((thrown: unknown) => thrown)
    expect(jejak().isUsageError(error)).toBe(true)
  }
})

test('asking for help is no error', async () => {
  await expect(jejak().run(argv('--help'))).resolves.toBeUndefined()
  await expect(jejak().run(argv('start', '--help'))).resolves.toBeUndefined()
})

test('a bad variable stops the start with every problem at once', async () => {
  const error = await jejak({ PORT: 'abc', TRACKING_JITTER: '7' })
    .run(argv('start'))
    .catch((thrown: Error) => thrown)
  expect(String(error)).toMatch(/PORT must be[\s\S]*TRACKING_JITTER must be/)
})

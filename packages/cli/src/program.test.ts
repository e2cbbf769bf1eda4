import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { program } from './program.ts'

const jejak = (env: Record<string, string> = {}) => program({ env, now: () => new Date(0) })
const argv = (...args: string[]) => ['node', 'jejak', ...args]

beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})
afterEach(() => vi.restoreAllMocks())

test('an unknown command, option or value is a usage error', async () => {
  const wrongs = [
    argv('nope'),
    argv('start', '--nope'),
    argv('tick', 'hourly'),
    argv('key:create'),
    argv('key:create', '--name', 'x', '--scopes', 'everything'),
    argv('easyparcel:connect', '--timeout', '0'),
    ...['abc', '99999999999999999999'].flatMap((id) => [argv('undo', id), argv('texts:unmap', id)]),
    argv('jobs:retry', 'abc'),
    argv('jobs:cancel', '7'),
    argv('attention', '--reason', 'damage'),
  ]
  for (const wrong of wrongs) {
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

test('what can never work is one sentence, before any database is opened', async () => {
  const outcomeOf = (args: string[], env: Record<string, string> = {}) =>
    jejak(env)
      .run(argv(...args))
      .catch((error: unknown) => error)
  const shipment = await outcomeOf(['track', 'ES-2602-VC4KV'])
  expect(shipment).toMatchObject({ exitCode: 2, message: expect.stringContaining('shipment number') })
  for (const args of [['jobs:retry'], ['jobs:retry', '01dd5af4-2ff5-436b-a4a3-7a65a883d9ff', '--all']])
    expect(await outcomeOf(args)).toMatchObject({ exitCode: 2, message: expect.stringContaining('say --all') })
  expect(await outcomeOf(['import', '/nowhere.csv'])).toMatchObject({
    exitCode: 1,
    message: expect.stringContaining('ENOENT'),
  })
  const shop = await outcomeOf(['shop', '--color', 'brown', '--logo-url', 'http://a.example/l.png', '--languages', ''])
  expect(shop).toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^--logo-url: .*https[\s\S]*^--color: .*#rrggbb\.\n--languages: .*\ben\b/m),
  })
  const connect = (env: Record<string, string>) => outcomeOf(['easyparcel:connect'], env)
  expect(await connect({ EASYPARCEL_API: 'classic' })).toMatchObject({
    message: expect.stringContaining('classic API has no login'),
  })
  expect(await connect({})).toMatchObject({ message: expect.stringContaining('EASYPARCEL_CLIENT_SECRET are not set') })
})
